# SPDX-License-Identifier: Apache-2.0
"""The DNS server of a test's own, and questions to it that need no socket."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from prometheus_client import CollectorRegistry

from designate.conf.addresses import Endpoint
from designate.conf.mdns import Settings
from designate.contracts.worker import Worker
from designate.mdns.acl import Acl
from designate.mdns.datagrams import Datagrams
from designate.mdns.dispatch import Dispatcher
from designate.mdns.metrics import Metrics
from designate.mdns.ratelimit import RateLimit
from designate.mdns.server import MdnsServer
from designate.mdns.xfr import Xfr
from designate.model.pools import Nameserver, Pool
from designate.storage.unit_of_work import Store

LOOPBACK = "127.0.0.1"
STRANGER = "192.0.2.77"


def settings(**changes: Any) -> Settings:
    """Settings for one free loopback port."""
    values: dict[str, Any] = {
        "workers": None,
        "health_listen": (),
        "threads": 20,
        "topic": "mdns",
        "listen": (Endpoint(LOOPBACK, 0),),
        "tcp_backlog": 10,
        "tcp_keepidle": None,
        "tcp_recv_timeout": 5.0,
        "query_enforce_tsig": False,
        "max_message_size": 65535,
        "allow_transfer": (),
        "tcp_connections_per_address": 0,
        "dns_cookies": True,
        "cookie_secret": (),
        "require_server_cookie": False,
        "rate_limit_per_second": 0,
        "rate_limit_window": 15,
        "rate_limit_slip": 2,
        "rate_limit_ipv4_prefix": 24,
        "rate_limit_ipv6_prefix": 56,
        "rate_limit_exempt": (),
    }
    return Settings(**(values | changes))


class Answering:
    """What answers, without sockets."""

    def __init__(self, dispatcher: Dispatcher, datagrams: Datagrams) -> None:
        self.stream = dispatcher.stream
        self.is_exempt = dispatcher.is_exempt
        self.from_memory = datagrams.from_memory
        self.packets = datagrams.packets
        self.datagrams = datagrams

    def datagram(self, data: bytes, host: str) -> bytes | None:
        """The answer over UDP, looked up."""
        return self.datagrams.answer(data, host) or None


def dispatcher(
    store: Store,
    metrics: Metrics | None = None,
    worker: Worker | None = None,
    servers: Sequence[str] | None = None,
    **changes: Any,
) -> Answering:
    """What answers, without sockets; with `servers` of a pool, where others write as well."""
    chosen = settings(**changes)
    metrics = metrics or Metrics()
    pool = Pool(id="1", name="p", nameservers=[Nameserver(host=host) for host in servers or ()])
    acl = Acl(lambda: [pool], chosen.allow_transfer)
    xfr = Xfr(store, acl, metrics, chosen.max_message_size, worker)
    answering = Dispatcher(store, chosen, acl, xfr, metrics, writes_here=servers is None)
    limit = RateLimit(chosen, lambda: acl.hosts)
    return Answering(answering, Datagrams(store, chosen, answering, limit, metrics))


@contextmanager
def serving(
    store: Store,
    registry: CollectorRegistry | None = None,
    *,
    writes_here: bool = True,
    **changes: Any,
) -> Iterator[MdnsServer]:
    """A server that runs until the block ends."""
    server = MdnsServer(store, settings(**changes), registry=registry, writes_here=writes_here)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def ask(answering: Answering, query: dns.message.Message, host: str = LOOPBACK) -> Any:
    """The answer over UDP, read by dnspython."""
    data = answering.datagram(query.to_wire(), host)
    assert data is not None
    return dns.message.from_wire(data, keyring=False)


def stream(
    answering: Answering, query: dns.message.Message, host: str = LOOPBACK
) -> list[dns.message.Message]:
    """The answer over TCP, record by record in order."""
    return [
        dns.message.from_wire(data, one_rr_per_rrset=True, xfr=True)
        for data in unframed(b"".join(answering.stream(query.to_wire(), host)))
    ]


def unframed(data: bytes) -> list[bytes]:
    """The messages of a TCP stream."""
    messages = []
    while data:
        end = 2 + int.from_bytes(data[:2])
        messages.append(data[2:end])
        assert len(messages[-1]) == end - 2, "the stream ends within a message"
        data = data[end:]
    return messages


def ixfr_query(name: str, serial: int, **options: Any) -> dns.message.Message:
    """An IXFR request from the version with this serial."""
    query = dns.message.make_query(name, "IXFR", **options)
    soa = dns.rdata.from_text(
        dns.rdataclass.IN, dns.rdatatype.SOA, f"ns1.{name} mail.{name} {serial} 1 1 1 1"
    )
    query.authority.append(dns.rrset.from_rdata(dns.name.from_text(name), 0, soa))
    return query


def lines(messages: list[dns.message.Message]) -> list[tuple[str, int, str, str]]:
    """The records of answer sections: owner, TTL, type, text."""
    return [
        (str(rrset.name), rrset.ttl, dns.rdatatype.to_text(rrset.rdtype), rrset[0].to_text())
        for message in messages
        for rrset in message.answer
    ]
