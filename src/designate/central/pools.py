# SPDX-License-Identifier: Apache-2.0
"""Pools: what a change of their NS records means for their zones."""

from dataclasses import dataclass
from functools import partial

import msgspec

from designate.model.pools import Pool
from designate.model.recordsets import Stored
from designate.model.zones import DELETE, Zone
from designate.rules import contents
from designate.storage import pools, recordsets, versions, zones
from designate.storage.unit_of_work import Store, Transaction
from designate.storage.versions import Change, Entry

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Pools:
    """See `contracts.pools.Pools`."""

    store: Store

    def run_next(self) -> bool:
        """See the contract."""
        with self.store.read() as connection:
            waiting = [
                (pool, zone_id)
                for pool in pools.find_all(connection)
                for zone_id in zones.behind_ns(connection, pool.id, pool.ns_version, _AT_ONCE)
            ]
        for pool, zone_id in waiting:
            self.store.write(partial(_renew, pool=pool, zone_id=zone_id), zone_id=zone_id)
        return bool(waiting)


def _renew(tx: Transaction, pool: Pool, zone_id: str) -> None:
    zone = zones.lock(tx, zone_id)
    if zone is None:
        return
    if zone.action != DELETE:
        entries = _apex(tx, zone, pool)
        change = Change(
            entries=entries,
            fields={"mname": pool.ordered_ns[0].hostname},
            comment="The NS records of the pool changed",
        )
        versions.advance(tx, zone, change)
    zones.applied_ns(tx, zone_id, pool.ns_version)


def _apex(tx: Transaction, zone: Zone, pool: Pool) -> list[Entry]:
    """Write the apex NS recordset anew; none where an admin deleted it."""
    found = recordsets.around(tx, zone, zone.name_key, []).types.get("NS")
    before = recordsets.get_stored(tx, zone, found) if found else None
    if before is None:
        return []
    held = contents.encode(zone.name, "NS", [ns.hostname for ns in pool.ordered_ns])
    old = before.recordset
    new = msgspec.structs.replace(
        old,
        records=held.records,
        generation=zone.generation + 1,
        version=old.version + 1,
        updated_at=tx.now,
    )
    recordsets.replace(
        tx, Stored(recordset=new, head=before.head, wire=held.wire), records_changed=True
    )
    return [
        Entry(
            recordset_id=old.id,
            name=old.name,
            type=old.type,
            head=before.head,
            ttl_before=old.ttl,
            wire_before=before.wire,
            records_before=old.records,
            ttl_after=old.ttl,
            wire_after=held.wire,
            records_after=new.records,
        )
    ]
