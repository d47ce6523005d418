# SPDX-License-Identifier: Apache-2.0
"""What clients know to be so, and what the journal and servers of DNS say is so."""

import json
from collections import defaultdict

import dns.exception
import dns.message
import dns.query
import dns.zone
from sqlalchemy import Engine, select

from designate.storage.tables import journal
from tests.system.deeds import Client, Texts

ANSWER = 2.0
Address = tuple[str, int]


def changes(engine: Engine) -> dict[tuple[str, str], list[tuple[Texts, Texts]]]:
    """What the journal says was before and after, by zone and name; the first version not."""
    columns = journal.c.zone_id, journal.c.name, journal.c.records_before
    query = select(*columns, journal.c.records_after).where(journal.c.generation > 1)
    found = defaultdict(list)
    with engine.connect() as connection:
        for row in connection.execute(query.order_by(journal.c.generation, journal.c.seq)):
            change = (texts(row.records_before), texts(row.records_after))
            found[row.zone_id, row.name or ""].append(change)
    return dict(found)


def texts(stored: str | None) -> Texts:
    """Records as a column holds them."""
    return None if stored is None else tuple(json.loads(stored))


def noted(clients: list[Client]) -> dict[tuple[str, str], list[tuple[Texts, Texts]]]:
    """What the clients did, as `changes`."""
    found = defaultdict(list)
    for client in clients:
        for deed in client.deeds:
            found[deed.zone_id, deed.name].append((deed.before, deed.after))
    return dict(found)


def held(clients: list[Client]) -> dict[str, dict[str, set[str]]]:
    """Records by name, of each zone that the clients have."""
    content: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for client in clients:
        for zone in client.zones:
            content[zone.name] |= {name: set(of or ()) for name, (_, of) in zone.held.items()}
    return content


def transferred(server: Address, name: str) -> tuple[int, dict[str, set[str]]]:
    """Serial and records by name, the apex left out, as a transfer from a server shows them."""
    zone = dns.zone.Zone(name, relativize=False)
    dns.query.inbound_xfr(server[0], zone, port=server[1], timeout=ANSWER)
    records: dict[str, set[str]] = defaultdict(set)
    for owner, _, rdata in zone.iterate_rdatas():
        if owner != zone.origin:
            records[owner.to_text()].add(rdata.to_text())
    soa = zone.get_rdataset(zone.origin or name, "SOA")
    assert soa is not None
    return int(soa[0].serial), dict(records)


def soa_serial(server: Address, name: str, *, within: float = ANSWER) -> int | None:
    """The serial that mdns answers with, None without an answer."""
    question = dns.message.make_query(name, "SOA")
    try:
        answer = dns.query.udp(question, server[0], within, server[1])
    except (OSError, dns.exception.DNSException):
        return None
    return int(answer.answer[0][0].serial) if answer.answer else None
