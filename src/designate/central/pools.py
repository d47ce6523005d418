# SPDX-License-Identifier: Apache-2.0
"""Pools: what a change of their NS records means for their zones."""

from dataclasses import dataclass
from functools import partial

from designate.model.pools import Pool
from designate.model.zones import DELETE
from designate.rules import contents
from designate.storage import apex, pools, versions, zones
from designate.storage.unit_of_work import Store, Transaction
from designate.storage.versions import Change

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
        held = contents.encode(zone.name, "NS", [ns.hostname for ns in pool.ordered_ns])
        entries = apex.renew(tx, zone, held.records, held.wire)
        change = Change(
            entries=entries,
            fields={"mname": pool.ordered_ns[0].hostname},
            comment="The NS records of the pool changed",
        )
        versions.advance(tx, zone, change)
    zones.applied_ns(tx, zone_id, pool.ns_version)
