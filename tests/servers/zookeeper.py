# SPDX-License-Identifier: Apache-2.0
"""A ZooKeeper of the test's own, of one server."""

from pathlib import Path

from tests.servers.bind9 import HOST, binary, free_port
from tests.servers.program import Program

JARS = "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar"
CONFIGURATION = """\
tickTime=500
dataDir={folder}
clientPort={port}
clientPortAddress={host}
admin.enableServer=false
forceSync=no
"""


class Zookeeper:
    """Listens on a port that it keeps over stop and start; so does its data."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"kazoo://{HOST}:{port}"
        file = folder / "zoo.cfg"
        file.write_text(CONFIGURATION.format(folder=folder / "data", port=port, host=HOST), "ascii")
        main = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
        command = (binary("java"), "-Xmx128m", "-cp", JARS, main, str(file))
        self._starts = 0
        self._program = Program(command, folder / "zookeeper.log", {})

    def start(self) -> None:
        """Start and wait until it serves."""
        self._starts += 1
        self._program.start("ZKAuditProvider", self._starts)

    def kill(self) -> None:
        """End it at once; harmless when it does not run."""
        self._program.kill()
