# SPDX-License-Identifier: Apache-2.0
"""Hints over a real broker: they reach everybody, together, and nobody waits."""

import threading
import time

import pytest

from designate.contracts.central import Central
from designate.contracts.mdns import Mdns
from designate.contracts.worker import Worker
from designate.contracts.zones import Zones
from designate.rpc.hints import Hints
from tests.contract.rpc.ends import WAITING, Ends


class Heard:
    """Implements Worker and Mdns: notes what it is told."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.messages = 0
        self.transfers: list[tuple[str, str]] = []
        self._told = threading.Condition()

    def wake(self, names: frozenset[str]) -> None:
        with self._told:
            self.names |= names
            self.messages += 1
            self._told.notify_all()

    changed = wake

    def seen(self, name_key: str, host: str) -> None:
        with self._told:
            self.transfers.append((name_key, host))
            self._told.notify_all()

    def wait(self, names: set[str]) -> None:
        """Wait until it has heard these."""
        with self._told:
            assert self._told.wait_for(lambda: self.names >= names, WAITING)

    def wait_for_transfer(self) -> None:
        """Wait until it has heard of one."""
        with self._told:
            assert self._told.wait_for(lambda: self.transfers, WAITING)


@pytest.fixture
def hints(ends: Ends) -> Hints:
    """A sender, which ends with the test."""
    made = Hints(ends.transport())
    ends.callback(made.close)
    return made


def test_hints_reach_every_process(ends: Ends, hints: Hints) -> None:
    """All workers hear of all names; each takes what is its own."""
    workers = [Heard(), Heard()]
    for number, heard in enumerate(workers):
        ends.serve(Worker, heard, f"worker-{number}")
    worker = hints.to(Worker, topic=ends.topic)
    worker.wake(frozenset({"a.example.", "b.example."}))
    worker.seen("a.example.", "192.0.2.1")
    for heard in workers:
        heard.wait({"a.example.", "b.example."})
        heard.wait_for_transfer()
        assert heard.transfers == [("a.example.", "192.0.2.1")]


def test_hints_of_many_commits_go_together(ends: Ends, hints: Hints) -> None:
    """A thousand commits are not a thousand messages, and cost their threads nothing."""
    heard = Heard()
    ends.serve(Mdns, heard)
    mdns = hints.to(Mdns, topic=ends.topic)
    begin = time.monotonic()
    for number in range(1000):
        mdns.changed(frozenset({f"z{number % 700}.example."}))
    assert time.monotonic() - begin < 0.5
    heard.wait({f"z{number}.example." for number in range(700)})
    assert heard.messages < 50


def test_nobody_who_listens_is_no_error(ends: Ends, hints: Hints) -> None:
    """Who comes later hears what is said later."""
    worker = hints.to(Worker, topic=ends.topic)
    worker.wake(frozenset({"early.example."}))
    heard = Heard()
    ends.serve(Worker, heard)
    worker.wake(frozenset({"late.example."}))
    heard.wait({"late.example."})


def test_what_is_answered_is_no_hint(hints: Hints) -> None:
    """The contracts of central are called."""
    for contract in (Zones, Central):
        with pytest.raises(TypeError):
            hints.to(contract, topic="central")
