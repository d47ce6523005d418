# SPDX-License-Identifier: Apache-2.0
"""The server on real sockets: UDP and TCP, slow and silent clients, beginning and end."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import dns.rcode
import dns.zone
import pytest
from prometheus_client import CollectorRegistry

from designate.conf.addresses import Endpoint
from designate.errors import DatabaseUnavailable
from designate.mdns import tcp
from designate.mdns.datagrams import Datagrams
from designate.model.pools import Nameserver, Pool
from designate.storage import pools
from designate.storage.unit_of_work import Store
from tests.unit.mdns.serving import LOOPBACK, ixfr_query, lines, serving
from tests.unit.mdns.zone_rows import ZoneRows, open_store

SOA = dns.message.make_query("example.org.", "SOA")
PATIENCE = 5.0
LONG = [f'"{"x" * 250}" "{number}"' for number in range(40)]
"""A set of 10 kB."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A database with one zone."""
    store = open_store(tmp_path)
    ZoneRows(store).create()
    return store


def connect(address: tuple[str, int]) -> socket.socket:
    """A TCP connection that does not wait for ever."""
    return socket.create_connection(address, timeout=PATIENCE)


def frame(query: dns.message.Message) -> bytes:
    """A query as it goes over TCP."""
    wire = query.to_wire()
    return len(wire).to_bytes(2) + wire


def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


def is_closed(client: socket.socket) -> bool:
    """Whether the server ends the connection."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_every_address_answers_over_udp_and_tcp(store: Store) -> None:
    """IPv4 and IPv6; UDP and TCP share a port."""
    listen = (Endpoint(LOOPBACK, 0), Endpoint("::1", 0))
    with serving(store, listen=listen) as server:
        assert [host for host, _ in server.addresses] == [LOOPBACK, "::1"]
        for host, port in server.addresses:
            for ask in (dns.query.udp, dns.query.tcp):
                reply = ask(SOA, host, PATIENCE, port)
                assert reply.answer[0][0].serial == 100


def test_udp_answers_come_from_memory_until_a_commit(store: Store) -> None:
    """The second answer equals the first but for its id; a change shows at once."""
    zone = ZoneRows(store, "other.org.").create()
    query = dns.message.make_query("other.org.", "SOA")
    with serving(store) as server:
        (host, port) = server.addresses[0]
        for expected in (100, 100, 101, 101):
            if expected > zone.zone.serial:
                zone.change({})
            query.id = dns.message.make_query(".", "A").id
            assert dns.query.udp(query, host, PATIENCE, port).answer[0][0].serial == expected


def test_a_connection_carries_several_queries(store: Store) -> None:
    """Sent one after another or at once, in any pieces, transfers among them."""
    axfr = dns.message.make_query("example.org.", "AXFR")
    with serving(store) as server, connect(server.addresses[0]) as client:
        for _ in range(2):
            dns.query.send_tcp(client, SOA)
            assert dns.query.receive_tcp(client)[0].answer
        for byte in frame(SOA):
            client.sendall(bytes([byte]))
        assert dns.query.receive_tcp(client)[0].id == SOA.id
        client.sendall(frame(SOA) + frame(axfr) + frame(ixfr_query("example.org.", 100)))
        assert len(dns.query.receive_tcp(client)[0].answer) == 1
        assert len(lines([dns.query.receive_tcp(client, one_rr_per_rrset=True)[0]])) == 5
        assert len(dns.query.receive_tcp(client)[0].answer) == 1


def test_dnspython_receives_the_zone(store: Store) -> None:
    """A whole transfer through sockets, larger than one message and than a spool's memory."""
    zone = ZoneRows(store, "large.org.").create({("@", "NS"): (None, ["ns.a."])})
    zone.fill(150, "TXT", LONG)
    with serving(store) as server:
        host, port = server.addresses[0]
        received = dns.zone.Zone("large.org.", relativize=False)
        dns.query.inbound_xfr(host, received, port=port, timeout=PATIENCE)
    assert {str(name) for name in received} == {
        "large.org.",
        *(f"h{n}.large.org." for n in range(150)),
    }
    assert len(list(received.iterate_rdatas())) == 150 * len(LONG) + 2


def test_a_silent_client_is_sent_away(store: Store) -> None:
    """Before its first query, between two, and within one."""
    with serving(store, tcp_recv_timeout=0.1) as server:
        for said in (b"", b"\0", frame(SOA)[:10]):
            with connect(server.addresses[0]) as client:
                client.sendall(said)
                assert is_closed(client)


