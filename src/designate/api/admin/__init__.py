# SPDX-License-Identifier: Apache-2.0
"""The admin API (API.md section 24)."""

from typing import TYPE_CHECKING, Any

from designate.api import paste_file

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def factory(global_conf: dict[str, Any], **local_conf: str) -> "WSGIApplication":
    """Return the admin API for `api-paste.ini`."""
    return paste_file.parts().factory("admin")
