# SPDX-License-Identifier: Apache-2.0
"""Transfers at the same time: the zone is read once, and each client gets what is its own."""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.edns
import dns.message
import dns.rcode
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, event

from designate.mdns.metrics import Metrics
from designate.wire.packing import framed
from tests.statements import statements
from tests.unit.mdns.serving import LOOPBACK, Answering, dispatcher, ixfr_query, serving, unframed
from tests.unit.mdns.test_server import LONG, PATIENCE, connect, until
from tests.unit.mdns.test_tsig import add_key, exchange, key
from tests.unit.mdns.zone_rows import ZoneRows, open_store

NAME = "large.org."
SETS = 150
"""Recordsets of 10 kB each: more than a message, and more than a spool has in memory."""
AXFR = dns.message.make_query(NAME, "AXFR").to_wire()
CONTENT = "SELECT head, ttl, wire FROM recordsets"
"""How the statement begins that reads all of a zone."""
CLIENTS = 12
"""More than may read the database at once."""


@pytest.fixture
def zone(tmp_path: Path) -> ZoneRows:
    """A large zone at serial 101, of two versions."""
    made = ZoneRows(open_store(tmp_path), NAME, fields={"pool_id": "one"}).create()
    made.fill(SETS, "TXT", LONG)
    made.change({("www", "A"): (None, ["192.0.2.2"])})
    return made


def readings(seen: list[tuple[str, Any]]) -> int:
    """How often the content of a zone was read."""
    return sum(statement.startswith(CONTENT) for statement, _ in seen)


def begun(answering: Answering, data: bytes) -> tuple[bytes, Generator[bytes]]:
    """A transfer of which the client has taken one piece: that, and the rest."""
    pieces = answering.stream(data, LOOPBACK)
    return next(pieces), pieces


def questions() -> list[bytes]:
    """Transfers of one zone that differ in all that an answer depends on; two are no whole zone."""
    cookie = dns.edns.GenericOption(dns.edns.OptionType.COOKIE, b"client!!")
    found = [
        dns.message.make_query(NAME, "AXFR", id=1),
        dns.message.make_query("LARGE.Org.", "AXFR", id=2),
        dns.message.make_query(NAME, "AXFR", id=3, flags=0),
        dns.message.make_query(NAME, "AXFR", id=4, use_edns=0),
        dns.message.make_query(NAME, "AXFR", id=5, use_edns=0, want_dnssec=True),
        dns.message.make_query(NAME, "AXFR", id=6, use_edns=0, options=[cookie]),
        ixfr_query(NAME, 5, id=7),
        ixfr_query(NAME, 6, id=8),
    ]
    found += [ixfr_query(NAME, 100, id=9), ixfr_query(NAME, 101, id=10)]
    for number, name in ((11, "one.key"), (12, "another.key"), (13, "one.key")):
        signed = dns.message.make_query(NAME, "AXFR", id=number)
        signed.use_tsig(key(name))
        found.append(signed)
    return [query.to_wire() for query in found]


