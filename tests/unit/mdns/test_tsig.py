# SPDX-License-Identifier: Apache-2.0
"""Requests that prove a key, and what a key opens; dnspython is the client."""

import time
from pathlib import Path
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.tsig
import pytest
from sqlalchemy import delete

from designate.mdns import tsigkeys as mdns_tsigkeys
from designate.model.tsigkeys import TsigKey
from designate.storage import tsigkeys as storage
from designate.storage.tables import tsigkeys
from designate.storage.unit_of_work import Store
from tests.unit.mdns.serving import STRANGER, Answering, dispatcher, ixfr_query, unframed
from tests.unit.mdns.test_axfr import Seen
from tests.unit.mdns.zone_rows import MADE, ZoneRows, open_store

SECRET = "MDEyMzQ1Njc4OWFiY2RlZg=="
ALGORITHMS = (
    "hmac-md5",
    "hmac-sha1",
    "hmac-sha224",
    "hmac-sha256",
    "hmac-sha384",
    "hmac-sha512",
)


def add_key(store: Store, name: str, scope: str, resource_id: str, **changes: Any) -> None:
    """Enter a key, as the API does."""
    values = {"secret": SECRET, "algorithm": "hmac-sha256"} | changes
    made = TsigKey(
        id=name, name=name, scope=scope, resource_id=resource_id, created_at=MADE, **values
    )
    store.write(lambda tx: storage.REGISTER.add(tx, made))


def key(name: str, algorithm: str = "hmac-sha256", secret: str = SECRET) -> dns.tsig.Key:
    """The key as a client has it."""
    named = dns.tsig.HMAC_MD5 if algorithm == "hmac-md5" else dns.name.from_text(algorithm)
    return dns.tsig.Key(dns.name.from_text(name), secret, named)


def exchange(
    answering: Answering, query: dns.message.Message, used: dns.tsig.Key, host: str = STRANGER
) -> list[dns.message.Message]:
    """Ask over TCP; every signature that comes back is checked."""
    query.use_tsig(used)
    data = query.to_wire()
    replies: list[dns.message.Message] = []
    context = None
    for each in unframed(b"".join(answering.stream(data, host))):
        reply = dns.message.from_wire(
            each,
            keyring=used,
            request_mac=query.mac,
            xfr=True,
            tsig_ctx=context,
            multi=True,
            one_rr_per_rrset=True,
        )
        assert reply.had_tsig
        context = reply.tsig_ctx
        replies.append(reply)
    return replies


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two zones of two pools, with a key for each of both kinds."""
    store = open_store(tmp_path)
    one = ZoneRows(store, fields={"pool_id": "one"}).create()
    ZoneRows(store, "other.org.", fields={"pool_id": "two"}).create()
    add_key(store, "pool.key", "POOL", "one")
    add_key(store, "zone.key", "ZONE", one.zone.id)
    return store


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signed_question_gets_a_signed_answer(store: Store, algorithm: str) -> None:
    """With every algorithm of the API, whatever the case of the key's name."""
    add_key(store, "Some.Key.", "POOL", "one", algorithm=algorithm)
    answering = dispatcher(store)
    query = dns.message.make_query("example.org.", "SOA")
    (reply,) = exchange(answering, query, key("sOME.kEY", algorithm))
    assert (reply.rcode(), len(reply.answer)) == (dns.rcode.NOERROR, 1)
    denial = exchange(
        answering, dns.message.make_query("no.example.org.", "A"), key("some.key", algorithm)
    )
    assert denial[0].rcode() == dns.rcode.NXDOMAIN


@pytest.mark.parametrize("used", ["pool.key", "zone.key"])
def test_who_proves_a_key_may_transfer_the_zones_it_is_for(store: Store, used: str) -> None:
    """From anywhere, and no zone else; without a key it may not (decision 3a.25)."""
    answering = dispatcher(store)
    for rrtype in ("AXFR", "SOA", "A"):
        (reply,) = exchange(answering, dns.message.make_query("other.org.", rrtype), key(used))
        assert reply.rcode() == dns.rcode.REFUSED
    (reply,) = exchange(answering, dns.message.make_query("example.org.", "AXFR"), key(used))
    assert len(reply.answer) == 5
    (reply,) = exchange(answering, ixfr_query("example.org.", 100), key(used))
    assert len(reply.answer) == 1
    plain = answering.stream(dns.message.make_query("example.org.", "AXFR").to_wire(), STRANGER)
    assert dns.message.from_wire(next(plain)[2:]).rcode() == dns.rcode.REFUSED


