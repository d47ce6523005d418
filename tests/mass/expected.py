# SPDX-License-Identifier: Apache-2.0
"""What the answers must be, by the plainest means: all rows, filtered, sorted and cut."""

from collections.abc import Callable, Iterator

from tests.contract.storage.listing import has_number, has_text
from tests.mass import shape
from tests.mass.questions import Place, Question
from tests.mass.shape import Row, ZoneRow


class Expected:
    """The rows of a cloud, in memory."""

    def __init__(self, total: int) -> None:
        self._zones = [zone for zone in shape.zone_rows(total) if not zone.deleted]
        self._recordsets = [
            (shape.identifier(number), row)
            for number, row in enumerate(shape.recordset_rows(total))
            if not row.zone.deleted and row.epoch == 0
        ]

        self._passing: dict[tuple[str, str], frozenset[str]] = {}
        self._listed: dict[Place, list[str]] = {}

    def ids(self, question: Question) -> list[str]:
        """The ids of all pages, one behind the other."""
        passing = [self._pass(question, key) for key in question.query.filters]
        listed = self._all(question.place)
        found = [item for item in listed if all(item in one for one in passing)]
        return found if question.query.sort_dir == "asc" else found[::-1]

    def shorter(self, question: Question) -> int:
        """How many rows must be looked at: what a filter lets pass, or the list up to its page."""
        listed, limit = self._all(question.place), question.query.limit
        if question.query.sort_dir == "desc":
            listed = listed[::-1]
        ids = self.ids(question)
        walked = len(listed) if len(ids) < limit else listed.index(ids[limit - 1]) + 1
        return min([walked, *(len(self._pass(question, key)) for key in question.query.filters)])

    def _pass(self, question: Question, key: str) -> frozenset[str]:
        """The ids that one filter lets pass, wherever they are."""
        value = question.query.filters[key]
        kind = f"zones.{key}" if question.place.zones else key
        if (kind, value) not in self._passing:
            if question.place.zones:
                found = (zone.id for zone in self._zones if _ZONE[key](zone, value))
            else:
                test = _RECORDSET[key]
                found = (item for item, row in self._recordsets if test(row, value))
            self._passing[kind, value] = frozenset(found)
        return self._passing[kind, value]

    def _all(self, place: Place) -> list[str]:
        if place not in self._listed:
            self._listed[place] = list(self._in(place))
        return self._listed[place]

    def _in(self, place: Place) -> Iterator[str]:
        if place.zones:
            for zone in self._zones:
                if place.project in (None, zone.project):
                    yield zone.id
            return
        for identifier, row in self._recordsets:
            zone = row.zone
            if place.zone in (None, zone.name) and place.project in (None, zone.project):
                yield identifier


def _status(row: Row) -> str:
    zone = row.zone
    waits = zone.size > zone.confirmed if row.type == "SOA" else row.generation > zone.confirmed
    return zone.status if waits else "ACTIVE"


_ZONE: dict[str, Callable[[ZoneRow, str], bool]] = {
    "name": lambda zone, wanted: has_text(zone.name, wanted),
    "status": lambda zone, wanted: zone.status == wanted,
    "ttl": lambda zone, wanted: wanted == "3600",
    "type": lambda zone, wanted: zone.type == wanted,
}
_RECORDSET: dict[str, Callable[[Row, str], bool]] = {
    "name": lambda row, wanted: has_text(row.name, wanted),
    "type": lambda row, wanted: row.type == wanted,
    "ttl": lambda row, wanted: has_number(row.ttl, wanted),
    "data": lambda row, wanted: row.type != "SOA" and has_text(row.value, wanted, folded=True),
    "status": lambda row, wanted: _status(row) == wanted,
}
