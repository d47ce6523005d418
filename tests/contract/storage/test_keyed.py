# SPDX-License-Identifier: Apache-2.0
"""Statements about many rows give each its own values, in a few round trips."""

from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from designate.storage.keyed import MOST, Keyed
from designate.storage.prepared import Values
from designate.storage.releases import Done, Retry
from designate.storage.servers import NAMESERVER
from designate.storage.tables import zone_work
from designate.storage.unit_of_work import Store
from designate.worker.ledger import Ledger, Settlement
from tests.statements import statements
from tests.unit.storage.zone_rows import add_work, add_zone, work_row
from tests.unit.worker.zones import row, zone

NUMBERS = [1, 2, 3, MOST, MOST + 1, 3 * MOST - 1]
NAMES = 40
ROUND_TRIPS = 24
"""Of a settlement of any number of names up to 64: not three for each."""

_set = Keyed(
    zone_work.c.name_key,
    lambda own: (
        update(zone_work)
        .where(own.rows, zone_work.c.wanted <= own.value(zone_work.c.wanted))
        .values(due_at=own.value(zone_work.c.due_at), since=own.value(zone_work.c.since))
    ),
)
_remove = Keyed(
    zone_work.c.name_key, lambda own: delete(zone_work).where(own.any_of(zone_work.c.shard))
)
_find = Keyed(
    zone_work.c.name_key,
    lambda own: select(zone_work.c.name_key).where(own.any_of(zone_work.c.shard)),
)


def filled(store: Store, number: int) -> list[str]:
    """Names with rows, of which each is wanted so many times and in a shard of its own."""
    names = [f"n{n:03}." for n in range(number)]
    values = [
        {"name_key": name, "shard": n, "wanted": n, "attempts": 0} for n, name in enumerate(names)
    ]
    store.write(lambda tx: tx.write(insert(zone_work), values))
    return names


def round_trips(text: str, parameters: Any) -> int:
    """How often a driver sends a statement: only rows to be inserted go together."""
    first = parameters[0] if isinstance(parameters, tuple) and parameters else None
    many = isinstance(first, dict | list | tuple)
    return len(parameters) if many and not text.startswith("INSERT") else 1


@pytest.fixture
def store(engine: Engine) -> Store:
    """An empty database."""
    return Store(engine)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_row_gets_its_own_values(store: Store, number: int) -> None:
    """Of any number of rows, null among them; one that fails its condition stays as it is."""
    names = filled(store, number)
    given: list[Values] = [
        {"name_key": name, "wanted": n - (n == 1), "due_at": n + 0.5, "since": None if n % 2 else n}
        for n, name in enumerate(names)
    ]
    assert store.write(lambda tx: _set.run(tx, given)) == number - (number > 1)
    for n, name in enumerate(names):
        found = work_row(store, name)
        if n == 1:
            assert (found["due_at"], found["since"]) == (None, None)
        else:
            assert (found["due_at"], found["since"]) == (n + 0.5, None if n % 2 else n)


@pytest.mark.parametrize("number", NUMBERS)
def test_rows_are_found_by_all_that_is_given(store: Store, number: int) -> None:
    """The key alone is not enough."""
    names = filled(store, number)
    given: list[Values] = [
        {"name_key": name, "shard": n + (n == 1)} for n, name in enumerate(names)
    ]
    expected = {name for n, name in enumerate(names) if n != 1}
    with store.read() as connection:
        assert {found.name_key for found in _find.all(connection, given)} == expected
    assert store.write(lambda tx: _remove.run(tx, given)) == len(expected)
    with store.read() as connection:
        left = set(connection.execute(select(zone_work.c.name_key)).scalars())
    assert left == set(names) - expected


def test_a_settlement_of_many_names_takes_a_few_round_trips(store: Store) -> None:
    """Whatever each of them asks for: each round trip is time in which nobody else is served."""
    ledger = Ledger(store)
    names = [f"s{n}.example." for n in range(NAMES)]
    for n, name in enumerate(names):
        add_zone(store, f"zone{n}", name=name)
        add_work(store, name)
    claims, _ = ledger.claim(names)
    assert len(claims) == NAMES
    settled = {}
    for n, claim in enumerate(sorted(claims, key=lambda claim: names.index(claim.name_key))):
        behind = row(f"zone{n}", "ns#53", "server_behind", role=NAMESERVER, config_version=0)
        one = Settlement(puts=[behind])
        if n % 2:
            one.confirmed[f"zone{n}"] = 5
            one.done.append(Done(claim, 0.0))
        else:
            one.failed.append((zone(f"zone{n}"), "server_behind", "text"))
            one.retries.append(Retry(claim, 4e9, None))
        settled[claim.name_key] = one
    held = {claim.name_key: claim.token for claim in claims}
    with statements(store.engine) as seen:
        assert ledger.settle(settled, held) == set()
    assert sum(round_trips(*one) for one in seen) <= ROUND_TRIPS
    assert [work_row(store, name)["due_at"] for name in names] == [4e9, None] * (NAMES // 2)
