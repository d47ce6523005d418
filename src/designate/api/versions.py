# SPDX-License-Identifier: Apache-2.0
"""What stands at `/`: the list of API versions (API.md section 1.2)."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from designate.api import paste_file
from designate.api.links import Links

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_VERSIONS = (
    ("v2", "SUPPORTED", "2022-06-29T00:00:00Z"),
    ("v2.0", "SUPPORTED", "2022-06-29T00:00:00Z"),
    ("v2.1", "SUPPORTED", "2023-01-25T00:00:00Z"),
    ("v2.2", "SUPPORTED", "2025-08-25T00:00:00Z"),
    ("v2.3", "SUPPORTED", "2026-04-06T00:00:00Z"),
    ("v2.4", "CURRENT", "2026-04-13T00:00:00Z"),
)
_HELP = "https://docs.openstack.org/api-ref/dns"


def document(base: str) -> dict[str, Any]:
    """Return the version document with links below `base`."""
    return {"versions": [_version(base, *version) for version in _VERSIONS]}


def factory(global_conf: dict[str, Any], **local_conf: str) -> "WSGIApplication":
    """Return the list of versions for `api-paste.ini`."""
    return paste_file.parts().factory("versions")


def _version(base: str, version_id: str, status: str, updated: str) -> dict[str, Any]:
    return {
        "id": version_id,
        "links": [{"href": f"{base}/v2", "rel": "self"}, {"href": _HELP, "rel": "help"}],
        "status": status,
        "updated": updated,
    }


class Versions:
    """The WSGI application at the root; during maintenance it is closed to everybody."""

    def __init__(self, links: Links, *, maintenance: bool) -> None:
        self._links = links
        self._maintenance = maintenance

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer GET and HEAD of `/`; other methods 405, other paths 404."""
        status, headers, body = self._answer(environ)
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _answer(self, environ: "WSGIEnvironment") -> tuple[str, list[tuple[str, str]], bytes]:
        html = ("Content-Type", "text/html; charset=UTF-8")
        if self._maintenance:
            return "503 Service Unavailable", [html, ("Retry-After", "60")], b""
        if environ.get("PATH_INFO", "") not in ("", "/"):
            return "404 Not Found", [html], b"<h1>404 Not Found</h1>\n"
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            allow = ("Allow", "GET, OPTIONS, HEAD")
            return "405 Method Not Allowed", [html, allow], b"<h1>405 Method Not Allowed</h1>\n"
        found = document(self._links.base(environ))
        body = json.dumps(found, separators=(",", ":"), sort_keys=True) + "\n"
        return "200 OK", [("Content-Type", "application/json")], body.encode("ascii")
