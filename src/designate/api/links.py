# SPDX-License-Identifier: Apache-2.0
"""Where things are, as the client must write it (API.md section 1.3)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode


class Links:
    """The base of all links: `fixed`, or where the request was sent to when that is None."""

    def __init__(self, fixed: str | None) -> None:
        self._fixed = fixed.rstrip("/") if fixed is not None else None

    def base(self, environ: Mapping[str, Any]) -> str:
        """Return scheme, host and mount point, without a final slash."""
        if self._fixed is not None:
            return self._fixed
        host = environ.get("HTTP_HOST")
        if not host:
            host = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        return f"{environ['wsgi.url_scheme']}://{host}{environ.get('SCRIPT_NAME', '')}"


def with_arguments(url: str, arguments: Sequence[tuple[str, str]]) -> str:
    """Return `url` with a query of these parameters, in their order."""
    return f"{url}?{urlencode(arguments)}" if arguments else url
