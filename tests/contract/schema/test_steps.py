# SPDX-License-Identifier: Apache-2.0
"""Steps of the schema only add, unless their number says what code must know."""

from collections.abc import Callable

import pytest
from alembic import op
from sqlalchemy import Column, Integer

from designate.storage import schema
from tests.contract.schema.steps import Step, all_steps, digest, offences, recorded
from tests.contract.storage import next_schema

OUT = {
    "0001": "51af70d10ac6edcc",
    "0002": "775f198825a6120f",
    "0003": "f20d5e9c0c584dee",
    "0004": "efe048cbcc299724",
    "0005": "b9ae475d43d0718a",
    "0006": "863fa9f4e0e22bd3",
    "0007": "606362eab78da06b",
}
"""Digests of the steps that others may have run; each release adds its own."""


def test_the_release_before_survives_each_step() -> None:
    """Or is told that it does not."""
    steps = all_steps()
    assert all(step.operations for step in steps)
    assert offences(steps) == []


def test_steps_that_are_out_stay_as_they_are() -> None:
    """Databases were made with them: what is to be otherwise is a step of its own."""
    steps = {script.revision: digest(script) for script in schema.steps()}
    assert {revision: steps.get(revision) for revision in OUT} == OUT


def test_what_a_step_runs_tells_it_from_others() -> None:
    """On any database."""
    assert len({digest(script) for script in schema.steps()}) == len(schema.steps())


def test_the_schema_to_come_of_the_storage_tests_is_one_that_may_come() -> None:
    """This release works with all that a step may do."""
    step = recorded(next_schema.REVISION, next_schema.upgrade)
    kinds = {type(operation).__name__ for operation in step.operations}
    assert kinds == {"AddColumnOp", "CreateIndexOp", "CreateTableOp", "ExecuteSQLOp"}
    assert offences([recorded("9001", next_schema.upgrade)]) == []


def add_with_default() -> None:
    op.add_column("zones", Column("a", Integer, nullable=False, server_default="0"))


def add_nullable() -> None:
    op.add_column("zones", Column("a", Integer, nullable=True))


def add_index() -> None:
    op.create_index("ix", "zones", ["name"])


def add_table() -> None:
    op.create_table("fresh", Column("n", Integer))
    op.create_index("ix", "fresh", ["n"], unique=True)
    op.alter_column("fresh", "n", nullable=False)


def add_rule_for_the_new() -> None:
    op.add_column("zones", Column("a", Integer, nullable=True))
    op.create_index("ux", "zones", ["a"], unique=True)


def fill() -> None:
    op.execute("UPDATE zones SET a = 1")


def drop_column() -> None:
    op.drop_column("zones", "name")


def drop_table() -> None:
    op.drop_table("zones")


def rename_table() -> None:
    op.rename_table("zones", "areas")


def rename_column() -> None:
    op.alter_column("zones", "name", new_column_name="title")


def forbid_null() -> None:
    op.alter_column("zones", "email", nullable=False)


def add_required() -> None:
    op.add_column("zones", Column("a", Integer, nullable=False))


def add_rule() -> None:
    op.create_index("ux", "zones", ["email"], unique=True)


def add_rule_for_the_default() -> None:
    add_with_default()
    op.create_index("ux", "zones", ["a"], unique=True)


def add_constraint() -> None:
    op.create_unique_constraint("ux", "zones", ["email"])


def drop_by_hand() -> None:
    op.execute("DROP TABLE zones")


@pytest.mark.parametrize(
    "upgrade",
    [add_with_default, add_nullable, add_index, add_table, add_rule_for_the_new, fill],
)
def test_a_step_may_add(upgrade: Callable[[], None]) -> None:
    """What older code never sees."""
    assert offences([recorded("0009", upgrade)]) == []


@pytest.mark.parametrize(
    "upgrade",
    [
        drop_column,
        drop_table,
        rename_table,
        rename_column,
        forbid_null,
        add_required,
        add_rule,
        add_rule_for_the_default,
        add_constraint,
        drop_by_hand,
    ],
)
def test_a_step_that_takes_away_says_so_in_its_number(upgrade: Callable[[], None]) -> None:
    """The floor that code must know rises with it, and that step is known to somebody."""
    assert len(offences([recorded("0009", upgrade)])) == 1
    assert offences([recorded("0009+0007", upgrade)]) == []
    assert offences([Step("0009+0007"), recorded("0010+0007", upgrade)]) != []
    assert offences([Step("0009+0007"), recorded("0010+0009", upgrade)]) == []


def test_a_floor_never_falls_and_is_known() -> None:
    """Each later step needs at least what an earlier one did."""
    assert offences([Step("0009+0007"), Step("0010+0007")]) == []
    assert len(offences([Step("0009+0007"), Step("0010")])) == 1
    assert len(offences([Step("0009+0009")])) == 1
