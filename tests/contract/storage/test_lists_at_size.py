# SPDX-License-Identifier: Apache-2.0
"""Lists and searches of millions of recordsets: right, and as short as at any size (design 7)."""

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, Engine

from designate.storage import listing
from tests.mass import loading
from tests.mass.databases import KINDS, a_database
from tests.mass.examined import MOST as MOST_SORTED
from tests.mass.examined import Allowed, examiner
from tests.mass.expected import Expected
from tests.mass.questions import Cost, Question, questions
from tests.statements import statements

SMALL = 20_000
FULL = 5_000_000
MOST = 100_000
"""What may be read at full size for a page and its total: rows, and entries of indexes, each time
that a step of the plan passes one on."""
SMALL_BOUNDS = (100, 1_000, 10_000)
"""As many steps over the small cloud as there are over the full one."""
MOST_SMALL = 10_000
EACH = 100
"""What may be read for each row of the shorter side: bounds grow tenfold, and joins read more."""
OFTEN = 14
"""How often a question is asked: psycopg prepares from the sixth time on, PostgreSQL may make one
plan for all values after five times more."""
SLOWER = 5
NOTHING = 0.01
"""Seconds that do not count."""
SLOW = 0.3
"""Seconds that a question takes which is not asked again and again."""

small = pytest.mark.parametrize("cloud", [(kind, SMALL) for kind in KINDS], indirect=True, ids=str)
full = pytest.mark.parametrize(
    "cloud",
    [pytest.param((kind, FULL), marks=pytest.mark.slow) for kind in KINDS],
    indirect=True,
    ids=str,
)


@pytest.fixture(scope="module")
def cloud(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A database of this kind with so many recordsets."""
    kind, size = request.param
    folder: Path = tmp_path_factory.mktemp("cloud")
    with ExitStack() as stack:
        engine = a_database(kind, folder, stack)
        loading.fill(engine.url, size)
        yield engine
    for file in folder.iterdir():
        file.unlink()


@pytest.fixture
def connection(cloud: Engine) -> Iterator[Connection]:
    """A connection to it."""
    with cloud.connect() as opened:
        yield opened


@pytest.fixture(scope="module")
def expected() -> Expected:
    """The rows of the small cloud."""
    return Expected(SMALL)


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sides are read as far as their share of a small cloud."""
    monkeypatch.setattr(listing, "BOUNDS", SMALL_BOUNDS)


@small
@pytest.mark.usefixtures("low")
def test_answers_are_right(connection: Connection, expected: Expected) -> None:
    """The page and the next are those of a sorted list; the total is exact or none."""
    for question in questions(SMALL):
        ids = expected.behind(question)
        page = question.ask(connection)
        limit = question.query.limit
        assert [item.id for item in page.items] == ids[:limit], question.name
        assert page.total in (None, len(expected.ids(question))), question.name
        if len(ids) > limit:
            query = msgspec.structs.replace(question.query, marker=ids[limit - 1])
            following = question.place.ask(connection, query)
            assert [item.id for item in following.items] == ids[limit : 2 * limit], question.name


@small
@pytest.mark.usefixtures("low")
def test_a_page_reads_what_the_shorter_side_has(connection: Connection, expected: Expected) -> None:
    """Whatever is asked, of whatever part of the cloud, from either end."""
    allowed = {one.name: MOST_SMALL + EACH * expected.shorter(one) for one in questions(SMALL)}
    read = _read(connection, SMALL)
    assert {name: number for name, number in read.items() if number > allowed[name]} == {}


@small
def test_no_plan_has_a_full_scan_or_sorts_all(connection: Connection) -> None:
    """Every statement begins in an index and sorts little, but for what is documented."""
    assert _faults(connection, SMALL) == {}


@small
def test_a_walk_that_no_page_bounds_is_a_fault(connection: Connection) -> None:
    """Along an index, to its end or as far as a filter leads; a first page is the same walk."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    examining = examiner(connection)
    order = "ORDER BY managed, created_at, id LIMIT 20"
    assert examining.faults(f"SELECT id FROM recordsets {order}", ()) == []
    for walk in (
        f"SELECT id FROM recordsets WHERE coalesce(description, name) = 'x' {order}",
        "SELECT managed, count(*) FROM recordsets GROUP BY managed ORDER BY managed",
    ):
        assert examining.faults(walk, ()) != [], walk


SOME = "(SELECT id, name, zone_id FROM recordsets WHERE managed = 0 ORDER BY managed LIMIT {}) one"
SORTS = (
    f"SELECT id FROM {SOME} ORDER BY name LIMIT 20",
    f"SELECT r.id FROM {SOME} JOIN recordsets r ON r.id = one.id ORDER BY r.name LIMIT 20",
    f"SELECT id FROM (SELECT id, name FROM {SOME} ORDER BY name, id LIMIT 5) two",
    f"SELECT z.id FROM {SOME} JOIN zones z ON z.id = one.zone_id ORDER BY z.email, one.id",
)


@small
@pytest.mark.parametrize("sort", SORTS)
def test_a_sort_that_no_page_needs_is_a_fault(connection: Connection, sort: str) -> None:
    """Of whatever there is: rows of a table, of a select within, of a join put aside."""
    examining = examiner(connection)
    for rows in (MOST_SORTED, 2 * MOST_SORTED):
        faults = examining.faults(sort.format(rows), (), Allowed(scan=math.inf, walk=math.inf))
        expected = [f"sort of {rows}"] if rows > MOST_SORTED else []
        assert [fault.partition(":")[0] for fault in faults] == expected


@full
def test_a_page_reads_few_of_millions(connection: Connection) -> None:
    """All, or by name, data, type, status or TTL; unless a filter lets many thousands pass."""
    assert _faults(connection, FULL) == {}
    read = _read(connection, FULL)
    short = {one.name for one in questions(FULL) if one.cost is Cost.SHORT}
    assert {name: read[name] for name in short if read[name] > MOST} == {}


@full
def test_a_page_is_as_quick_the_tenth_time(connection: Connection) -> None:
    """A statement that is prepared by then keeps its plan."""
    slower = {}
    quick = [one for one in questions(FULL) if _seconds(connection, one) < SLOW]
    for question in quick:
        times = [_seconds(connection, question) for _ in range(OFTEN)]
        if min(times[-3:]) > SLOWER * (min(times[:3]) + NOTHING):
            slower[question.name] = times
    assert slower == {}


def _seconds(connection: Connection, question: Question) -> float:
    begin = time.monotonic()
    question.ask(connection)
    return time.monotonic() - begin


def _read(connection: Connection, size: int) -> dict[str, int]:
    """What is read for each question."""
    examining = examiner(connection)
    numbers = {}
    for question in questions(size):
        with examining.counting() as read:
            question.ask(connection)
        numbers[question.name] = sum(read)
    return numbers


def _faults(connection: Connection, size: int) -> dict[str, list[str]]:
    """What the plans for each question should not have."""
    examining = examiner(connection)
    faults = {}
    for question in questions(size):
        with statements(connection) as seen:
            question.ask(connection)
        if found := [fault for one in seen for fault in examining.faults(*one, question.allowed)]:
            faults[question.name] = found
    return faults