def test_a_slow_reader_is_sent_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may take its time, not ours."""
    monkeypatch.setattr(tcp, "PATIENCE", 0.2)
    monkeypatch.setattr(tcp, "SLOWEST", 1 << 30)
    ZoneRows(store, "large.org.").create().fill(1500, "TXT", LONG)
    with serving(store, threads=1) as server:
        with connect(server.addresses[0]) as client:
            client.sendall(frame(dns.message.make_query("large.org.", "AXFR")))
            client.recv(1)
            until(lambda: not server._tcp[0]._open)
        assert dns.query.tcp(SOA, *_at(server.addresses[0])).answer


def test_connections_beyond_the_bound_are_closed(store: Store) -> None:
    """And there is room again when one ends."""
    with serving(store, threads=2) as server:
        address = server.addresses[0]
        first, second, third = (connect(address) for _ in range(3))
        with first, second, third:
            assert is_closed(third)
            first.close()
            until(lambda: len(server._tcp[0]._open) < 2)
            assert dns.query.tcp(SOA, *_at(address)).answer


def test_connections_of_one_address_are_bounded(store: Store) -> None:
    """One more is closed and counted; others come in, and so does it when one has ended."""
    registry = CollectorRegistry()
    with serving(store, registry, tcp_connections_per_address=2) as server:
        address = server.addresses[0]
        with connect(address) as first, connect(address), connect(address) as third:
            assert is_closed(third)
            with socket.create_connection(address, PATIENCE, ("127.0.0.2", 0)) as other:
                dns.query.send_tcp(other, SOA)
                assert dns.query.receive_tcp(other)[0].answer
            first.close()
            until(lambda: len(server._tcp[0]._open) < 2)
            assert dns.query.tcp(SOA, *_at(address)).answer
    labels = {"reason": "tcp-address"}
    assert registry.get_sample_value("designate_mdns_dropped_total", labels) == 1


def test_the_servers_of_the_pools_have_no_limit_of_their_own(store: Store) -> None:
    """They come with many zones at once; all together keep to the bound of the process."""
    pool = Pool(id="pool", name="default", nameservers=[Nameserver(host=LOOPBACK)])
    store.write(lambda tx: pools.put(tx, pool))
    with serving(store, tcp_connections_per_address=1, threads=3) as server:
        address = server.addresses[0]
        # Who they are is read with the first query.
        assert dns.query.udp(SOA, *_at(address)).answer
        with connect(address) as one, connect(address) as two, connect(address) as three:
            for client in (one, two, three):
                dns.query.send_tcp(client, SOA)
                assert dns.query.receive_tcp(client)[0].answer
            with connect(address) as four:
                assert is_closed(four)


def test_nothing_ends_the_thread_that_accepts(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who comes when something fails is turned away, and the next one is served."""
    enter = tcp.Room.enter
    failures = [DatabaseUnavailable("gone")]

    def failing(room: tcp.Room, host: str) -> bytes | None:
        if failures:
            raise failures.pop()
        return enter(room, host)

    monkeypatch.setattr(tcp.Room, "enter", failing)
    with serving(store) as server:
        address = server.addresses[0]
        with connect(address) as client:
            assert is_closed(client)
        assert dns.query.tcp(SOA, *_at(address)).answer
    assert "turned away" in caplog.text


def test_udp_goes_on_where_the_machine_has_no_more_threads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that it needs are there from the start, whether they had to do until then or not."""

    def failing(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with serving(store) as server:
        address = server.addresses[0]
        monkeypatch.setattr(threading.Thread, "start", failing)
        with connect(address) as client:
            assert is_closed(client)
        assert dns.query.udp(SOA, *_at(address)).answer
        assert server.trouble() is None


def test_nothing_ends_the_threads_of_udp(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that fails is dropped, and leaves room for the next one."""
    failures = ["looked up", "from memory"]
    from_memory, answer = Datagrams.from_memory, Datagrams.answer

    def in_memory(datagrams: Datagrams, data: bytes, host: str) -> bytes | None:
        if failures[-1:] == ["from memory"]:
            raise ValueError(failures.pop())
        return from_memory(datagrams, data, host)

    def looked_up(datagrams: Datagrams, data: bytes, host: str) -> bytes:
        if failures:
            raise ValueError(failures.pop())
        return answer(datagrams, data, host)

    monkeypatch.setattr(Datagrams, "from_memory", in_memory)
    monkeypatch.setattr(Datagrams, "answer", looked_up)
    with (
        serving(store, threads=1) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
    ):
        address = server.addresses[0]
        for told in ("A UDP request was dropped", "No answer to 127.0.0.1"):
            client.sendto(SOA.to_wire(), address)
            until(partial(_is_logged, caplog, told))
        client.settimeout(0.2)
        until(lambda: _is_answered(client, address))


