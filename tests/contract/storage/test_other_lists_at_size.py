# SPDX-License-Identifier: Apache-2.0
"""Lists beside those of zones and recordsets, among a hundred thousand rows each.

Shares, imports, exports, transfer requests and accepts grow with a cloud: as the project that has
most of them, as one that has few, and over all projects. Of what administrators keep, TLDs and TSIG
keys may be thousands. Blacklists share their form, and no site has more than hundreds of them, nor
of pools and services: a list of those may read and sort them all. What has no index is not asked
here: docs/searching.md lists it.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from designate.model.listing import Query
from designate.storage import listing, rows, tasks
from designate.storage import transfer_requests as requests
from designate.storage.tables import transfer_requests
from designate.storage.tables.tasks import EXPORT
from designate.storage.unit_of_work import Store
from tests.mass import loading, other_questions, others, shape
from tests.mass.databases import KINDS, a_database
from tests.mass.examined import examiner
from tests.mass.other_questions import Question
from tests.statements import statements

FULL = 100_000
SMALL = 20_000
MOST = 0.3
"""What may be read for a page and its total, for each row of a table. A step of a plan counts each
row that it passes on: one that is looked at counts up to 20 times, and a whole table several."""
MOST_CLAIMED = 200
LOW_BOUNDS = (10, 100, 1000)


@pytest.fixture(
    scope="module",
    params=[
        ("sqlite", SMALL),
        *(pytest.param((kind, FULL), marks=pytest.mark.slow) for kind in KINDS),
    ],
    ids=str,
)
def size(request: pytest.FixtureRequest) -> tuple[str, int]:
    """A kind of database, and how many rows most tables have."""
    found: tuple[str, int] = request.param
    return found


@pytest.fixture(scope="module")
def cloud(size: tuple[str, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database of this kind with so many rows."""
    kind, total = size
    folder: Path = tmp_path_factory.mktemp("others")
    with ExitStack() as stack:
        engine = a_database(kind, folder, stack)
        loading.put(engine.url, others.rows(total))
        yield engine


@pytest.fixture
def connection(cloud: Engine) -> Iterator[Connection]:
    """A connection to it."""
    with cloud.connect() as opened:
        yield opened


@pytest.fixture(scope="module")
def asked(size: tuple[str, int]) -> list[Question]:
    """What is asked of it."""
    return list(other_questions.questions(size[1]))


def test_pages_are_right_and_read_few(
    connection: Connection, asked: list[Question], size: tuple[str, int]
) -> None:
    """As of a sorted list, whichever page and by whatever filter."""
    examining = examiner(connection, others.TABLES)
    numbers = {}
    for question in asked:
        with examining.counting() as read:
            page = question.ask(connection, question.query)
        numbers[question.name] = sum(read)
        assert [item.id for item in page.items] == question.ids, question.name
        assert page.total in (None, question.total), question.name
    assert {name: number for name, number in numbers.items() if number > MOST * size[1]} == {}


def test_no_plan_has_a_full_scan_or_sorts_all(
    connection: Connection, asked: list[Question]
) -> None:
    """Every statement seeks in an index, or walks along one no further than for a page."""
    examining = examiner(connection, others.TABLES)
    faults = {}
    for question in asked:
        with statements(connection) as seen:
            question.ask(connection, question.query)
        if found := [fault for one in seen for fault in examining.faults(*one)]:
            faults[question.name] = found
    assert faults == {}


def test_what_is_offered_to_whoever_offers_it_is_listed_once(
    connection: Connection, size: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where few of many pass, so that they are looked for in the order of the list."""
    monkeypatch.setattr(listing, "BOUNDS", LOW_BOUNDS)
    project = shape.MANY_PROJECT
    offers = [
        row
        for row in others.rows(size[1])[transfer_requests]
        if project in (row["project_id"], row["target_project_id"]) and row["status"] == "ACTIVE"
    ]
    assert any(row["project_id"] == row["target_project_id"] for row in offers)
    query = Query(filters={"status": "ACT*"}, limit=len(offers) + 1)
    page = requests.find(connection, query, project)
    assert [item.id for item in page.items] == [row["id"] for row in offers]


def test_a_task_that_waits_is_found_among_those_that_have_ended(cloud: Engine) -> None:
    """No index that lists have leads whoever takes the next one through all of them."""
    with statements(cloud) as seen:
        assert Store(cloud).write(lambda tx: tasks.claim(tx, EXPORT, rows.new_id())) is not None
    with cloud.connect() as connection:
        examining = examiner(connection, others.TABLES)
        selects = [one for one in seen if one[0].startswith("SELECT")]
        assert selects
        for statement, parameters in selects:
            with examining.counting() as read:
                connection.exec_driver_sql(statement, parameters).all()
            assert sum(read) <= MOST_CLAIMED, statement
