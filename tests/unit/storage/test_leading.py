# SPDX-License-Identifier: Apache-2.0
"""A join that begins where we say is told so to each database that listens."""

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import registry

from designate.storage.leading import LeadingJoin
from designate.storage.tables import recordsets, zones


@pytest.mark.parametrize(
    ("dialect", "word"),
    [("sqlite", "CROSS JOIN"), ("mysql", "STRAIGHT_JOIN"), ("postgresql", "JOIN")],
)
def test_the_left_side_leads(dialect: str, word: str) -> None:
    """SQLite and MariaDB have a word for it; PostgreSQL knows how many rows come in."""
    joined = LeadingJoin(zones, recordsets, recordsets.c.zone_id == zones.c.id)
    text = str(select(zones.c.id).select_from(joined).compile(dialect=registry.load(dialect)()))
    assert f"zones {word} recordsets ON recordsets.zone_id = zones.id" in text