def _is_logged(caplog: pytest.LogCaptureFixture, text: str) -> bool:
    return text in caplog.text


def _is_answered(client: socket.socket, address: tuple[str, int]) -> bool:
    client.sendto(SOA.to_wire(), address)
    try:
        return bool(client.recv(512))
    except TimeoutError:
        return False


def test_the_limit_of_an_address_asks_no_database(store: Store) -> None:
    """A client over it is turned away while the database cannot be read."""
    with serving(store, tcp_connections_per_address=1) as server:
        address = server.addresses[0]
        with connect(address) as first:
            until(lambda: len(server._tcp[0]._open) == 1)
            with store.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE pools RENAME TO elsewhere")
            with connect(address) as second:
                assert is_closed(second)
            first.close()
            until(lambda: not server._tcp[0]._open)
        with connect(address):
            until(lambda: len(server._tcp[0]._open) == 1)


def test_only_the_time_of_the_client_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it takes us to have the next piece is not held against it."""
    monkeypatch.setattr(tcp, "PATIENCE", 1.0)
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    ours, theirs = socket.socketpair()

    def read_slowly() -> Iterator[bytes]:
        for piece in (b"one", b"two"):
            clock[0] += 60.0
            yield piece

    with ours, theirs:
        tcp.Conversation(ours, 1.0).send(read_slowly())
        assert theirs.recv(6) == b"onetwo"


def test_a_client_that_does_not_read_pins_nothing(store: Store) -> None:
    """No snapshot of the database, no connection to it, and no memory (decision 3a.21)."""
    ZoneRows(store, "large.org.").create().fill(1500, "TXT", LONG)
    with serving(store) as server, connect(server.addresses[0]) as client:
        client.sendall(frame(dns.message.make_query("large.org.", "AXFR")))
        assert client.recv(1)
        pool: Any = store.engine.pool
        assert pool.checkedout() == 0
        with store.engine.connect() as connection:
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        assert busy == 0, "somebody reads an old state of the database"
        spools = [
            size
            for entry in Path("/proc/self/fd").iterdir()
            if (size := _size_without_name(entry)) is not None
        ]
        assert max(spools) > 1500 * 40 * 250, "the transfer waits in a file that has no name"


def _size_without_name(descriptor: Path) -> int | None:
    """Bytes of an open file that was deleted."""
    try:
        return descriptor.stat().st_size if "(deleted)" in str(descriptor.readlink()) else None
    except OSError:
        return None


def test_an_address_in_use_leaves_nothing_open(store: Store) -> None:
    """The server says so when it starts."""
    with socket.create_server((LOOPBACK, 0)) as other:
        taken = Endpoint(*other.getsockname())
        problem = rf"in use: 127\.0\.0\.1 port {taken.port}"
        with pytest.raises(OSError, match=problem), serving(store, listen=(taken,)):
            pass


def test_a_process_that_keeps_its_database_shares_no_address(store: Store) -> None:
    """The kernel would spread clients over two databases."""
    with serving(store) as first:
        port = first.addresses[0][1]
    listen = (Endpoint(LOOPBACK, port),)
    with (
        serving(store, listen=listen),
        pytest.raises(OSError, match="in use"),
        serving(store, listen=listen),
    ):
        pass


def test_random_datagrams_do_not_end_the_server(store: Store) -> None:
    """Nor do oversized and empty ones."""
    with serving(store) as server:
        host, port = server.addresses[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            for data in (b"", b"x", b"\0" * 12, b"\xff" * 5000, bytes(range(256))):
                client.sendto(data, (host, port))
        assert dns.query.udp(SOA, host, PATIENCE, port).rcode() == dns.rcode.NOERROR


def _at(address: tuple[str, int]) -> tuple[str, float, int]:
    return address[0], PATIENCE, address[1]
