# SPDX-License-Identifier: Apache-2.0
"""A Knot of the test's own, which follows a master in the zones that the test gives it."""

import re
import subprocess
import time
from pathlib import Path

from tests.servers.bind9 import HOST, binary, free_port
from tests.servers.nameserver import NameServer

CONFIGURATION = """
server:
    rundir: "{directory}"
    listen: {host}@{port}
log:
  - target: stderr
    any: info
database:
    storage: "{directory}"
control:
    listen: "{directory}/knot.sock"
remote:
  - id: master
    address: {host}@{master}
acl:
  - id: loopback
    address: {host}
    action: [notify, transfer]
template:
  - id: default
    storage: "{directory}"
    master: master
    acl: loopback
zone:
{zones}
"""
STARTING = 15.0
STOPPING = 15.0
CALL = 20.0
TRANSFERRED = r"\[{}\] refresh, remote .*zone updated, .*serial (?:none|\d+) -> (\d+)"


class Knot(NameServer):
    """A `knotd` whose zones survive stop and start. `master` is the port they come from."""

    def __init__(self, directory: Path, *, master: int) -> None:
        self.directory = directory
        self.host = HOST
        self.port = free_port()
        self._master = master
        self._zones: set[str] = set()
        self._log = directory / "knot.log"
        self._process: subprocess.Popen[bytes] | None = None
        directory.mkdir(parents=True, exist_ok=True)
        self._configure()

    def _configure(self) -> None:
        text = CONFIGURATION.format(
            directory=self.directory,
            host=HOST,
            port=self.port,
            master=self._master,
            zones="".join(f"  - domain: {name}\n" for name in sorted(self._zones)),
        )
        (self.directory / "knot.conf").write_text(text, "ascii")

    def add(self, name: str) -> None:
        """Follow a zone from now on."""
        self._zones.add(name)
        self._reload()

    def remove(self, name: str) -> None:
        """Forget a zone, its content too."""
        self._zones.remove(name)
        self._reload()
        self.control("-f", "zone-purge", "+orphan", name)

    def _reload(self) -> None:
        self._configure()
        if self._process is not None:
            self.control("reload")

    def control(self, *arguments: str) -> str:
        """Run a command of knotc and return what it says; raises CalledProcessError."""
        done = subprocess.run(
            [binary("knotc"), "-b", "-s", str(self.directory / "knot.sock"), *arguments],
            capture_output=True,
            text=True,
            timeout=CALL,
            check=True,
        )
        return done.stdout

    def start(self) -> None:
        """Start and wait until it answers."""
        offset = len(self.log_text())
        arguments = [binary("knotd"), "-c", str(self.directory / "knot.conf")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory
            )
        deadline = time.monotonic() + STARTING
        while "control, binding to" not in self.log_text()[offset:]:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"knotd did not start:\n{self.log_text()[offset:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        """End it and wait; harmless when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def log_text(self) -> str:
        """All that it logged since the first start."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def transferred(self, name: str) -> list[int]:
        """The serials of a zone that it took from its master, oldest first."""
        found = re.findall(TRANSFERRED.format(re.escape(name)), self.log_text())
        return [int(serial) for serial in found]
