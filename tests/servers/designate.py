# SPDX-License-Identifier: Apache-2.0
"""A `designate up` of the test's own, as the process that a user starts."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.servers.bind9 import HOST, free_port
from tests.servers.rest import Rest

STARTING = 20.0
STOPPING = 20.0


class Designate(Rest):
    """Runs `designate up` with a state folder of its own, on ports that are free.

    `environment` adds to the test's own.
    """

    environment: Mapping[str, str] = MappingProxyType({})

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.directory = directory
        self.log_file = directory / "designate.log"
        # Ports that the system chooses at bind could be somebody's else after a stop.
        self.api = f"http://{HOST}:{free_port()}"
        self.dns = (HOST, free_port())
        self.dns6: tuple[str, int] | None = ("::1", free_port())
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process while it runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def pids(self) -> list[int]:
        """All processes that do work: one."""
        return [self.pid]

    def start(self) -> None:
        """Start it and wait for its greeting; the addresses are known then."""
        self.directory.mkdir(parents=True, exist_ok=True)
        offset = len(self.log())
        command = [
            str(Path(sys.executable).parent / "designate"),
            *("up", "--state-dir", str(self.directory / "state")),
            *("--api-listen", self.api.removeprefix("http://")),
            *self._dns_arguments(),
            *self._arguments,
        ]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONFAULTHANDLER": "1", **self.environment},
            )
        deadline = time.monotonic() + STARTING
        while "Stop with Ctrl-C" not in (text := self.log()[offset:]):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"designate up did not start:\n{text}")
            time.sleep(0.02)
        self._read_greeting(text)

    def stop(self) -> int:
        """End it with SIGTERM and return its exit status; harmless when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # faulthandler writes what each thread does
            process.wait(STOPPING)
            raise RuntimeError(f"designate up did not stop:\n{self.log()[-9000:]}") from None

    def kill(self) -> None:
        """End it at once, as a crash does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def log(self) -> str:
        """All that it has printed, over its restarts."""
        return self.log_file.read_text("utf-8") if self.log_file.exists() else ""

    def _dns_arguments(self) -> list[str]:
        four = f"{self.dns[0]}:{self.dns[1]}"
        six = [f"[{self.dns6[0]}]:{self.dns6[1]}"] if self.dns6 else []
        return [argument for at in (four, *six) for argument in ("--dns-listen", at)]

    def _read_greeting(self, text: str) -> None:
        dns = re.search(r"^  DNS  127\.0\.0\.1:(\d+)(?:, \[::1\]:(\d+))?", text, re.M)
        assert dns, text
        self.dns = (HOST, int(dns[1]))
        self.dns6 = ("::1", int(dns[2])) if dns[2] else None
