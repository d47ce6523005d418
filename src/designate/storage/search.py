# SPDX-License-Identifier: Apache-2.0
"""The values of records: written with their recordset, and how lists are filtered by them."""

import json
from typing import Any

from sqlalchemy import and_, func, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from designate.model.recordsets import RecordSet
from designate.storage import criteria, rows
from designate.storage.tables import record_values, recordsets

MAX_KEY = 255
"""Characters of a value that are indexed; longer values are compared whole after that."""

_key = record_values.c.search_key
COLUMNS = ("recordset_id", "ordinal", "zone_id", "search_key")
"""What `keys` gives for each value."""


def keys(item: RecordSet) -> list[dict[str, Any]]:
    """The rows of a recordset's values."""
    return [
        {
            "recordset_id": item.id,
            "ordinal": ordinal,
            "zone_id": item.zone_id,
            "search_key": text.lower()[:MAX_KEY],
        }
        for ordinal, text in enumerate(item.records)
    ]


class DataField:
    """The value of a record: any record of the recordset may match; case does not count.

    `within` bounds the values that are looked at, such as to those of one zone.
    """

    def __init__(self, *within: ColumnElement[bool]) -> None:
        self._within = within

    def condition(self, value: str) -> ColumnElement[bool]:
        """See `criteria.Field`."""
        wanted = value.lower()
        if criteria.is_pattern(wanted):
            matches = _like(wanted.replace("%", "*"))
        elif wanted.startswith("!"):
            return not_(self.condition(value[1:]))
        else:
            matches = _key == wanted[:MAX_KEY]
            if len(wanted) >= MAX_KEY:
                matches = and_(matches, _whole(wanted))
        # Not a correlated EXISTS: the values' index leads to the recordsets, not the other way.
        return recordsets.c.id.in_(
            select(record_values.c.recordset_id).where(*self._within, matches)
        )


def _like(pattern: str) -> ColumnElement[bool]:
    bare = pattern.rstrip("*")
    if bare and "*" not in bare and len(bare) < MAX_KEY:
        return rows.prefix_range(_key, bare)
    cut = func.char_length(_key) == MAX_KEY
    return or_(
        and_(not_(cut), _key.like(criteria.like_pattern(pattern), escape="\\")),
        and_(cut, _whole(pattern)),
    )


def _whole(pattern: str) -> ColumnElement[bool]:
    """Whether the stored list holds a text like this: its JSON is searched."""
    inside = criteria.like_pattern(f'*"{json.dumps(pattern)[1:-1]}"*')
    return func.lower(recordsets.c.records).like(inside, escape="\\")
