# SPDX-License-Identifier: Apache-2.0
"""What the answers must be, by the plainest means: all rows, filtered, sorted and cut."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.contract.storage.listing import has_number, has_text
from tests.mass import shape
from tests.mass.questions import Cost, Place, Question
from tests.mass.shape import Row, ZoneRow


class Expected:
    """The rows of a cloud, in memory."""

    def __init__(self, total: int) -> None:
        self._zones = {zone.id: zone for zone in shape.zone_rows(total) if not zone.deleted}
        self._recordsets = {
            shape.identifier(number): row
            for number, row in enumerate(shape.recordset_rows(total))
            if not row.zone.deleted and row.epoch == 0
        }
        self._passing: dict[tuple[bool, str, str], frozenset[str]] = {}
        self._listed: dict[tuple[Place, str], list[str]] = {}

    def ids(self, question: Question) -> list[str]:
        """The ids of all pages, one behind the other."""
        return self._among(question, self._all(question))

    def behind(self, question: Question) -> list[str]:
        """Those of the pages behind the marker, if there is one."""
        return self._among(question, self._rest(question))

    def shorter(self, question: Question) -> int:
        """How many rows must be looked at: what a filter lets pass, or the list up to its page."""
        listed, limit = self._rest(question), question.query.limit
        ids = self.behind(question)
        walked = len(listed) if len(ids) < limit else listed.index(ids[limit - 1]) + 1
        if question.cost is Cost.ALL:
            return question.size
        if question.cost is Cost.ON:
            return walked
        return min([walked, *(len(self._pass(question, key)) for key in question.query.filters)])

    def _among(self, question: Question, listed: list[str]) -> list[str]:
        passing = [self._pass(question, key) for key in question.query.filters]
        return [item for item in listed if all(item in one for one in passing)]

    def _rest(self, question: Question) -> list[str]:
        listed, marker = self._all(question), question.query.marker
        return listed[listed.index(marker) + 1 :] if marker else listed

    def _pass(self, question: Question, key: str) -> frozenset[str]:
        """The ids that one filter lets pass, wherever they are."""
        value = question.query.filters[key]
        kind = question.place.zones, key, value
        if kind not in self._passing:
            if question.place.zones:
                found = (item for item, zone in self._zones.items() if _ZONE[key](zone, value))
            else:
                test = _RECORDSET[key]
                found = (item for item, row in self._recordsets.items() if test(row, value))
            self._passing[kind] = frozenset(found)
        return self._passing[kind]

    def _all(self, question: Question) -> list[str]:
        place, key = question.place, question.query.sort_key
        if (place, key) not in self._listed:
            listed = list(self._in(place))
            if key != "created_at":
                listed.sort(key=lambda item: self._position(place, key, item))
            self._listed[place, key] = listed
        listed = self._listed[place, key]
        return listed if question.query.sort_dir == "asc" else listed[::-1]

    def _position(self, place: Place, key: str, item: str) -> tuple[bool, Any, str]:
        """NULL below everything; ties by the id."""
        sort = _ZONE_SORTS if place.zones else _SORTS
        row: Any = self._zones[item] if place.zones else self._recordsets[item]
        value = item if key == "id" else sort[key](row)
        return value is not None, 0 if value is None else value, item

    def _in(self, place: Place) -> Iterator[str]:
        if place.zones:
            yield from (zone.id for zone in self._zones.values() if place.has(zone))
            return
        for identifier, row in self._recordsets.items():
            if place.has(row.zone):
                yield identifier


def _status(row: Row) -> str:
    zone = row.zone
    waits = zone.size > zone.confirmed if row.type == "SOA" else row.generation > zone.confirmed
    return zone.status if waits else "ACTIVE"


def _has_data(row: Row, wanted: str) -> bool:
    """The SOA has no values: what is asked for is not among them."""
    if wanted.startswith("!"):
        return not _has_data(row, wanted[1:])
    return row.type != "SOA" and has_text(row.value, wanted, folded=True)


def _action(row: Row) -> str:
    if _status(row) == "ACTIVE":
        return "NONE"
    return "CREATE" if row.generation > row.zone.confirmed else "UPDATE"


_ZONE: dict[str, Callable[[ZoneRow, str], bool]] = {
    "name": lambda zone, wanted: has_text(zone.name, wanted),
    "status": lambda zone, wanted: has_text(zone.status, wanted),
    "ttl": lambda _zone, wanted: has_number(3600, wanted),
    "type": lambda zone, wanted: has_text(zone.type, wanted),
    "email": lambda _zone, wanted: has_text("dns@example.org", wanted),
    "description": lambda _zone, _wanted: False,
}
_RECORDSET: dict[str, Callable[[Row, str], bool]] = {
    "name": lambda row, wanted: has_text(row.name, wanted),
    "type": lambda row, wanted: has_text(row.type, wanted),
    "ttl": lambda row, wanted: has_number(row.ttl, wanted),
    "data": _has_data,
    "status": lambda row, wanted: has_text(_status(row), wanted),
    "action": lambda row, wanted: has_text(_action(row), wanted),
    "description": lambda row, wanted: has_text(row.description, wanted),
    "zone_id": lambda row, wanted: has_text(row.zone.id, wanted),
}
_SORTS: dict[str, Callable[[Row], Any]] = {
    "updated_at": lambda _row: None,
    "zone_id": lambda row: row.zone.id,
    "tenant_id": lambda row: row.zone.project,
    "name": lambda row: row.name,
    "type": lambda row: row.type,
    "ttl": lambda row: row.ttl,
}
_ZONE_SORTS: dict[str, Callable[[ZoneRow], Any]] = {
    "updated_at": lambda _zone: None,
    "name": lambda zone: zone.name,
    "tenant_id": lambda zone: zone.project,
    "serial": lambda _zone: 1,
    "ttl": lambda _zone: 3600,
    "status": lambda zone: zone.status,
}
