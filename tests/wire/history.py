# SPDX-License-Identifier: Apache-2.0
"""A zone, written at random through central, with what each of its versions looked like."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import func, select

from designate.errors import DesignateError
from designate.mdns import axfr, ixfr
from designate.mdns.zones import ServedZone
from designate.model.recordsets import RecordSet, RecordSetChange
from designate.model.zones import ZoneChange
from designate.storage import versions, xfr
from designate.storage.tables import journal, recordsets
from designate.storage.tables.journal import BARRIER
from designate.wire import records
from designate.wire.serial import is_newer
from tests.unit.central.site import Site, caller

# Texts of one line are one record on the wire.
TEXTS: dict[str, list[str]] = {
    "A": ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
    "AAAA": ["2001:db8::1", "2001:DB8::1", "2001:db8:0:0::1", "::2"],
    "TXT": ["x", '"x"', r"\120", '"x" ""', "X"],
    "MX": ["10 mail.example.net.", "10 MAIL.example.NET.", "20 mail.example.net."],
    "CNAME": ["a.example.net.", "A.EXAMPLE.net."],
    "NS": ["ns.example.net.", "NS.example.net."],
}
NAMES = ["a", "A", "b.a", "B.a", "*.a", "_x", "@"]
BASIS = ["w", "x", "y", "z"]
"""Names of recordsets that every zone begins with, so that differences are worth it."""
TTLS = st.sampled_from([None, 0, 60, 3600])
types = st.sampled_from(sorted(TEXTS))
texts = {rtype: st.lists(st.sampled_from(TEXTS[rtype]), max_size=4) for rtype in TEXTS}


@dataclass(frozen=True)
class Version:
    """What a transfer of the whole zone gives: its SOA record, and the others."""

    serial: int
    generation: int
    soa: bytes
    content: frozenset[bytes]


def soa_without_serial(record: bytes) -> bytes:
    """A SOA record but for its serial, which is the first of its five final numbers."""
    return record[:-20] + record[-16:]


@dataclass
class History:
    """The zone, and its versions as they were served."""

    site: Site
    versions: list[Version] = field(default_factory=list)
    differences: int = 0
    whole: int = 0

    def __post_init__(self) -> None:
        self.zone = self.site.zone("Example.org.")
        self.apex_ns = self.site.apex(self.zone, "NS").records
        for name in BASIS:
            self.site.recordset(self.zone, name, "A", *TEXTS["A"])
        self.note()

    @property
    def items(self) -> list[RecordSet]:
        """The recordsets that users made."""
        return [item for item in self.site.listed(self.zone) if not item.managed]

    def play(self, move: Callable[["History"], object]) -> None:
        """Make a change, or be refused; then look at what is served."""
        before = self.site.fresh(self.zone)
        try:
            move(self)
        except DesignateError:
            assert self.site.fresh(self.zone) == before
        self.note()

    def note(self) -> None:
        """Take the zone whole, and check it against every version before."""
        with xfr.snapshot(self.site.store) as snapshot:
            zone = snapshot.zone_named("example.org.")
            assert zone is not None
            served = ServedZone.of(zone)
            sent = [record for batch in axfr.content(snapshot, served) for record in batch]
            assert sent[0] == sent[-1] == records.soa_record(served.soa, zone.ttl)
            content = frozenset(sent[1:-1])
            assert len(content) == len(sent) - 2, "no record twice"
            now = Version(zone.serial, zone.generation, sent[0], content)
            for before in self.versions:
                self.check(before, now, ixfr.difference(snapshot, served, before.serial))
        if self.versions:
            self.check_serial(self.versions[-1], now)
        self.versions.append(now)
        self.check_rows()

    def check(self, before: Version, now: Version, found: ixfr.Difference | None) -> None:
        """A difference leads from one to the other exactly, or the whole zone is sent."""
        if before.serial == now.serial:
            assert (before.soa, before.content) == (now.soa, now.content)
            return
        assert is_newer(now.serial, before.serial)
        if found is None:
            self.whole += 1
            assert self.is_behind_a_barrier(before, now) or self.is_small(before, now)
            return
        self.differences += 1
        removed, added = frozenset(found.removed), frozenset(found.added)
        assert (found.old_soa, found.new_soa) == (before.soa, now.soa)
        assert len(removed) + len(added) == len(found)
        assert removed <= before.content
        assert not added & before.content
        assert (before.content - removed) | added == now.content

    def check_serial(self, before: Version, now: Version) -> None:
        """The serial rises with what DNS shows, and with nothing else but a barrier."""
        apart = soa_without_serial(before.soa) != soa_without_serial(now.soa)
        shows = apart or before.content != now.content
        assert shows <= (before.serial != now.serial)
        assert shows or before.serial == now.serial or self.is_behind_a_barrier(before, now)

    def is_behind_a_barrier(self, before: Version, now: Version) -> bool:
        """Whether a version between the two changed the zone as a whole."""
        between = journal.c.generation.between(before.generation + 1, now.generation)
        barrier = select(journal.c.id).where(between, journal.c.kind == BARRIER)
        with self.site.store.read() as connection:
            return connection.execute(barrier).first() is not None

    def is_small(self, before: Version, now: Version) -> bool:
        """Whether the zone has fewer records than the difference."""
        zone = self.site.fresh(self.zone)
        difference = len(before.content ^ now.content)
        return difference > max(zone.recordset_count, zone.record_count)

    def check_rows(self) -> None:
        """The counters are those of the rows, the journal has no gap, the apex is ours."""
        zone = self.site.fresh(self.zone)
        mine = recordsets.c.zone_id == zone.id
        with self.site.store.read() as connection:
            rows = connection.execute(select(recordsets.c.managed, recordsets.c.wire).where(mine))
            found = [(row.managed, len(records.pieces(row.wire))) for row in rows]
            made = select(
                func.count(journal.c.generation.distinct()), func.max(journal.c.generation)
            )
            number, newest = connection.execute(made.where(journal.c.zone_id == zone.id)).one()
        assert zone.recordset_count == len(found)
        assert zone.record_count == sum(size for managed, size in found if not managed)
        assert number == newest == zone.generation
        assert self.site.apex(zone, "NS").records == self.apex_ns


Move = Callable[[History], object]


def _create(name: str, rtype: str, values: Sequence[str], ttl: int | None) -> Move:
    return lambda history: history.site.recordset(history.zone, name, rtype, *values, ttl=ttl)


def _update(index: int, fields: dict[str, Any], values: dict[str, list[str]]) -> Move:
    def move(history: History) -> None:
        if not history.items:
            return
        item = history.items[index % len(history.items)]
        given = fields | ({"records": values[item.type]} if "records" in fields else {})
        change = RecordSetChange(**given)
        history.site.central.recordsets.update(caller(), history.zone.id, item.id, change)

    return move


def _delete(index: int) -> Move:
    def move(history: History) -> None:
        if history.items:
            item = history.items[index % len(history.items)]
            history.site.central.recordsets.delete(caller(), history.zone.id, item.id)

    return move


def _zone(fields: dict[str, Any]) -> Move:
    return lambda history: history.site.central.zones.update(
        caller(), history.zone.id, ZoneChange(**fields)
    )


def _clock(seconds: int) -> Move:
    return lambda history: history.site.clock.advance(seconds)


def _past(ahead: int) -> Move:
    def move(history: History) -> None:
        seen = (history.versions[-1].serial + ahead) % (1 << 32)
        zone_id = history.zone.id
        history.site.store.write(lambda tx: versions.move_past(tx, zone_id, seen, "ahead"))

    return move


INDEX = st.integers(0, 9)
_given = st.fixed_dictionaries(
    {},
    optional={"records": st.just(()), "ttl": TTLS, "description": st.sampled_from([None, "x"])},
)
creations = types.flatmap(
    lambda rtype: st.builds(_create, st.sampled_from(NAMES), st.just(rtype), texts[rtype], TTLS)
)
updates = st.builds(_update, INDEX, _given, st.fixed_dictionaries(texts))
recordset_moves = creations | updates | st.builds(_delete, INDEX)
zone_moves = st.builds(
    _zone,
    st.fixed_dictionaries(
        {},
        optional={
            "email": st.sampled_from(["dns@example.org", "DNS@example.org", "other@example.org"]),
            "description": st.sampled_from([None, "x"]),
        },
    ),
)
barriers = st.builds(
    _zone, st.fixed_dictionaries({"ttl": st.sampled_from([60, 3600])})
) | st.builds(_past, st.sampled_from([1, 5000]))
clocks = st.builds(_clock, st.sampled_from([1, 100, -1000]))
moves: st.SearchStrategy[Move] = st.sampled_from(
    [recordset_moves] * 14 + [zone_moves] * 4 + [clocks] * 3 + [barriers]
).flatmap(lambda kind: kind)
