# SPDX-License-Identifier: Apache-2.0
"""Which pool serves a zone, and what changes on servers when that is another or none any more."""

from sqlalchemy import delete, literal, select, update

from designate.errors import DuplicateZone
from designate.model.pools import Pool
from designate.model.zones import Zone
from designate.storage import servers, work, zones
from designate.storage.servers import ABANDON, JOINING, NAMESERVER, ServerRow
from designate.storage.tables import zone_pools, zone_servers
from designate.storage.tables import zones as zones_table
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction


def move(tx: Transaction, zone: Zone, pool: Pool) -> None:
    """Let another pool serve a locked zone from its next version on; raises DuplicateZone.

    A name server of the new pool has served nothing of it yet, whatever was confirmed before. The
    old targets keep the zone until the new version is confirmed: what is known of them stays.
    """
    taken = select(literal(1)).where(
        zones_table.c.name_key == zone.name_key,
        zones_table.c.pool_id == pool.id,
        zones_table.c.deleted == LIVE,
    )
    if tx.read(taken).first() is not None:
        raise DuplicateZone
    mine = zone_pools.c.zone_id == zone.id
    tx.write(update(zone_pools).where(mine).values(pool_id=pool.id))
    seen = zone_servers.c.zone_id == zone.id, zone_servers.c.role == NAMESERVER
    tx.write(delete(zone_servers).where(*seen))
    servers.put(
        tx,
        [
            ServerRow(
                zone_id=zone.id,
                role=NAMESERVER,
                server=key,
                pool_id=pool.id,
                name_key=zone.name_key,
                state=JOINING,
            )
            for key in sorted({server.key for server in pool.nameservers})
        ],
    )
    zones.applied_ns(tx, zone.id, pool.ns_version)


def forget(tx: Transaction, zone: Zone) -> None:
    """Soft-delete a locked zone at once, and leave its servers as they are.

    Whoever works on its name loses it: what he is about to write of the zone counts no more, and
    what he has a server told late is left there.
    """
    work.take_back(tx, zone.name_key)
    zones.finish_delete(tx, zone.id, action=ABANDON)
    tx.write(delete(zone_servers).where(zone_servers.c.zone_id == zone.id))