def test_of_namesakes_a_key_finds_the_one_it_is_for(tmp_path: Path) -> None:
    """Two pools have a zone of one name: whoever has no key sees the older one."""
    store = open_store(tmp_path)
    ZoneRows(store, serial=1, fields={"pool_id": "one"}).create()
    later = MADE.replace(year=2027)
    ZoneRows(store, serial=2, fields={"pool_id": "two", "created_at": later}).create()
    add_key(store, "one", "POOL", "one")
    add_key(store, "two", "POOL", "two")
    answering = dispatcher(store)
    for used, serial in (("one", 1), ("two", 2)):
        for rrtype in ("SOA", "AXFR"):
            (reply,) = exchange(
                answering, dns.message.make_query("example.org.", rrtype), key(used)
            )
            assert reply.answer[0][0].serial == serial


def test_every_message_of_a_transfer_is_signed_over_the_one_before(store: Store) -> None:
    """Each fits the largest message with its signature; the whole is the zone (RFC 8945 5.3.1)."""
    ZoneRows(store, "large.org.", fields={"pool_id": "one"}).create().fill(
        900, "TXT", [f'"{"x" * 200}"']
    )
    for limit in (512, 1500, 65535):
        answering = dispatcher(store, max_message_size=limit)
        query = dns.message.make_query("large.org.", "AXFR")
        replies = exchange(answering, query, key("pool.key"))
        assert sum(len(reply.answer) for reply in replies) == 905
        assert max(len(reply.wire or b"") for reply in replies) <= limit
        assert len(replies) > 1


def test_a_difference_over_udp_is_signed_once(tmp_path: Path) -> None:
    """Be it the difference or, where that does not fit, our SOA."""
    zone = ZoneRows(open_store(tmp_path), fields={"pool_id": "one"}).create()
    add_key(zone.store, "pool.key", "POOL", "one")
    worker = Seen()
    answering = dispatcher(zone.store, worker=worker)
    for serial, size, records in ((100, 1, 5), (101, 300, 1)):
        zone.change({(f"{size}x{n}", "TXT"): (None, [f'"{"x" * 250}"']) for n in range(size)})
        query = ixfr_query("example.org.", serial, use_edns=0, payload=1232)
        query.use_tsig(key("pool.key"))
        data = answering.datagram(query.to_wire(), STRANGER)
        assert data is not None
        reply = dns.message.from_wire(
            data, keyring=key("pool.key"), request_mac=query.mac, one_rr_per_rrset=True
        )
        assert reply.had_tsig and len(reply.answer) == records
        assert not reply.flags & dns.flags.TC
        assert len(worker.calls) == 1, "of the difference, and not of our SOA"


def test_signatures_tell_the_time_of_sending(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that reads for longer than clocks may differ still believes them."""
    ZoneRows(store, "large.org.", fields={"pool_id": "one"}).create().fill(
        900, "TXT", [f'"{"x" * 200}"']
    )
    query = dns.message.make_query("large.org.", "AXFR")
    query.use_tsig(key("pool.key"))
    pieces = dispatcher(store).stream(query.to_wire(), STRANGER)
    first = tsig_of(dns.message.from_wire(next(pieces)[2:], keyring=False))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 1000)
    last = tsig_of(dns.message.from_wire(next(pieces)[2:], keyring=False))
    assert last.time_signed - first.time_signed >= 1000
    pieces.close()


def tsig_of(message: dns.message.Message) -> Any:
    """The TSIG record of a message."""
    assert message.tsig is not None
    return message.tsig[0]


def sent(query: dns.message.Message, used: dns.tsig.Key, **changes: Any) -> bytes:
    """A signed query, its TSIG changed before or after signing."""
    query.use_tsig(used, **changes)
    return query.to_wire()


def test_a_wrong_proof_is_told_and_opens_nothing(store: Store) -> None:
    """BADKEY, BADSIG: NOTAUTH without a signature (RFC 8945 section 5.2)."""
    answering = dispatcher(store)
    query = dns.message.make_query("example.org.", "SOA")
    good = sent(query, key("pool.key"))
    tampered = good.replace(b"\x07example", b"\x07exampel")
    cases = [
        (sent(query, key("no.key")), 17),
        (sent(query, key("pool.key", "hmac-sha512")), 17),
        (sent(query, key("pool.key", secret="b3RoZXI=")), 16),
        (tampered, 16),
    ]
    for data, error in cases:
        for reply_data in (
            answering.datagram(data, STRANGER),
            *unframed(b"".join(answering.stream(data, STRANGER))),
        ):
            assert reply_data is not None
            reply = dns.message.from_wire(reply_data, keyring=False)
            assert (reply.rcode(), reply.answer) == (dns.rcode.NOTAUTH, [])
            told = tsig_of(reply)
            assert (told.error, told.mac) == (error, b"")


def test_a_clock_too_far_off_is_told_with_a_signature(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BADTIME with the time of both (RFC 8945 section 5.2.3)."""
    answering = dispatcher(store)
    query = dns.message.make_query("example.org.", "SOA")
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now - 1000)
        data = sent(query, key("pool.key"))
    reply_data = answering.datagram(data, STRANGER)
    assert reply_data is not None
    reply = dns.message.from_wire(reply_data, keyring=False)
    told = tsig_of(reply)
    assert (reply.rcode(), told.error, reply.answer) == (dns.rcode.NOTAUTH, 18, [])
    assert told.time_signed == tsig_of(query).time_signed
    assert abs(int.from_bytes(told.other) - now) < 100
    with pytest.raises(dns.tsig.PeerBadTime):
        dns.message.from_wire(reply_data, keyring=key("pool.key"), request_mac=query.mac)


