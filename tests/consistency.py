# SPDX-License-Identifier: Apache-2.0
"""What must hold in the tables whenever no transaction is open: nothing is half there."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from designate.model.names import reverse
from designate.model.soa import soa_rdata
from designate.model.zones import ACTIVE, DELETE, NONE, SECONDARY
from designate.rules import contents
from designate.storage import servers
from designate.storage import zones as zone_queries
from designate.storage.search import MAX_KEY
from designate.storage.tables import (
    journal,
    names,
    pools,
    project_usage,
    record_values,
    recordsets,
    zone_pools,
    zone_servers,
    zone_state,
    zone_work,
    zones,
)
from designate.storage.tables.journal import META
from designate.storage.tables.zones import LIVE
from designate.wire.serial import is_newer

Faults = Iterator[str]


def faults(connection: Connection) -> list[str]:
    """A sentence for each thing that does not fit another."""
    return [fault for check in CHECKS for fault in check(connection)]


def unsettled(connection: Connection) -> list[str]:
    """A sentence for each zone that is not served as it is, and each name with work left."""
    found = [
        f"{zone.name}: {zone.status}, {zone.action}"
        for zone in _live(connection)
        if (zone.status, zone.action) != (ACTIVE, NONE)
    ]
    queued = select(zone_work).where(
        zone_work.c.due_at.is_not(None) | zone_work.c.lease_token.is_not(None)
    )
    return found + [f"{row.name_key}: due {row.due_at}" for row in connection.execute(queued)]


def _live(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(select(zones).where(zones.c.deleted == LIVE)))


def _content(connection: Connection, zone: Row[Any]) -> list[Row[Any]]:
    mine = (recordsets.c.zone_id == zone.id) & (recordsets.c.epoch == zone.epoch)
    return list(connection.execute(select(recordsets).where(mine)))


def _counters(connection: Connection) -> Faults:
    for zone in _live(connection):
        found = _content(connection, zone)
        records = sum(len(contents.unpack(row.wire)) for row in found if not row.managed)
        if (zone.recordset_count, zone.record_count) != (len(found), records):
            yield (
                f"{zone.name}: counts {zone.recordset_count} recordsets, {zone.record_count}"
                f" records; has {len(found)}, {records}"
            )
    usage = {row.project_id: row.zones for row in connection.execute(select(project_usage))}
    counted = Counter(zone.project_id for zone in _live(connection))
    for project in usage.keys() | counted.keys():
        if usage.get(project, 0) != counted[project]:
            yield f"project {project}: counts {usage.get(project)}, has {counted[project]} zones"


def _companions(connection: Connection) -> Faults:
    """Each zone has its other rows and its apex; nothing else has any."""
    for zone in _live(connection):
        for table, column, value in (
            (zone_state, zone_state.c.zone_id, zone.id),
            (zone_pools, zone_pools.c.zone_id, zone.id),
            (zone_work, zone_work.c.name_key, zone.name_key),
        ):
            if connection.execute(select(column).where(column == value)).first() is None:
                yield f"{zone.name}: no row in {table.name}"
        types = {row.type for row in _content(connection, zone) if row.name_key == zone.name_key}
        # A secondary zone has what its master gave it: before the first transfer nothing.
        awaits = zone.type == SECONDARY and zone.transferred_at is None
        if not ({"SOA"} if awaits else {"SOA", "NS"}) <= types:
            yield f"{zone.name}: its apex has {sorted(types)}"
    known = select(zones.c.id)
    for table in (recordsets, record_values, zone_state):
        orphans = select(table.c.zone_id).distinct().where(table.c.zone_id.not_in(known))
        for zone_id in connection.execute(orphans).scalars():
            yield f"{table.name}: rows of {zone_id}, which is no zone"


def _recordsets(connection: Connection) -> Faults:
    """Texts, wire form, keys and values for search say the same."""
    values: dict[str, list[str]] = {}
    ordered = record_values.c.recordset_id, record_values.c.ordinal
    for row in connection.execute(select(record_values).order_by(*ordered)):
        values.setdefault(row.recordset_id, []).append(row.search_key)
    apexes = {zone.id: zone.name_key for zone in connection.execute(select(zones))}
    for row in connection.execute(select(recordsets)):
        texts = json.loads(row.records)
        held = contents.encode(row.name, row.type, texts) if texts else contents.Contents([], b"")
        keys = [text.lower()[:MAX_KEY] for text in texts]
        head = contents.head(row.name_key, apexes.get(row.zone_id, ""), row.type)
        for what, stored, right in (
            ("wire", row.wire, held.wire),
            ("head", row.head, head),
            ("name_key", row.name_key, row.name.lower()),
            ("reverse_key", row.reverse_key, reverse(row.name_key)),
            ("values", values.pop(row.id, []), keys),
        ):
            if stored != right:
                yield f"{row.name} {row.type}: {what} is {stored!r}, not {right!r}"
    for recordset_id, orphans in values.items():
        yield f"record_values: {orphans} of {recordset_id}, which is no recordset"


def _journal(connection: Connection) -> Faults:
    """No generation is missing, serials rise, and one after the other they make the content."""
    for zone in connection.execute(select(zones)):
        mine = select(journal).where(journal.c.zone_id == zone.id)
        entries = list(connection.execute(mine.order_by(journal.c.generation, journal.c.seq)))
        yield from _versions(zone, entries)
        if zone.deleted == LIVE:
            yield from _replayed(zone, entries, _content(connection, zone))
            now = zone_queries.get(connection, zone.id)
            if now is None or not entries or entries[-1].soa_after != soa_rdata(now):
                yield f"{zone.name}: the journal ends with another SOA"


def _versions(zone: Row[Any], entries: list[Row[Any]]) -> Faults:
    if {entry.generation for entry in entries} != set(range(1, zone.generation + 1)):
        yield f"{zone.name}: at {zone.generation}, journal {[e.generation for e in entries]}"
    for before, after in zip(entries, entries[1:], strict=False):
        if before.generation == after.generation:
            if (after.seq, after.change_id) != (before.seq + 1, before.change_id):
                what = f"entry {after.seq} of {after.change_id}"
                yield f"{_at(zone, after)}: {what} behind {before.seq}"
        else:
            yield from _next_version(zone, before, after)
    if entries and entries[-1].serial != zone.serial:
        yield f"{zone.name}: serial {zone.serial}, in the journal {entries[-1].serial}"


def _at(zone: Row[Any], entry: Row[Any]) -> str:
    return f"{zone.name} generation {entry.generation}"


def _next_version(zone: Row[Any], before: Row[Any], after: Row[Any]) -> Faults:
    at = _at(zone, after)
    if after.seq != 0 or after.change_id == before.change_id:
        yield f"{at}: begins with entry {after.seq} of {after.change_id}"
    if after.soa_before != before.soa_after:
        yield f"{at}: begins with another SOA than the one before ended with"
    stays, rises = after.serial == before.serial, is_newer(after.serial, before.serial)
    # The serial of a secondary zone is its master's: what is changed here does not raise it.
    may_stay = after.kind == META or zone.type == SECONDARY
    if not (stays and may_stay or rises and after.kind != META):
        yield f"{at}: {after.kind} from serial {before.serial} to {after.serial}"


def _replayed(zone: Row[Any], entries: list[Row[Any]], content: list[Row[Any]]) -> Faults:
    """What the first version of a zone holds, no entry has made: see `_began_with`."""
    made_by = {row.id: row.created_generation for row in content}
    seen: set[str] = set()
    began_with: set[str] = set()
    replayed: dict[str, tuple[Any, ...]] = {}
    for entry in entries:
        if entry.recordset_id is None:
            continue
        before = entry.records_before, entry.wire_before
        held = replayed.pop(entry.recordset_id, (None, None))
        is_first = entry.recordset_id not in seen and entry.type not in began_with
        seen.add(entry.recordset_id)
        if held != before:
            made = made_by.get(entry.recordset_id, 1)
            if is_first and made == 1 and _began_with(zone, entry):
                began_with.add(entry.type)
            else:
                yield f"{zone.name} generation {entry.generation}: replaces {before}, not {held}"
        if entry.records_after is not None:
            replayed[entry.recordset_id] = (entry.records_after, entry.wire_after)
    stored = {
        row.id: (row.records, row.wire or None)
        for row in content
        if not row.managed or row.id in replayed
    }
    if stored != replayed:
        odd = {key: (stored.get(key), replayed.get(key)) for key in stored.keys() ^ replayed.keys()}
        yield f"{zone.name}: the journal makes other content: {odd or (stored, replayed)}"


def _began_with(zone: Row[Any], entry: Row[Any]) -> bool:
    """Whether a zone may have had such a recordset from its first version on.

    All have the NS records of their apex, and a reverse zone the record that it was made for.
    """
    if entry.type == "NS":
        return bool(entry.name.lower() == zone.name_key)
    return entry.type == "PTR" and bool(zone.name_key.endswith(".arpa."))


def _progress(connection: Connection) -> Faults:
    """What is confirmed exists, and a zone is ACTIVE when its newest version is."""
    for zone in _live(connection):
        mine = select(zone_state.c.confirmed_generation).where(zone_state.c.zone_id == zone.id)
        confirmed = connection.execute(mine).scalar() or 0
        is_active = confirmed == zone.generation and zone.action != DELETE
        if confirmed > zone.generation or is_active != (zone.status == ACTIVE):
            yield f"{zone.name}: {zone.status}, {confirmed} of {zone.generation} are confirmed"


def _serials(connection: Connection) -> Faults:
    """A name remembers the last serial it had, and goes on after it."""
    last = dict(connection.execute(select(names.c.name_key, names.c.last_serial)).all())
    for zone in connection.execute(select(zones)):
        remembered = last.get(zone.name_key)
        if zone.deleted != LIVE and (remembered is None or is_newer(zone.serial, remembered)):
            yield f"{zone.name}: deleted at serial {zone.serial}, remembered is {remembered}"
        if (
            zone.deleted == LIVE
            and remembered is not None
            and not is_newer(zone.serial, remembered)
        ):
            yield f"{zone.name}: serial {zone.serial} after {remembered}"


def _servers(connection: Connection) -> Faults:
    """What is known of a zone on a server is of a zone and name that somebody works on."""
    known = {zone.id: zone for zone in connection.execute(select(zones))}
    worked = set(connection.execute(select(zone_work.c.name_key)).scalars())
    versions = dict(connection.execute(select(pools.c.id, pools.c.server_config_version)).all())
    for row in connection.execute(select(zone_servers)):
        at = f"{row.name_key} on {row.role} {row.server}"
        zone = known.get(row.zone_id)
        if row.name_key not in worked or (zone is None and row.role != servers.TARGET):
            yield f"{at}: nobody looks at {row.zone_id} any more"
        elif zone and (zone.name_key != row.name_key or zone.generation < row.generation):
            yield f"{at}: has {row.generation} of {zone.name_key}, which is at {zone.generation}"
        if row.role == servers.TARGET and row.config_version > versions.get(row.pool_id, 0):
            yield f"{at}: has {row.config_version} of pool {row.pool_id}"


CHECKS: tuple[Callable[[Connection], Faults], ...] = (
    _counters,
    _companions,
    _recordsets,
    _journal,
    _progress,
    _serials,
    _servers,
)
