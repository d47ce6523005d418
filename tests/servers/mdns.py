# SPDX-License-Identifier: Apache-2.0
"""A `designate-mdns` of the test's own: the DNS server as processes apart."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.servers.bind9 import HOST, free_port

STARTING = 20.0
STOPPING = 30.0


class Mdns:
    """Serves the database at a URL; `options` are those of `[service:mdns]`."""

    def __init__(
        self,
        directory: Path,
        url: str,
        options: Mapping[str, object] | None = None,
        port: int | None = None,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.address = (HOST, port or free_port())
        self._log = directory / "mdns.log"
        self._configuration = directory / "designate.conf"
        self._workers = int(str((options or {}).get("workers", 1)))
        lines = [f"listen = {HOST}:{self.address[1]}"]
        lines += [f"{name} = {value}" for name, value in (options or {}).items()]
        self._configuration.write_text(
            "\n".join(["[storage:sqlalchemy]", f"connection = {url}", "[service:mdns]", *lines]),
            "utf-8",
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process, of several the one that began the others."""
        assert self._process is not None
        return self._process.pid

    def workers(self) -> list[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii").split()
        return [int(child) for child in children] or [self.pid]

    def start(self) -> None:
        """Start and wait until every process answers."""
        command = [sys.executable, "-m", "designate.cmd.mdns"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--config-file", str(self._configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONFAULTHANDLER": "1"},
            )
        deadline = time.monotonic() + STARTING
        while self.log().count("Answering at") < self._workers:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"designate-mdns did not start:\n{self.log()}")
            time.sleep(0.02)

    def stop(self) -> int:
        """End it with SIGTERM and return its exit status; harmless when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError(f"designate-mdns did not stop:\n{self.log()}") from None

    def log(self) -> str:
        """All that it has logged."""
        return self._log.read_text("utf-8") if self._log.exists() else ""