def test_a_shortened_proof_is_none(store: Store) -> None:
    """BADTRUNC, FORMERR below ten bytes: whole MACs are wanted (RFC 8945 section 5.2.2.1)."""
    answering = dispatcher(store)
    query = dns.message.make_query("example.org.", "SOA")
    query.use_tsig(key("pool.key"))
    query.to_wire()
    assert query.tsig is not None
    for kept, rcode, error in ((16, dns.rcode.NOTAUTH, 22), (9, dns.rcode.FORMERR, None)):
        rdata = query.tsig[0].replace(mac=query.tsig[0].mac[:kept])
        plain = dns.message.make_query("example.org.", "SOA", id=query.id).to_wire()
        wire = rdata.to_wire()
        record = b"\x04pool\x03key\0" + b"\0\xfa\0\xff\0\0\0\0" + len(wire).to_bytes(2) + wire
        reply_data = answering.datagram(plain[:11] + b"\1" + plain[12:] + record, STRANGER)
        assert reply_data is not None
        reply = dns.message.from_wire(reply_data, keyring=False)
        assert reply.rcode() == rcode
        assert (reply.tsig[0].error if reply.tsig else None) == error


def test_signed_queries_are_answered_where_keys_are_enforced(store: Store) -> None:
    """And nothing else, not even from memory."""
    answering = dispatcher(store, query_enforce_tsig=True)
    (reply,) = exchange(answering, dns.message.make_query("example.org.", "SOA"), key("pool.key"))
    assert reply.answer
    plain = dns.message.make_query("example.org.", "SOA").to_wire()
    refused = answering.datagram(plain, STRANGER)
    assert refused is not None and refused[3] & 15 == dns.rcode.REFUSED
    assert answering.from_memory(plain, STRANGER) is None


def test_keys_come_and_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a restart; one that cannot be used is told of once and opens nothing."""
    monkeypatch.setattr(mdns_tsigkeys, "REFRESH", 0.0)
    answering = dispatcher(store)

    def rcode(used: str) -> int:
        query = dns.message.make_query("example.org.", "SOA")
        data = answering.datagram(sent(query, key(used)), STRANGER)
        assert data is not None
        return dns.message.from_wire(data, keyring=False).rcode()

    add_key(store, "bad.key", "POOL", "one", secret="no base64")
    add_key(store, "odd.key", "POOL", "one", algorithm="hmac-sha3")
    assert [rcode(used) for used in ("bad.key", "odd.key")] == [dns.rcode.NOTAUTH] * 2
    assert rcode("new.key") == dns.rcode.NOTAUTH
    add_key(store, "new.key", "POOL", "one")
    assert rcode("new.key") == dns.rcode.NOERROR
    store.write(lambda tx: tx.write(delete(tsigkeys).where(tsigkeys.c.name == "new.key")))
    assert rcode("new.key") == dns.rcode.NOTAUTH
