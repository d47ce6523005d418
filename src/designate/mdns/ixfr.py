# SPDX-License-Identifier: Apache-2.0
"""IXFR: what changed since a version, condensed to one difference (RFC 1995).

It is exact or it is an AXFR. The journal must lead from the client's version to ours without a
gap and without a barrier; a record that came and went in between does not appear.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from designate.mdns.zones import ServedZone
from designate.storage.tables.journal import BARRIER, META
from designate.storage.xfr import JournalRow, Snapshot
from designate.wire import records

MAX_RECORDSETS = 100_000
"""Recordsets compared in memory; a longer journal is answered with the whole zone."""

Wire = tuple[int, bytes]
"""TTL and stored rdata set of an RRset."""


class Inexact(Exception):
    """The journal does not tell the difference."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two SOAs, and records in the form of a transfer message."""

    old_soa: bytes
    removed: list[bytes]
    new_soa: bytes
    added: list[bytes]

    def __len__(self) -> int:
        return len(self.removed) + len(self.added)

    def records(self) -> list[bytes]:
        """The answer section (RFC 1995 section 4)."""
        return [
            self.new_soa,
            self.old_soa,
            *self.removed,
            self.new_soa,
            *self.added,
            self.new_soa,
        ]


def difference(snapshot: Snapshot, served: ServedZone, serial: int) -> Difference | None:
    """From the version with this serial to ours; None when only the whole zone tells it."""
    zone = served.zone
    generation = snapshot.generation_of(zone.id, serial)
    if generation is None or generation >= zone.generation:
        return None
    # Closed early where a barrier ends it: the next query needs the connection.
    with closing(snapshot.changes(zone.id, generation)) as rows:
        try:
            found = condense(rows, generation, zone.generation)
        except Inexact:
            return None
    if found.new_soa != records.soa_record(served.soa, zone.ttl):
        return None
    return found if len(found) <= max(zone.recordset_count, zone.record_count) else None


def condense(rows: Iterable[JournalRow], after: int, until: int) -> Difference:
    """The net difference of all versions after one up to another; raises Inexact."""
    net: dict[bytes, tuple[Wire | None, Wire | None]] = {}
    soas: list[bytes] = []
    for row in _without_gap(rows, after, until):
        if row.kind == META:
            continue
        _follow(soas, row)
        if row.head is None:
            continue
        before = net[row.head][0] if row.head in net else _wire(row.ttl_before, row.wire_before)
        net[row.head] = (before, _wire(row.ttl_after, row.wire_after))
        if len(net) > MAX_RECORDSETS:
            raise Inexact("too much")
    if not soas:
        raise Inexact("no version")
    removed: list[bytes] = []
    added: list[bytes] = []
    for head, (before, now) in net.items():
        _compare(head, before, now, removed, added)
    return Difference(soas[0], removed, soas[-1], added)


def _without_gap(rows: Iterable[JournalRow], after: int, until: int) -> Iterator[JournalRow]:
    last = after
    for row in rows:
        if row.generation not in (last, last + 1) or row.generation == after:
            raise Inexact("a version is missing")
        # A zone's TTL is that of many records which the row does not name.
        if row.kind == BARRIER or row.soa_ttl_before not in (None, row.soa_ttl_after):
            raise Inexact("a barrier")
        last = row.generation
        yield row
    if last != until:
        raise Inexact("a version is missing")


def _follow(soas: list[bytes], row: JournalRow) -> None:
    """Append the SOA of the row's version; versions must follow one another."""
    if row.soa_before is None or row.soa_ttl_before is None:
        raise Inexact("no SOA")
    before = records.soa_record(row.soa_before, row.soa_ttl_before)
    after = records.soa_record(row.soa_after, row.soa_ttl_after)
    if not soas:
        soas.append(before)
    if soas[-1] == after:
        return
    if soas[-1] != before:
        raise Inexact("the SOAs do not follow one another")
    soas.append(after)


def _wire(ttl: int | None, wire: bytes | None) -> Wire | None:
    return (ttl, wire) if ttl is not None and wire else None


def _compare(
    head: bytes,
    before: Wire | None,
    now: Wire | None,
    removed: list[bytes],
    added: list[bytes],
) -> None:
    """An RRset has one TTL: where that changes, all its records do."""
    old = set(_records(head, before))
    new = set(_records(head, now))
    removed += sorted(old - new)
    added += sorted(new - old)


def _records(head: bytes, wire: Wire | None) -> list[bytes]:
    return [] if wire is None else records.xfr_records([(head, *wire)], 0)
