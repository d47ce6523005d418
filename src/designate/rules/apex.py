# SPDX-License-Identifier: Apache-2.0
"""The recordsets that a zone begins with: SOA, and NS unless they come from a master (API.md 6.3,
item 15)."""

from collections.abc import Callable

from designate.model.pools import Pool
from designate.model.recordsets import RecordSet, Stored
from designate.model.zones import SECONDARY, Zone
from designate.rules import contents


def recordsets(zone: Zone, pool: Pool, new_id: Callable[[], str]) -> list[Stored]:
    """SOA, and NS of a PRIMARY zone; the SOA's content is the zone itself."""
    found = []
    contents_of = {"SOA": list[str]()}
    if zone.type != SECONDARY:
        contents_of["NS"] = [ns.hostname for ns in pool.ordered_ns]
    for rtype, texts in contents_of.items():
        held = contents.encode(zone.name, rtype, texts)
        recordset = RecordSet(
            id=new_id(),
            zone_id=zone.id,
            zone_name=zone.name,
            project_id=zone.project_id,
            name=zone.name,
            type=rtype,
            records=held.records,
            managed=True,
            generation=zone.generation,
            created_generation=zone.generation,
            created_at=zone.created_at,
        )
        head = contents.head(zone.name_key, zone.name_key, rtype)
        found.append(Stored(recordset=recordset, head=head, wire=held.wire))
    return found
