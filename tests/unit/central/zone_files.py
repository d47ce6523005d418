# SPDX-License-Identifier: Apache-2.0
"""Zone files in tests: imported, exported, and compared RRset by RRset."""

from collections.abc import Mapping

import dns.rdatatype
import dns.zone
from sqlalchemy import func, select

from designate.model.context import Context
from designate.model.imports import ZoneImport
from designate.model.zones import Zone
from designate.storage.tables import journal, metadata, recordsets, zone_task_chunks
from tests.unit.central.site import ADMIN, Site, caller

RRsets = Mapping[tuple[str, str], tuple[int, frozenset[str]]]
"""TTL and record texts by name and type."""

HEAD = """\
; a zone
$ORIGIN Shop.Example.
$TTL 300
@ 600 IN SOA ns1.elsewhere.example. dns\\.admin.shop.example. 77 1 2 3 4
@ IN NS ns1.elsewhere.example.
"""


def upload(site: Site, text: str | bytes, ctx: Context | None = None) -> str:
    """Queue an import, its file sent in odd pieces; return its id."""
    body = text.encode() if isinstance(text, str) else text
    pieces = [body[at : at + 7919] for at in range(0, len(body), 7919)]
    return site.central.imports.create(ctx or caller(), pieces, {}).id


def imported(site: Site, text: str | bytes, ctx: Context | None = None) -> ZoneImport:
    """Import a file and return what became of it."""
    import_id = upload(site, text, ctx)
    assert site.central.imports.run_next()
    assert not site.central.imports.run_next()
    return site.central.imports.get(ADMIN, import_id)


def imported_zone(site: Site, text: str | bytes, ctx: Context | None = None) -> Zone:
    """Import a file that must be good."""
    found = imported(site, text, ctx)
    assert found.status == "COMPLETE", found.message
    assert found.zone_id is not None
    return site.central.zones.get(ADMIN, found.zone_id)


def exported(site: Site, zone: Zone) -> str:
    """The text of a zone, by an export."""
    export = site.central.exports.create(ADMIN, zone.id)
    assert site.central.exports.run_next()
    return "".join(site.central.exports.text(ADMIN, export.id))


def rrsets(text: str) -> RRsets:
    """The RRsets of a file but SOA and NS of its apex, which the service makes itself."""
    zone = dns.zone.from_text(text, relativize=False, check_origin=False)
    return {
        (str(name).lower(), dns.rdatatype.to_text(rdataset.rdtype)): (
            rdataset.ttl,
            frozenset(rdata.to_text() for rdata in rdataset),
        )
        for name, rdataset in zone.iterate_rdatasets()
        if name != zone.origin or dns.rdatatype.to_text(rdataset.rdtype) not in ("SOA", "NS")
    }


def unlimited(site: Site, project: str = "p1") -> None:
    """Lift the quotas of a project."""
    site.limit(project, zone_recordsets=-1, zone_records=-1, recordset_records=-1)
    site.limit(project, api_export_size=-1)


def rows_left(site: Site) -> dict[str, int]:
    """How many rows each table of content and files has, the empty ones left out."""
    counted = [recordsets, metadata.tables["record_values"], journal, zone_task_chunks]
    counted += [metadata.tables["zones"]]
    with site.store.read() as connection:
        numbers = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in counted
        }
    return {name: number for name, number in numbers.items() if number}
