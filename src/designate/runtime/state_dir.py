# SPDX-License-Identifier: Apache-2.0
"""The folder of a process that keeps its state in files, and the lock that makes it alone."""

import fcntl
import os
from pathlib import Path

from designate.errors import ConfigurationError


def default() -> Path:
    """The folder in the user's state home (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "designate"


def database_url(path: Path) -> str:
    """The SQLite database in a folder."""
    return f"sqlite:///{path / 'designate.sqlite'}"


class StateDir:
    """A folder that one process at a time may use; raises ConfigurationError otherwise."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = (path / "lock").open("w")
        except OSError as error:
            raise ConfigurationError(f"{path}: {error.strerror}") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise ConfigurationError(f"{path} is in use by another process") from None

    def release(self) -> None:
        """Let another process use the folder."""
        self._lock.close()
