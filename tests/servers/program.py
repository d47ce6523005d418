# SPDX-License-Identifier: Apache-2.0
"""A program that serves until it is told to end, with its output in a file."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

STARTING = 30.0
STOPPING = 40.0


class Program:
    """Runs a command, which has `starting` seconds; `environment` adds to the test's own."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str],
        *,
        starting: float = STARTING,
    ) -> None:
        self._starting = starting
        self._command = list(command)
        self._log = log
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process while it runs."""
        assert self._process is not None
        return self._process.pid

    def start(self, word: str, times: int = 1) -> None:
        """Start, and wait until the output has the word so many times."""
        self.begin()
        self.await_word(word, times)

    @property
    def runs(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def begin(self) -> None:
        """Start without waiting."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
            )

    def await_word(self, word: str, times: int = 1) -> None:
        """Wait until the output has the word so many times."""
        assert self._process is not None
        deadline = time.monotonic() + self._starting
        while self.log().count(word) < times:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self._command[0]} never said {word}:\n{self.log()[-5000:]}")
            time.sleep(0.02)

    def log(self) -> str:
        """All that it has printed."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def terminate(self) -> None:
        """Tell it to end."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Wait until it has ended; its exit status."""
        assert self._process is not None
        try:
            return self._process.wait(STOPPING)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it at once; harmless when it does not run."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