def test_each_client_gets_what_it_would_get_alone(
    zone: ZoneRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte by byte; what has the same room in its messages is read once."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    for name in ("one.key", "another.key"):
        add_key(zone.store, name, "POOL", "one")
    answering = dispatcher(zone.store)
    with statements(zone.store.engine) as seen:
        alone = [b"".join(answering.stream(data, LOOPBACK)) for data in questions()]
    assert readings(seen) == len(alone) - 2
    with statements(zone.store.engine) as seen:
        transfers = [begun(answering, data) for data in questions()]
        together = [first + b"".join(rest) for first, rest in transfers]
    assert together == alone
    rooms = ["without EDNS", "with it", "and a cookie", "for one key", "for another"]
    assert readings(seen) == len(rooms)
    ids = [{int.from_bytes(each[:2]) for each in unframed(data)} for data in together]
    assert ids == [{number} for number in range(1, len(alone) + 1)]


def test_each_client_gets_signatures_of_its_own(zone: ZoneRows) -> None:
    """Valid for its key and its request, while others have the same zone."""
    for name in ("one.key", "two.key"):
        add_key(zone.store, name, "POOL", "one")
    answering = dispatcher(zone.store)
    signed = dns.message.make_query(NAME, "AXFR")
    signed.use_tsig(key("one.key"))
    with statements(zone.store.engine) as seen:
        _, rest = begun(answering, signed.to_wire())
        for name in ("one.key", "two.key"):
            query = dns.message.make_query(NAME, "AXFR")
            replies = exchange(answering, query, key(name))
            assert {reply.id for reply in replies} == {query.id}
            assert sum(len(reply.answer) for reply in replies) == SETS * len(LONG) + 5
        rest.close()
    assert readings(seen) == 1


def test_a_client_that_stands_still_or_goes_keeps_nobody(zone: ZoneRows) -> None:
    """Be it the one for whom the zone was read."""
    answering = dispatcher(zone.store)
    whole = b"".join(answering.stream(AXFR, LOOPBACK))
    with statements(zone.store.engine) as seen:
        _, gone = begun(answering, AXFR)
        first, slow = begun(answering, AXFR)
        assert b"".join(answering.stream(AXFR, LOOPBACK)) == whole
        gone.close()
        assert b"".join(answering.stream(AXFR, LOOPBACK)) == whole
        assert first + b"".join(slow) == whole
    assert readings(seen) == 1


def test_who_comes_after_a_change_gets_it(zone: ZoneRows) -> None:
    """While one has the version before, and gets the rest of that."""
    answering = dispatcher(zone.store)
    before = b"".join(answering.stream(AXFR, LOOPBACK))
    with statements(zone.store.engine) as seen:
        first, old = begun(answering, AXFR)
        zone.change({("new", "A"): (None, ["192.0.2.9"])})
        piece, new = begun(answering, AXFR)
        after = b"".join(answering.stream(AXFR, LOOPBACK))
        assert b"\x03new" in after and b"\x03new" not in before
        assert piece + b"".join(new) == after
        assert first + b"".join(old) == before
    assert readings(seen) == 2


def test_a_version_made_twice_is_not_taken_for_one(zone: ZoneRows) -> None:
    """A database that has lost its last commits makes their generations anew."""
    answering = dispatcher(zone.store)
    before = zone.zone
    zone.change({("lost", "A"): (None, ["192.0.2.9"])})
    _, lost = begun(answering, AXFR)
    zone.prune(below=4)
    zone.zone = before
    zone.change({("lost", "A"): None, ("made", "A"): (None, ["192.0.2.9"])}, serial=900)
    after = b"".join(answering.stream(AXFR, LOOPBACK))
    assert b"\x04made" in after and b"\x04lost" not in after
    lost.close()


class Gate:
    """Stops whoever begins to read the content of a zone; notes that, and who looks for a zone."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.looked: list[str] = []
        self.read: list[str] = []

    def note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        """See SQLAlchemy's `before_cursor_execute`."""
        if "FROM zones" in statement:
            self.looked.append(statement)
        if statement.startswith(CONTENT):
            self.read.append(statement)
            assert self.open.wait(PATIENCE)


@contextmanager
def gate(engine: Engine) -> Iterator[Gate]:
    """A gate before a database."""
    made = Gate()
    event.listen(engine, "before_cursor_execute", made.note)
    try:
        yield made
    finally:
        made.open.set()
        event.remove(engine, "before_cursor_execute", made.note)


def all_wait(zone: ZoneRows, there: Gate) -> Callable[[], bool]:
    """Whether all clients know the version they want, and none but one is in the database."""
    pool: Any = zone.store.engine.pool
    return lambda: len(there.looked) == CLIENTS and pool.checkedout() == 1


def test_clients_that_come_at_once_cost_one_reading(zone: ZoneRows) -> None:
    """Over sockets, and more of them than may read at once; each receives the whole zone."""

    whole = b"".join(dispatcher(zone.store).stream(AXFR, LOOPBACK))

    def receive(address: tuple[str, int]) -> bytes:
        received = bytearray()
        with connect(address) as client:
            client.sendall(framed(AXFR))
            while len(received) < len(whole) and (piece := client.recv(1 << 16)):
                received += piece
        return bytes(received)

    with (
        serving(zone.store) as server,
        ThreadPoolExecutor(CLIENTS) as threads,
        gate(zone.store.engine) as there,
    ):
        clients = [threads.submit(receive, server.addresses[0]) for _ in range(CLIENTS)]
        until(all_wait(zone, there))
        there.open.set()
        received = [client.result(PATIENCE) for client in clients]
    assert received == [whole] * CLIENTS
    assert len(there.read) == 1


def test_a_zone_that_cannot_be_read_to_its_end_fails_for_all(zone: ZoneRows) -> None:
    """Each is told in one message without a record, and may ask again."""
    zone.change({("last", "TXT"): (None, [" ".join(['"' + "x" * 250 + '"'] * 3)])})
    metrics = Metrics(registry := CollectorRegistry())
    answering = dispatcher(zone.store, metrics, max_message_size=512)

    def receive() -> list[bytes]:
        return unframed(b"".join(answering.stream(AXFR, LOOPBACK)))

    with ThreadPoolExecutor(CLIENTS) as threads, gate(zone.store.engine) as there:
        clients = [threads.submit(receive) for _ in range(CLIENTS)]
        until(all_wait(zone, there))
        there.open.set()
        received = [client.result(PATIENCE) for client in clients]
    assert len(there.read) == 1
    for (reply,) in (map(dns.message.from_wire, messages) for messages in received):
        assert (reply.rcode(), reply.answer) == (dns.rcode.SERVFAIL, [])
    labels = {"kind": "axfr", "result": "failed"}
    assert registry.get_sample_value("designate_mdns_xfrs_total", labels) == CLIENTS
    zone.change({("last", "TXT"): None})
    assert len(receive()) >= SETS * len(LONG)
