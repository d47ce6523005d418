# SPDX-License-Identifier: Apache-2.0
"""Calls run beside the deciding thread: in order per name, fenced, and not against a wall."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from designate.backends.base import REFUSED, UNREACHABLE, BackendError, ZoneRef
from designate.model.pools import Target
from designate.storage.work import Queue
from designate.worker.calls import WAITING, Batch, Calls, Lease, Outcome
from designate.worker.metrics import Metrics
from designate.worker.orders import Back, Limits
from designate.worker.reconcile import CREATE, DELETE, Call
from tests.unit.worker.zones import key, target, zone

PER_SERVER = Limits().calls()
Heard = queue.SimpleQueue[Outcome | Back]


@dataclass
class Scripted:
    """A backend that does what the test says and remembers what it was told."""

    needs_notify = True
    manages_zones = True
    script: Callable[[str], None] = lambda zone_id: None
    longest: float = 1.0
    reachable: bool = True
    told: list[tuple[str, str]] = field(default_factory=list)

    def timeout(self, target: Target) -> float:
        """As set."""
        return self.longest

    def create_zone(self, zone: ZoneRef, target: Target) -> None:
        """Remember, then follow the script."""
        self.told.append((CREATE, zone.id))
        self.script(zone.id)

    def delete_zone(self, zone: ZoneRef, target: Target, *, hard: bool) -> None:
        """Remember, then follow the script."""
        self.told.append((DELETE, zone.id))
        self.script(zone.id)

    def probe(self, target: Target) -> None:
        """As set."""
        if not self.reachable:
            raise BackendError(UNREACHABLE, "away")


@pytest.fixture
def backend() -> Scripted:
    """A backend that succeeds."""
    return Scripted()


@pytest.fixture
def heard() -> Heard:
    """What is reported."""
    return queue.SimpleQueue()


@pytest.fixture
def registry() -> CollectorRegistry:
    """Where calls are counted."""
    return CollectorRegistry()


@pytest.fixture
def calls(backend: Scripted, heard: Heard, registry: CollectorRegistry) -> Iterator[Calls]:
    """The pool of threads."""
    metrics = Metrics(registry, lambda: Queue(0, None), time.time)
    made = Calls({"fake": backend}, heard.put, metrics)
    yield made
    made.stop()


def batch(
    name: str, *zones: tuple[str, str], server: int = 1, lease: float = 30.0, kind: str = "fake"
) -> Batch:
    """Calls for zones of a name."""
    to = target(server, kind)
    made = [Call(what, zone(zone_id), to, None, None) for what, zone_id in zones]
    ends = Lease(time.monotonic() + lease)
    return Batch(
        name, key(server, kind), to, made or [Call(CREATE, zone(name), to, None, None)], ends
    )


def outcomes(heard: Heard, number: int) -> list[Outcome]:
    """The next outcomes."""
    found = [heard.get(timeout=5) for _ in range(number)]
    return [outcome for outcome in found if isinstance(outcome, Outcome)]


def failing(code: str) -> Callable[[str], None]:
    """A script that fails for the zone `bad`."""

    def script(zone_id: str) -> None:
        if zone_id == "bad":
            raise BackendError(code, "the reason")

    return script


def test_the_calls_of_a_batch_are_made_in_order(
    calls: Calls, backend: Scripted, heard: Heard, registry: CollectorRegistry
) -> None:
    """And counted."""
    calls.submit(batch("a.", (DELETE, "old"), (CREATE, "new")))
    (outcome,) = outcomes(heard, 1)
    assert backend.told == [(DELETE, "old"), (CREATE, "new")]
    assert (len(outcome.done), outcome.failed, outcome.fenced) == (2, None, False)
    counted = {"backend": "fake", "outcome": "done"}
    assert registry.get_sample_value("designate_backend_calls_total", counted) == 2


def test_the_first_failure_ends_a_batch(calls: Calls, backend: Scripted, heard: Heard) -> None:
    """What comes after it may depend on it."""
    backend.script = failing(REFUSED)
    calls.submit(batch("a.", (DELETE, "old"), (DELETE, "bad"), (CREATE, "new")))
    (outcome,) = outcomes(heard, 1)
    assert [call.zone.id for call in outcome.done] == ["old"]
    assert outcome.failed is not None
    assert (outcome.failed.zone.id, outcome.error and outcome.error.code) == ("bad", REFUSED)


def test_a_short_lease_stops_before_the_call(calls: Calls, backend: Scripted, heard: Heard) -> None:
    """A call that outlives its lease could undo what another worker has done."""
    backend.longest = 10.0
    calls.submit(batch("a.", lease=10.5))
    (outcome,) = outcomes(heard, 1)
    assert (outcome.fenced, backend.told) == (True, [])


def test_a_server_that_cannot_be_reached_is_not_tried_by_others(
    calls: Calls, backend: Scripted, heard: Heard
) -> None:
    """They fail with its reason; other servers go on."""
    backend.script = failing(UNREACHABLE)
    calls.submit(batch("a.", (CREATE, "bad")))
    (first,) = outcomes(heard, 1)
    calls.ended(first)
    calls.submit(batch("b."))
    (second,) = outcomes(heard, 1)
    assert second.error is not None
    assert (second.error.code, second.error.text) == (UNREACHABLE, "the reason")
    calls.submit(batch("c.", server=2))
    (third,) = outcomes(heard, 1)
    assert third.error is None
    assert [zone_id for _, zone_id in backend.told] == ["bad", "c."]


def test_a_server_that_is_away_is_probed_until_it_is_back(
    calls: Calls, backend: Scripted, heard: Heard
) -> None:
    """Then calls are made again."""
    backend.script, backend.reachable = failing(UNREACHABLE), False
    calls.submit(batch("a.", (CREATE, "bad")))
    calls.ended(outcomes(heard, 1)[0])
    due = calls.next_try()
    assert due is not None
    calls.try_away(due)
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.05)
    backend.reachable = True
    calls.try_away(due + 60)
    assert heard.get(timeout=5) == Back(key(1))
    calls.is_back(key(1))
    calls.submit(batch("b."))
    assert outcomes(heard, 1)[0].error is None
    assert calls.next_try() is None


def test_a_refusal_does_not_make_a_server_away(
    calls: Calls, backend: Scripted, heard: Heard
) -> None:
    """It is about one zone."""
    backend.script = failing(REFUSED)
    calls.submit(batch("a.", (CREATE, "bad")))
    calls.ended(outcomes(heard, 1)[0])
    calls.submit(batch("b."))
    assert outcomes(heard, 1)[0].error is None


def test_a_server_that_hangs_leaves_threads_to_others(
    calls: Calls, backend: Scripted, heard: Heard
) -> None:
    """However much waits for it."""
    go = threading.Event()
    backend.script = lambda zone_id: None if zone_id == "quick." else void(go.wait(5))
    for number in range(20):
        calls.submit(batch(f"slow{number}."))
    calls.submit(batch("quick.", server=2))
    assert outcomes(heard, 1)[0].batch.name_key == "quick."
    assert len(backend.told) == PER_SERVER + 1
    go.set()
    for _ in range(20):
        calls.ended(outcomes(heard, 1)[0])


@pytest.mark.parametrize(("at_once", "patience"), [(6, 0.5), (60, 0.5), (2, 1.5), (1, 3.0)])
def test_who_may_make_fewer_calls_at_once_has_longer(
    backend: Scripted, heard: Heard, registry: CollectorRegistry, at_once: int, patience: float
) -> None:
    """Several processes share what a server has to do at once: each does less in the same time."""
    go = threading.Event()
    backend.script = lambda _zone_id: void(go.wait(5))
    metrics = Metrics(registry, lambda: Queue(0, None), time.time)
    calls = Calls({"fake": backend}, heard.put, metrics, limits=Limits(calls=lambda: at_once))
    server, before = key(1, "fake"), time.monotonic()
    for number in range(WAITING + at_once):
        calls.submit(batch(f"{number}."))
    after = time.monotonic()
    assert calls.turned_away(server, before + patience - 0.3) is None
    assert calls.turned_away(server, after + patience + 0.3) is not None
    calls.forget()
    go.set()
    calls.stop()


def void(_: object) -> None:
    """Nothing."""


def test_the_batches_of_a_name_on_a_server_do_not_overlap(
    calls: Calls, backend: Scripted, heard: Heard
) -> None:
    """Even when its worker began anew meanwhile."""
    go = threading.Event()
    backend.script = lambda zone_id: void(go.wait(5))
    calls.submit(batch("a.", (CREATE, "first")))
    calls.submit(batch("a.", (CREATE, "second")))
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.05)
    assert backend.told == [(CREATE, "first")]
    go.set()
    calls.ended(outcomes(heard, 1)[0])
    calls.ended(outcomes(heard, 1)[0])
    assert backend.told == [(CREATE, "first"), (CREATE, "second")]


def test_a_type_without_a_backend_fails_with_its_name(calls: Calls, heard: Heard) -> None:
    """An operator can read what is missing."""
    calls.submit(batch("a.", kind="nameless"))
    (outcome,) = outcomes(heard, 1)
    assert outcome.error is not None
    assert outcome.error.text == "192.0.2.1: no backend of type 'nameless'"


def test_an_error_of_a_plug_in_is_a_failure_like_any_other(
    calls: Calls, backend: Scripted, heard: Heard
) -> None:
    """Whatever it raises, without its text, which may hold secrets."""

    def script(zone_id: str) -> None:
        raise KeyError("password")

    backend.script = script
    calls.submit(batch("a."))
    (outcome,) = outcomes(heard, 1)
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.text) == (REFUSED, "192.0.2.1: KeyError")
