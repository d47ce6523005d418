# SPDX-License-Identifier: Apache-2.0
"""AXFR: the whole of a zone between two copies of its SOA (RFC 5936)."""

from collections.abc import Iterator

from designate.mdns.zones import ServedZone
from designate.storage.xfr import Snapshot
from designate.wire import records


def content(snapshot: Snapshot, served: ServedZone) -> Iterator[list[bytes]]:
    """The records of a transfer in order, in batches."""
    zone = served.zone
    soa = [records.soa_record(served.soa, zone.ttl)]
    yield soa
    for rows in snapshot.content(zone):
        yield records.xfr_records(rows, zone.ttl)
    yield soa
