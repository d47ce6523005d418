# SPDX-License-Identifier: Apache-2.0
"""How each database is told to fold a text."""

import pytest
from sqlalchemy import column
from sqlalchemy.dialects import registry

from designate.storage.folding import Folded


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("sqlite", "lower(a) LIKE lower(b)"),
        ("mysql", "lower(a) LIKE lower(b)"),
        ("postgresql", 'lower((a) COLLATE "C") LIKE lower((b) COLLATE "C")'),
    ],
)
def test_both_sides_are_folded_alike(dialect: str, written: str) -> None:
    """Whatever collations the column and the database have."""
    compared = Folded(column("a")).like(Folded(column("b")))
    assert str(compared.compile(dialect=registry.load(dialect)())) == written
