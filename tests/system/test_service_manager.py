# SPDX-License-Identifier: Apache-2.0
"""What systemd hears of a program: that it serves, that it lives, and that it ends."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from designate.storage import schema
from designate.storage.engine import open_engine
from tests.servers.bind9 import HOST, free_port
from tests.servers.program import Program

BIN = Path(sys.executable).parent
PATIENCE = 30.0


class Manager:
    """A socket as systemd's, and what came over it."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(PATIENCE)
        self.path = path

    def next(self) -> str:
        """The first line of the next message."""
        return self._socket.recv(1000).decode().splitlines()[0]

    def next_but(self, word: str) -> str:
        """The first that is another."""
        while (line := self.next()) == word:
            continue
        return line

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    """A manager that listens."""
    made = Manager(tmp_path / "notify")
    yield made
    made.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_systemd_hears_of_every_turn(tmp_path: Path, manager: Manager, workers: int) -> None:
    """READY when it serves, signs of life as long as its loops turn, a reload, the end."""
    url = f"sqlite:///{tmp_path}/dns.sqlite"
    engine = open_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    file = tmp_path / "designate.conf"
    file.write_text(
        f"[storage:sqlalchemy]\nconnection = {url}\n"
        f"[service:mdns]\nlisten = {HOST}:{free_port()}\nworkers = {workers}\n",
        "ascii",
    )
    command = [str(BIN / "designate-mdns"), "--config-file", str(file)]
    environment = {"NOTIFY_SOCKET": str(manager.path), "WATCHDOG_USEC": "200000"}
    program = Program(command, tmp_path / "mdns.log", environment)
    try:
        program.start("Answering at", workers)
        assert manager.next_but("WATCHDOG=1") == "READY=1"
        assert manager.next() == "WATCHDOG=1"
        os.kill(program.pid, signal.SIGHUP)
        assert manager.next_but("WATCHDOG=1") == "RELOADING=1"
        assert manager.next_but("WATCHDOG=1") == "READY=1"
        assert manager.next() == "WATCHDOG=1"
        program.terminate()
        assert manager.next_but("WATCHDOG=1") == "STOPPING=1"
        assert program.wait() == 0
    finally:
        program.kill()
