# SPDX-License-Identifier: Apache-2.0
"""A clock that a test sets for a process that it starts, by libfaketime."""

import os
from pathlib import Path

LIBRARIES = Path("/usr/lib")
# libfaketime takes the monotonic deadline of Python's sleep for a time of day, and refuses it.
SLEEP = """
import threading
import time

time.sleep = lambda seconds: threading.Event().wait(seconds)
"""


class FakeClock:
    """The time of day as the process sees it; its monotonic clock goes on as ever."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._modules = file.with_name("clock-modules")
        self._modules.mkdir()
        (self._modules / "sitecustomize.py").write_text(SLEEP, "ascii")
        self.ahead(0)

    def environment(self) -> dict[str, str]:
        """What the process has to be started with."""
        library = next(LIBRARIES.glob("*/faketime/libfaketimeMT.so.1"), None)
        if library is None:
            raise RuntimeError("libfaketime is not installed")
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(self._modules), os.environ.get("PYTHONPATH")))
            ),
        }

    def ahead(self, seconds: int) -> None:
        """Set it so many seconds ahead of the real time; below zero: back."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n", "ascii")
        os.replace(new, self._file)
