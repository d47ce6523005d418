# SPDX-License-Identifier: Apache-2.0
"""What answers cost the database: statements, and rows that go by, whatever the zone's size."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import dns.message
import pytest
from sqlalchemy import Engine, event

from designate.storage.unit_of_work import Store
from tests.unit.mdns.serving import dispatcher, ixfr_query, lines, stream
from tests.unit.mdns.zone_rows import ZoneRows, open_store

SIZES = (10, 3000)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that run, and after the block the steps that SQLite took for them."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def steps_of(store: Store, work: Callable[[], object]) -> int:
    """Thousands of instructions of SQLite's machine: they grow with the rows that it touches."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(step, 20)
    try:
        work()
    finally:
        with store.engine.connect() as connection:
            driver = connection.connection.driver_connection
            driver.set_progress_handler(None, 0)
    return steps


def zone_of(directory: Path, size: int) -> ZoneRows:
    """A zone of so many recordsets with a version since 100."""
    zone = ZoneRows(open_store(directory)).create()
    zone.fill(size, "A", ["192.0.2.1"])
    for _ in range(2):
        zone.change({("www", "A"): (None, [f"192.0.2.{zone.zone.serial}"])})
    return zone


@pytest.fixture(scope="module")
def zones(tmp_path_factory: pytest.TempPathFactory) -> list[ZoneRows]:
    """A small zone and a large one."""
    return [zone_of(tmp_path_factory.mktemp(f"cost{size}"), size) for size in SIZES]


def test_a_difference_costs_what_has_changed(zones: list[ZoneRows]) -> None:
    """IXFR of one change: three statements, few bytes, and no more work in a large zone."""
    costs = []
    for zone in zones:
        answering = dispatcher(zone.store)
        query = ixfr_query("example.org.", 101)
        with counted(zone.store.engine) as statements:
            assert len(lines(stream(answering, query))) == 6
        selects = [each for each in statements if each.lstrip().startswith("SELECT")]
        assert len(selects) == 3, selects
        size = sum(map(len, answering.stream(query.to_wire(), "127.0.0.1")))
        assert size < 1024
        costs.append(steps_of(zone.store, partial(stream, answering, query)))
    assert 0 < costs[1] <= costs[0] * 1.5 + 2, costs


@pytest.mark.parametrize("name", ["www", "missing", "a.b.missing", "h7", "x.h7"])
def test_a_question_costs_the_depth_of_its_name(zones: list[ZoneRows], name: str) -> None:
    """Data and denials alike."""
    costs = []
    for zone in zones:
        answering = dispatcher(zone.store)
        query = dns.message.make_query(f"{name}.example.org.", "A").to_wire()
        costs.append(steps_of(zone.store, partial(answering.datagram, query, "127.0.0.1")))
    assert 0 < costs[1] <= costs[0] * 1.5 + 2, costs
