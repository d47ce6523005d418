# SPDX-License-Identifier: Apache-2.0
"""The NS recordset of an apex, which the service keeps: written anew when the pool's NS change."""

import msgspec

from designate.model.recordsets import Stored
from designate.model.zones import Zone
from designate.storage import recordsets
from designate.storage.transaction import Transaction
from designate.storage.versions import Entry


def renew(tx: Transaction, zone: Zone, records: list[str], wire: bytes) -> list[Entry]:
    """Write the recordset anew for the zone's next version; none where an admin deleted it.

    What somebody made in its place is theirs.
    """
    found = recordsets.around(tx, zone, zone.name_key, []).types.get("NS")
    before = recordsets.get_stored(tx, zone, found) if found else None
    if before is None or not before.recordset.managed:
        return []
    old = before.recordset
    new = msgspec.structs.replace(
        old,
        records=records,
        generation=zone.generation + 1,
        version=old.version + 1,
        updated_at=tx.now,
    )
    recordsets.replace(tx, Stored(recordset=new, head=before.head, wire=wire), records_changed=True)
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
            wire_after=wire,
            records_after=new.records,
        )
    ]
