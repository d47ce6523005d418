# SPDX-License-Identifier: Apache-2.0
"""Whether a broker is there: what is asked, and what counts as an answer."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from designate.rpc.link import LOOKS, PATIENCE, PROTOCOL, Link
from tests.servers.bind9 import HOST, free_port

WAITING = 10.0


class Greeter:
    """Greets like a broker, or says nothing like one that hangs."""

    def __init__(self) -> None:
        self.speaks = True
        self.heard: list[bytes] = []
        self._listener = socket.create_server((HOST, 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        self._silent: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._silent:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if not self.speaks:
                self._silent.append(connection)
                continue
            with connection:
                self.heard.append(connection.recv(8))
                connection.sendall(b"\x01")


@pytest.fixture
def greeter() -> Iterator[Greeter]:
    """A broker as far as the first byte."""
    with closing(Greeter()) as made:
        yield made


def nothing() -> None:
    """No way has to be prepared."""


def wait_down(link: Link) -> None:
    """Wait until the link knows that nobody is there."""
    deadline = time.monotonic() + WAITING
    while link.up:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_broker_that_greets_is_there(greeter: Greeter) -> None:
    """One of several is enough."""
    with closing(Link([(HOST, free_port()), greeter.address], nothing)) as link:
        assert link.wait(WAITING)
        assert greeter.heard == [PROTOCOL]
        assert link.down_for() == 0


def test_nobody_is_asked_without_a_reason(greeter: Greeter) -> None:
    """One look at the start, another when somebody doubts."""
    with closing(Link([greeter.address], nothing)) as link:
        assert link.wait(WAITING)
        link.doubt()
        deadline = time.monotonic() + WAITING
        while len(greeter.heard) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert link.up


def test_a_young_look_is_enough(greeter: Greeter) -> None:
    """Whoever asks again and again opens no connection each time."""
    with closing(Link([greeter.address], nothing)) as link:
        assert link.wait(WAITING)
        for _ in range(10):
            link.doubt(60)
        link.doubt(0)
        deadline = time.monotonic() + WAITING
        while len(greeter.heard) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert len(greeter.heard) == 2


def test_one_that_hangs_is_away_until_it_speaks(greeter: Greeter) -> None:
    """It accepts connections all the time."""
    with closing(Link([greeter.address], nothing)) as link:
        assert link.wait(WAITING)
        greeter.speaks = False
        begin = time.monotonic()
        link.doubt()
        wait_down(link)
        assert time.monotonic() - begin < LOOKS * PATIENCE + 1
        greeter.speaks = True
        assert link.wait(WAITING)


def test_it_counts_as_there_once_the_way_is_prepared(greeter: Greeter) -> None:
    """What fails is tried again, and what has succeeded is not repeated."""
    attempts: list[int] = []

    def prepare() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise RuntimeError("not yet")

    with closing(Link([greeter.address], prepare)) as link:
        assert link.wait(WAITING)
        link.doubt()
        assert link.wait(WAITING)
        assert len(attempts) == 2
