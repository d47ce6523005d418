# SPDX-License-Identifier: Apache-2.0
"""The DNS server under messages that are almost right, and under others."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing

import dns.message
import dns.name
import dns.rdatatype
import pytest
from hypothesis import example, given, settings

from designate.mdns.server import MdnsServer
from tests.fuzz.amount import examples
from tests.fuzz.packets import VALID, messages
from tests.fuzz.watch import nothing_fails
from tests.unit.mdns.serving import (
    LOOPBACK,
    STRANGER,
    Answering,
    dispatcher,
    serving,
    unframed,
)
from tests.unit.mdns.zone_rows import BASIC, ZoneRows, open_store

CPU = 0.25
"""Seconds of the processor that no message of these sizes may take."""
UDP_LIMIT = 4096
TIMEOUT = 10.0


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    """A server of a zone that has a little of everything, and of one below it."""
    store = open_store(tmp_path_factory.mktemp("dns"))
    zone = ZoneRows(store).create(
        {
            **BASIC,
            ("*", "TXT"): (None, ['"any"']),
            ("alias", "CNAME"): (None, ["www.example.org."]),
            ("loop", "CNAME"): (None, ["loop.example.org."]),
            ("child", "NS"): (None, ["ns1.child.example.org."]),
            ("ns1.child", "A"): (None, ["192.0.2.53"]),
            ("many", "A"): (None, [f"192.0.2.{last}" for last in range(200)]),
        }
    )
    zone.change({("www", "A"): (None, ["192.0.2.9"])})
    ZoneRows(store, name="sub.example.org.").create({("@", "NS"): (None, ["ns1.example.org."])})
    return dispatcher(store)


def check(data: bytes, answer: bytes) -> None:
    """An answer is one, to this question, and any DNS library reads it."""
    assert answer[:2] == data[:2] and answer[2] & 0x80
    reply = dns.message.from_wire(answer, keyring=False, one_rr_per_rrset=True, xfr=True)
    assert (reply.flags ^ struct.unpack("!H", data[2:4])[0]) & 0x7800 == 0


@settings(max_examples=examples(400))
@given(data=messages())
@example(data=VALID[0])
@example(data=VALID[-1])
def test_any_message_has_an_answer_or_none(answering: Answering, data: bytes) -> None:
    """Over UDP and TCP, from loopback and from strangers; nothing fails and nothing takes long."""
    for host in (LOOPBACK, STRANGER):
        with nothing_fails(CPU):
            datagram = answering.datagram(data, host)
        if datagram is not None:
            check(data, datagram)
            assert len(datagram) <= UDP_LIMIT
        with nothing_fails(CPU):
            stream = b"".join(answering.stream(data, host))
        for one in unframed(stream):
            check(data, one)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MdnsServer]:
    """A server with sockets, which waits for nobody long."""
    store = open_store(tmp_path_factory.mktemp("sockets"))
    ZoneRows(store).create()
    with serving(store, tcp_recv_timeout=0.2) as started:
        yield started


def is_alive(server: MdnsServer) -> bool:
    """Whether an ordinary question has its answer, over UDP and TCP."""
    query = dns.message.make_query("www.example.org", "A").to_wire()
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
        sock.settimeout(TIMEOUT)
        sock.connect(server.addresses[0])
        sock.send(query)
        over_udp = dns.message.from_wire(sock.recv(65535))
    with closing(socket.create_connection(server.addresses[0], timeout=TIMEOUT)) as sock:
        sock.sendall(struct.pack("!H", len(query)) + query)
        with sock.makefile("rb") as stream:
            size = int.from_bytes(stream.read(2))
            over_tcp = dns.message.from_wire(stream.read(size))
    return bool(over_udp.answer) and over_udp.answer == over_tcp.answer


@settings(max_examples=examples(60))
@given(data=messages())
def test_the_server_outlives_any_message(server: MdnsServer, data: bytes) -> None:
    """Through real sockets: whole, cut, and with a length that is not that of the message."""
    with nothing_fails():
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
            sock.sendto(data, server.addresses[0])
        for framed in (struct.pack("!H", len(data)) + data, struct.pack("!H", 65535) + data, data):
            with closing(socket.create_connection(server.addresses[0], timeout=TIMEOUT)) as sock:
                sock.sendall(framed)
        assert is_alive(server)
