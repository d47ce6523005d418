# SPDX-License-Identifier: Apache-2.0
"""An installation in this process whose clients Keystone knows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.api.exchange import InProcess, Reply
from tests.api.installation import Installation


class Door:
    """An installation behind Keystone, and how to ask it."""

    def __init__(self, file: Path) -> None:
        """Read a configuration."""
        self.installation = Installation({}, file=file)
        self._sender = InProcess(self.installation.app)

    def __enter__(self) -> Self:
        """It is ready."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove everything."""
        self.installation.close()

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request."""
        sent = {"Content-Type": "application/json"} if body else {}
        sent |= headers or {}
        if token is not None:
            sent["X-Auth-Token"] = token
        return self._sender.send(method, path, sent, body)


def written(folder: Path, *sections: str) -> Path:
    """A configuration file."""
    file = folder / "designate.conf"
    file.write_text("\n".join(sections), "utf-8")
    return file
