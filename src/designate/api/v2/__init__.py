# SPDX-License-Identifier: Apache-2.0
"""The nouns of API version 2: a file parses, calls one contract, and renders."""

from typing import TYPE_CHECKING, Any

from designate.api import paste_file

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def factory(global_conf: dict[str, Any], **local_conf: str) -> "WSGIApplication":
    """Return version 2 of the API for `api-paste.ini`."""
    return paste_file.parts().factory("v2")
