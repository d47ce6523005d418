# SPDX-License-Identifier: Apache-2.0
"""Producers that are killed, stand still and have wrong clocks: each zone and period once."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from designate.runtime.members import LONGEST_BEAT, LOOKS
from designate.storage import members, periods, rows, schema
from designate.storage.engine import open_engine
from designate.storage.periods import Progress
from designate.storage.tables import zones
from designate.storage.tables.zones import LIVE
from designate.storage.unit_of_work import Store
from tests.servers.clock import FakeClock
from tests.servers.mariadb import MariaDb
from tests.servers.producer import Producer
from tests.unit.storage.zone_rows import NOON

TASK = "periodic_exists"
ZONES = 600
INTERVAL = 4
PER_PAGE = 3
SKEW = 300
PATIENCE = 120.0
LOST = "another process goes on with a period of ours"
OPTIONS = f"""
[service:producer]
enabled_tasks = {TASK}
[producer_task:{TASK}]
interval = {INTERVAL}
per_page = {PER_PAGE}
max_missed = 1000
[oslo_messaging_notifications]
driver = log
transport_url = fake:/
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[MariaDb]:
    """A database server, whose clock is right."""
    with MariaDb() as running:
        yield running


@pytest.fixture
def store(server: MariaDb) -> Iterator[Store]:
    """A database with zones that are older than any period."""
    engine = open_engine(server.create("designate"))
    schema.upgrade(engine)
    made = Store(engine)
    each = [_zone(number) for number in range(ZONES)]
    made.write(lambda tx: tx.write(insert(zones), each))
    yield made
    engine.dispose()


def _zone(number: int) -> dict[str, object]:
    zone_id, name = rows.new_id(), f"z{number}.example."
    return {
        **{"id": zone_id, "pool_id": "pool", "project_id": "p1", "name": name, "name_key": name},
        **{"reverse_key": name[::-1], "type": "PRIMARY", "email": "dns@example.org"},
        **dict.fromkeys(("ttl", "refresh", "retry", "expire", "minimum"), 600),
        **{"mname": "ns1.example.", "ns_version": 1, "serial": 1, "generation": 1},
        **{"status": "ACTIVE", "action": "NONE", "recordset_count": 2, "record_count": 0},
        **{"shard": rows.shard_of(zone_id), "attributes": "{}", "masters": "[]"},
        **{"version": 1, "created_at": NOON, "deleted": LIVE},
    }


@pytest.fixture
def producers(store: Store, server: MariaDb, tmp_path: Path) -> Iterator[list[Producer]]:
    """Three of them: with the right time, minutes ahead, and minutes behind."""
    with ExitStack() as stack:
        made = []
        for name, ahead in (("right", 0), ("ahead", SKEW), ("behind", -SKEW)):
            (tmp_path / f"{name} clock").mkdir()
            clock = FakeClock(tmp_path / f"{name} clock" / "clock")
            clock.ahead(ahead)
            environment = clock.environment() if ahead else {}
            url = server.url("designate")
            producer = Producer(tmp_path / name, url, OPTIONS, environment)
            stack.callback(producer.kill)
            producer.start()
            made.append(producer)
        yield made


def progress(store: Store) -> list[Progress]:
    """How far the task has come with each part."""
    with store.read() as connection:
        return periods.of(connection, TASK)


def until(what: Callable[[], object]) -> float:
    """Wait for it; the seconds that it took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.05)
    return time.monotonic() - began


def done(store: Store) -> int:
    """The end of the last period that is done with all parts."""
    found = progress(store)
    return min(row.done for row in found) if found else 0


def after(store: Store, moment: int) -> Callable[[], bool]:
    """Whether all parts are done beyond a moment."""
    return lambda: done(store) > moment


def under_way(store: Store) -> bool:
    """Whether somebody is in the middle of a part."""
    return any(row.holder and row.position for row in progress(store))


def check(store: Store, producers: Sequence[Producer], doubles: int) -> None:
    """Each zone was told of in each period; once but for so many, which have the same id."""
    end = done(store)
    sent: Counter[tuple[str, str, str]] = Counter()
    for producer in producers:
        for message in producer.notifications():
            payload = message["payload"]
            period = (payload["audit_period_beginning"], payload["audit_period_ending"])
            if rows.unix(_moment(period[1])) <= end:
                sent[payload["id"], period[1], message["message_id"]] += 1
    found = Counter((zone, period) for zone, period, _ in sent)
    assert set(found.values()) == {1}, "one id for each zone and period"
    ends = sorted({rows.unix(_moment(period)) for _, period in found})
    assert ends == list(range(ends[0], end + 1, INTERVAL)), "no period is missing"
    assert len(found) == ZONES * len(ends), "no zone is missing"
    assert sum(sent.values()) - len(sent) <= doubles


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_each_zone_and_period_once_whatever_happens_to_producers(
    store: Store, producers: list[Producer]
) -> None:
    """Killed in the middle, frozen for longer than anybody waits, with clocks minutes apart."""
    right, ahead, _behind = producers
    until(lambda: done(store) and after(store, done(store)))
    until(lambda: len(progress(store)) == 64)
    begun = done(store)
    until(after(store, begun))
    until(lambda: under_way(store))
    right.kill()
    moved = until(after(store, done(store) + INTERVAL))
    right.start()
    until(lambda: under_way(store))
    ahead.freeze()
    frozen, gone_on = time.monotonic(), after(store, done(store) + 3 * INTERVAL)
    until(lambda: gone_on() and time.monotonic() - frozen > LONGEST_BEAT * LOOKS)
    ahead.thaw()
    until(after(store, done(store) + 2 * INTERVAL))
    for producer in producers:
        producer.stop()
    # Whoever was killed or taken for dead, as also happens where a machine is slow, may have sent
    # the page that it was at.
    lost = sum(producer.log().count(LOST) for producer in producers)
    check(store, producers, doubles=PER_PAGE * (1 + lost))
    print(f"all parts were done again {moved:.1f} s after a death")


def test_who_ends_in_good_order_is_no_member_any_more(
    store: Store, producers: list[Producer]
) -> None:
    """At once; who was killed, after a few seconds."""

    def there() -> int:
        with store.read() as connection:
            return len(members.beats(connection, "producer"))

    until(lambda: there() == 3)
    producers[0].stop()
    assert there() == 2
    log = producers[1].log
    producers[2].kill()
    assert until(lambda: "1 processes share the work" in log()) < (LOOKS + 2) * LONGEST_BEAT + 2
