# SPDX-License-Identifier: Apache-2.0
"""Whatever is written, every version that the journal keeps can be rebuilt from it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from designate.mdns import ixfr
from designate.mdns.zones import ServedZone
from designate.model.journal import Change, Image
from designate.model.pools import NsRecord
from designate.model.soa import soa_rdata
from designate.model.zones import Zone
from designate.storage import journal, xfr, zones
from designate.storage.tables import recordsets
from designate.wire import records
from tests.databases import Sqlite
from tests.unit.central.site import DEFAULT_POOL, Site
from tests.wire.history import (
    History,
    Move,
    Version,
    barriers,
    clocks,
    recordset_moves,
    zone_moves,
)

OBSERVED = frozenset(
    (
        "action",
        "confirmed_generation",
        "record_count",
        "recordset_count",
        "shared_with_caller",
        "status",
        "version",
    )
)
"""Fields of a zone that are no part of a version."""


def _ns(hostname: str) -> Move:
    def move(history: History) -> None:
        site = history.site
        site.pool(DEFAULT_POOL, "default", ns_records=[NsRecord(priority=1, hostname=hostname)])
        while site.pools.run_next():
            continue
        history.apex_ns = site.apex(history.zone, "NS").records

    return move


pools = st.builds(_ns, st.sampled_from(["ns1.pool.", "ns9.other.", "NS1.pool."]))
scripts: st.SearchStrategy[list[Move]] = st.lists(
    st.sampled_from(
        [recordset_moves] * 10 + [zone_moves] * 3 + [clocks] * 2 + [barriers] * 3 + [pools]
    ).flatmap(lambda kind: kind),
    min_size=4,
    max_size=16,
)


@dataclass(frozen=True)
class Picture:
    """A zone as it was seen when it was at a version."""

    fields: dict[str, Any]
    soa: bytes
    images: dict[bytes, Image]


def content_of(zone: Zone) -> dict[str, Any]:
    """The fields that belong to a version of a zone."""
    values = msgspec.structs.asdict(zone)
    return {name: value for name, value in values.items() if name not in OBSERVED}


def look(connection: Connection, zone: Zone) -> Picture:
    """The zone as its rows say."""
    rows = connection.execute(
        select(recordsets).where(recordsets.c.zone_id == zone.id, recordsets.c.type != "SOA")
    )
    images = {
        row.head: Image(
            recordset_id=row.id,
            name=row.name,
            type=row.type,
            ttl=row.ttl,
            records=json.loads(row.records),
            head=row.head,
            wire=row.wire,
        )
        for row in rows
    }
    return Picture(content_of(zone), soa_rdata(zone), images)


class Album:
    """A history, with a picture of each of its versions."""

    def __init__(self, site: Site) -> None:
        self.history = History(site)
        self.pictures: dict[int, Picture] = {}
        self._take()

    def play(self, script: Sequence[Move]) -> None:
        """Make the moves."""
        for move in script:
            self.history.play(move)
            self._take()

    def _take(self) -> None:
        with self.history.site.store.snapshot() as connection:
            zone = self.zone(connection)
            self.pictures[zone.generation] = look(connection, zone)

    def zone(self, connection: Connection) -> Zone:
        """The zone now."""
        zone = zones.get(connection, self.history.zone.id)
        assert zone is not None
        return zone

    def check(self, floor: int) -> None:
        """All that is kept can be rebuilt, and nothing else."""
        served = {version.generation: version for version in self.history.versions}
        with self.history.site.store.snapshot() as connection:
            zone = self.zone(connection)
            assert journal.floor(connection, zone.id) == floor
            for generation in range(floor - 2, zone.generation + 2):
                found = journal.at(connection, zone, generation)
                if not floor <= generation <= zone.generation:
                    assert found is None
                    continue
                assert found is not None
                images = list(found.recordsets)
                by_head = {image.head: image for image in images}
                assert len(by_head) == len(images)
                if generation in self.pictures:
                    seen = Picture(content_of(found.zone), soa_rdata(found.zone), by_head)
                    assert seen == self.pictures[generation]
                    assert served_as(found.zone, images) == served[generation].content

    def check_differences(self, floor: int) -> None:
        """Between any two versions that are kept, exactly what differs in their pictures."""
        seen = sorted(one for one in self.pictures if one >= floor)
        with self.history.site.store.snapshot() as connection:
            zone = self.zone(connection)
            assert journal.difference(connection, zone, floor - 1, zone.generation) is None
            assert journal.difference(connection, zone, floor, zone.generation + 1) is None
            for older, newer in combinations_with_replacement(seen, 2):
                a, b = self.pictures[older], self.pictures[newer]
                found = journal.difference(connection, zone, older, newer)
                assert found is not None
                assert {change.head: change for change in found.recordsets} == {
                    head: Change(a.images.get(head), b.images.get(head))
                    for head in a.images.keys() | b.images.keys()
                    if a.images.get(head) != b.images.get(head)
                }
                own = ("generation", "serial", "updated_at")
                assert found.fields == {
                    name: (a.fields[name], b.fields[name])
                    for name in a.fields
                    if name not in own and a.fields[name] != b.fields[name]
                }

    def check_ixfr(self, floor: int) -> None:
        """Differences on the wire lead on from every kept version, from none below."""
        with xfr.snapshot(self.history.site.store) as snapshot:
            now = self.history.versions[-1]
            zone = snapshot.zone_named("example.org.")
            assert zone is not None
            served = ServedZone.of(zone)
            for version in self.history.versions:
                known = snapshot.generation_of(zone.id, version.serial)
                kept = [v for v in self.history.versions if v.serial == version.serial]
                assert known == (kept[-1].generation if kept[-1].generation >= floor else None)
                found = ixfr.difference(snapshot, served, version.serial)
                assert found is None or leads(version, found, now)

    def prune(self) -> Iterator[int]:
        """Drop entry after entry up to the newest version; gives the floor after each."""
        store, zone_id = self.history.site.store, self.history.zone.id
        newest = max(self.pictures)
        while store.write(lambda tx: journal.prune(tx, zone_id, newest, 1)):
            with store.read() as connection:
                floor = journal.floor(connection, zone_id)
            assert floor is not None
            yield floor


def served_as(zone: Zone, images: Sequence[Image]) -> frozenset[bytes]:
    """The records of a transfer."""
    rows = [(image.head, image.ttl, image.wire) for image in images if image.wire]
    return frozenset(records.xfr_records(rows, zone.ttl))


def leads(old: Version, found: ixfr.Difference, new: Version) -> bool:
    """Whether a difference makes one version of the other."""
    content = (old.content - frozenset(found.removed)) | frozenset(found.added)
    return (found.old_soa, found.new_soa, content) == (old.soa, new.soa, new.content)


def run(databases: Sqlite, script: Sequence[Move]) -> None:
    """Play, rebuild everything, then prune bit by bit and rebuild what is left."""
    engine = databases.open()
    try:
        album = Album(Site(engine))
        album.play(script)
        album.check(1)
        album.check_differences(1)
        for floor in album.prune():
            album.check(floor)
            album.check_ixfr(floor)
        album.check_differences(max(album.pictures))
    finally:
        databases.close(engine)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=scripts)
def test_every_kept_version_is_rebuilt(databases: Sqlite, script: list[Move]) -> None:
    """Texts, TTLs, wire and the zone's fields, across barriers, and after any pruning."""
    run(databases, script)


@pytest.mark.slow
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=scripts)
def test_every_kept_version_of_many_histories_is_rebuilt(
    databases: Sqlite, script: list[Move]
) -> None:
    """The same for more histories."""
    run(databases, script)
