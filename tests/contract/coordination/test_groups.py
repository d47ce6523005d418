# SPDX-License-Identifier: Apache-2.0
"""Members that meet where `[coordination] backend_url` says, with each server that tooz can use."""

import contextlib
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from kazoo.client import KazooClient

from designate.errors import ConfigurationError
from designate.runtime.coordination import ASKED, ToozGroup
from tests.contract.coordination import member
from tests.servers.etcd import Etcd
from tests.servers.memcached import Memcached
from tests.servers.program import Program
from tests.servers.redis import Redis, WatchedRedis
from tests.servers.zookeeper import Zookeeper

SILENCE = 2.0
PATIENCE = 30.0

pytestmark = [
    pytest.mark.slow,
]


class Server(NamedTuple):
    """Where members meet: how it is started, lost and ended, and its URL."""

    start: Callable[[], None]
    lose: Callable[[], None]
    end: Callable[[], None]
    url: str


def _memcached(folder: Path) -> Server:
    server = Memcached(folder)
    return Server(server.start, server.stop, server.stop, f"memcached://{server.address}")


def _redis(folder: Path) -> Server:
    server = Redis(folder)
    return Server(server.start, server.stop, server.stop, server.url)


def _sentinel(folder: Path) -> Server:
    servers = WatchedRedis(folder)
    return Server(servers.start, servers.lose_the_master, servers.stop, servers.url)


def _etcd(folder: Path) -> Server:
    server = Etcd(folder)
    return Server(server.start, server.kill, server.kill, server.url)


def _zookeeper(folder: Path) -> Server:
    server = Zookeeper(folder)
    return Server(server.start, server.kill, server.kill, server.url)


SERVERS = {
    "memcached": _memcached,
    "redis": _redis,
    "redis-sentinel": _sentinel,
    "etcd": _etcd,
    "zookeeper": _zookeeper,
}


class Meeting:
    """A server, and the members that meet there."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self.members: dict[str, ToozGroup] = {}

    def joins(self, me: str) -> ToozGroup:
        """A member more."""
        self.members[me] = ToozGroup(self.url, "designate-test", me, SILENCE)
        return self.members[me]

    def sees(self, me: str, others: set[str], looking: set[str]) -> None:
        """Wait until a member sees these, while they and others go on to look."""
        deadline = time.monotonic() + PATIENCE
        seen: object = None
        while seen != others:
            assert time.monotonic() < deadline, seen
            for one in looking:
                with contextlib.suppress(Exception):
                    found = set(self.members[one].look())
                    seen = found if one == me else seen
            time.sleep(0.05)


def _close_what_tooz_leaves_open() -> None:
    """The sockets of its library for ZooKeeper, which the garbage collector would complain of."""
    for client in [one for one in gc.get_objects() if isinstance(one, KazooClient)]:
        client.stop()
        client.close()


@pytest.fixture(params=SERVERS)
def meeting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meeting]:
    """A server that runs."""
    make: Callable[[Path], Server] = SERVERS[request.param]
    server = make(tmp_path)
    server.start()
    made = Meeting(server)
    yield made
    for group in made.members.values():
        with contextlib.suppress(Exception):
            group.leave()
    for thread in threading.enumerate():
        if thread.name == "leaving":
            thread.join(PATIENCE)
    server.end()
    _close_what_tooz_leaves_open()


def test_members_see_one_another_and_who_leaves(meeting: Meeting) -> None:
    """At the first look of a member, and then with the next that asks."""
    first, second = meeting.joins("a"), meeting.joins("b")

    def asked() -> set[str]:
        return [set(first.look()) for _ in range(ASKED)][-1]

    assert set(first.look()) == {"a"}
    assert set(second.look()) == {"a", "b"}
    assert asked() == {"a", "b"}
    second.leave()
    assert asked() == {"a"}


def test_a_member_that_is_killed_is_gone_after_a_while(meeting: Meeting, tmp_path: Path) -> None:
    """And may come back under its name."""
    command = [sys.executable, "-m", member.__name__, meeting.url, "b", str(SILENCE)]
    process = Program(command, tmp_path / "member.log", {})
    process.start("sees b")
    meeting.joins("a")
    meeting.sees("a", {"a", "b"}, {"a"})
    process.kill()
    began = time.monotonic()
    meeting.sees("a", {"a"}, {"a"})
    assert time.monotonic() - began < 4 * SILENCE + 2
    meeting.joins("b")
    meeting.sees("a", {"a", "b"}, {"a", "b"})


def test_members_find_one_another_again_after_the_server_was_away(meeting: Meeting) -> None:
    """Whether it remembers them or not."""
    for me in "ab":
        meeting.joins(me)
    meeting.sees("a", {"a", "b"}, {"a", "b"})
    meeting.server.lose()
    meeting.server.start()
    meeting.sees("a", {"a", "b"}, {"a", "b"})
    meeting.sees("b", {"a", "b"}, {"a", "b"})


@pytest.mark.parametrize("scheme", ["mysql", "postgresql", "carrier-pigeon"])
def test_what_has_no_groups_is_refused_at_the_start(scheme: str) -> None:
    """With a sentence that says what to do, and no password."""
    with pytest.raises(ConfigurationError, match="backend_url") as refused:
        ToozGroup(f"{scheme}://user:hush@127.0.0.1/x", "designate-test", "a", SILENCE)
    assert "hush" not in str(refused.value)
