# SPDX-License-Identifier: Apache-2.0
"""The values of records: written with their recordset, and how lists are filtered by them."""

import json
from typing import Any

from sqlalchemy import and_, exists, func, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from designate.model.listing import is_pattern
from designate.model.recordsets import RecordSet
from designate.storage import criteria, rows
from designate.storage.folding import Folded
from designate.storage.tables import record_values, recordsets

MAX_KEY = 255
"""Characters of a value that are indexed; longer values are compared whole after that."""

_key = record_values.c.search_key
_ids = select(
    record_values.c.recordset_id.label("id"),
    record_values.c.zone_id,
    record_values.c.project_id,
)
COLUMNS = ("recordset_id", "ordinal", "zone_id", "project_id", "search_key")
"""What `keys` gives for each value."""


def key(text: str) -> str:
    """What is indexed of a value."""
    return text.lower()[:MAX_KEY]


def keys(item: RecordSet) -> list[dict[str, Any]]:
    """The rows of a recordset's values."""
    return [
        {
            "recordset_id": item.id,
            "ordinal": ordinal,
            "zone_id": item.zone_id,
            "project_id": item.project_id,
            "search_key": key(text),
        }
        for ordinal, text in enumerate(item.records)
    ]


class DataField(criteria.Field):
    """The value of a record: any record of the recordset may match; case does not count.

    `within`: what bounds whole values that are looked at, such as to those of one project.
    """

    def __init__(self, *within: ColumnElement[bool]) -> None:
        self._within = within

    def condition(self, value: str) -> ColumnElement[bool]:
        """See `criteria.Field`."""
        if value.startswith("!") and not is_pattern(value):
            return not_(self.condition(value[1:]))
        matches = _matching(value)
        mine = record_values.c.recordset_id == recordsets.c.id
        return exists().where(mine, matches).correlate(recordsets)

    def side(self, value: str) -> criteria.Branches | None:
        """The range of values that begin with what stands before a wildcard."""
        if value.startswith("!"):
            return None
        wanted = value.lower()
        if not is_pattern(wanted):
            return (_ids.where(*self._within, _key == wanted[:MAX_KEY]),)
        head = criteria.ends(wanted)[0][:MAX_KEY]
        return (_ids.where(rows.prefix_range(_key, head)).order_by(_key),) if head else None


def _matching(value: str) -> ColumnElement[bool]:
    wanted = value.lower()
    key = func.coalesce(_key, "")  # of one recordset's values, which no index of values finds
    if not is_pattern(wanted):
        matches = key == wanted[:MAX_KEY]
        return matches if len(wanted) < MAX_KEY else and_(matches, _whole(value))
    cut = func.char_length(_key) == MAX_KEY
    return or_(
        and_(not_(cut), key.like(criteria.like_pattern(wanted), escape="\\")),
        and_(cut, _whole(value)),
    )


def _whole(value: str) -> ColumnElement[bool]:
    """Whether the stored list holds a text like this: its JSON is searched.

    There a capital beyond ASCII is an escape of its own, which no folding leads to the small one.
    A text begins behind `["` or `,"`: a quotation mark that is part of one stands behind `\\`.
    """
    text, stored = criteria.like_pattern(json.dumps(value)[1:-1]), Folded(recordsets.c.records)
    heads = ('["', '%,"')
    return or_(*(stored.like(Folded(f'{head}{text}"%'), escape="\\") for head in heads))
