# SPDX-License-Identifier: Apache-2.0
"""A memcached of the test's own."""

import os
import pwd
from pathlib import Path

from tests.servers.bind9 import HOST, binary, free_port
from tests.servers.program import Program


class Memcached:
    """Listens on loopback; one that root starts must be told as whom to run."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.address = f"{HOST}:{port}"
        user = pwd.getpwuid(os.getuid()).pw_name
        at = ("--listen", HOST, "--port", str(port), "--user", user)
        self._program = Program((binary("memcached"), *at, "-vv"), folder / "memcached.log", {})

    def start(self) -> None:
        """Start and wait until it listens."""
        self._program.start("server listening")

    def stop(self) -> None:
        """End it at once; harmless when it does not run."""
        self._program.kill()
