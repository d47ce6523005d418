# SPDX-License-Identifier: Apache-2.0
"""DNS questions over bare sockets: counts what arrives and decodes next to nothing of it."""

import socket
import struct
import time
from typing import NamedTuple

import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.SOA

Address = tuple[str, int]
TIMEOUT = 60.0
ANSWER = 2.0
CHUNK = 1 << 20
HEADER = 12
SOA_NUMBERS = 20
"""Bytes behind the two names of a SOA: they end the last message of every transfer."""


class Transfer(NamedTuple):
    """What came: `records` counts both SOAs, `seconds` include the connection."""

    seconds: float
    size: int
    messages: int
    records: int


def rdata(address: Address, name: str, rdtype: str) -> list[dns.rdata.Rdata]:
    """The records of one answer, asked over UDP; none when there is no answer in time."""
    question = dns.message.make_query(name, rdtype, flags=0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(ANSWER)
        udp.connect(address)
        udp.send(question.to_wire())
        try:
            answer = dns.message.from_wire(udp.recv(65535))
        except OSError:
            return []
    return [record for rrset in answer.answer for record in rrset]


def soa(address: Address, name: str) -> dns.rdtypes.ANY.SOA.SOA | None:
    """The SOA as served; None when the server does not serve the zone."""
    for record in rdata(address, name, "SOA"):
        if isinstance(record, dns.rdtypes.ANY.SOA.SOA):
            return record
    return None


def axfr(address: Address, name: str) -> Transfer:
    """Transfer a zone; raises RuntimeError when it is refused, OSError when it is cut."""
    return _transfer(address, dns.message.make_query(name, "AXFR", flags=0))


def ixfr(address: Address, name: str, since: dns.rdtypes.ANY.SOA.SOA) -> Transfer:
    """Transfer what changed after this version."""
    question = dns.message.make_query(name, "IXFR", flags=0)
    origin = dns.name.from_text(name)
    rrset = question.find_rrset(
        question.authority, origin, dns.rdataclass.IN, dns.rdatatype.SOA, create=True
    )
    rrset.add(since, 0)
    return _transfer(address, question)


def _transfer(address: Address, question: dns.message.Message) -> Transfer:
    asked = question.to_wire()
    begin = time.monotonic()
    with socket.create_connection(address, TIMEOUT) as tcp:
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tcp.sendall(struct.pack("!H", len(asked)) + asked)
        size, messages, records = _count(tcp)
    return Transfer(time.monotonic() - begin, size, messages, records)


def _count(tcp: socket.socket) -> tuple[int, int, int]:
    """Bytes, messages and answers until the SOA that ends the transfer."""
    waiting = bytearray()
    size = messages = records = 0
    last = b""
    while True:
        chunk = tcp.recv(CHUNK)
        if not chunk:
            raise ConnectionError(f"cut after {messages} messages")
        size += len(chunk)
        waiting += chunk
        at = 0
        while len(waiting) - at > 2:
            end = at + 2 + int.from_bytes(waiting[at : at + 2], "big")
            if end > len(waiting):
                break
            message = waiting[at + 2 : end]
            records += _answers(message)
            last = last or _soa_numbers(message)
            messages += 1
            at = end
            if records > 1 and message.endswith(last):
                return size, messages, records
        del waiting[:at]


def _answers(message: bytearray) -> int:
    rcode = message[3] & 15
    answers = int.from_bytes(message[6:8], "big")
    if rcode or not answers:
        raise RuntimeError(f"a message with rcode {rcode} and {answers} answers")
    return answers


def _soa_numbers(message: bytearray) -> bytes:
    """The numbers of the SOA that begins a transfer."""
    at = HEADER
    if int.from_bytes(message[4:6], "big"):
        at = _after_name(message, at) + 4
    at = _after_name(message, at)
    end = at + 10 + int.from_bytes(message[at + 8 : at + 10], "big")
    return bytes(message[end - SOA_NUMBERS : end])


def _after_name(message: bytearray, at: int) -> int:
    while message[at]:
        if message[at] >= 0xC0:  # a pointer ends a name (RFC 1035 4.1.4)
            return at + 2
        at += 1 + message[at]
    return at + 1
