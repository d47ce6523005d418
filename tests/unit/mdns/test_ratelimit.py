# SPDX-License-Identifier: Apache-2.0
"""Networks that get too many answers alike over UDP."""

from collections import Counter
from ipaddress import ip_network
from pathlib import Path

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import pytest
from prometheus_client import CollectorRegistry

from designate.mdns import ratelimit
from designate.mdns.metrics import Metrics
from designate.mdns.ratelimit import RateLimit, Verdict
from designate.storage.unit_of_work import Store
from tests.unit.mdns.serving import STRANGER, Answering, dispatcher, settings, unframed
from tests.unit.mdns.test_cache import Clock
from tests.unit.mdns.test_query import CONTENT
from tests.unit.mdns.test_tsig import add_key, key
from tests.unit.mdns.zone_rows import ZoneRows, open_store

SEND, SLIP, DROP = Verdict.SEND, Verdict.SLIP, Verdict.DROP


def limit(clock: Clock, **changes: object) -> RateLimit:
    """Ten a second, two seconds of debt, and no way to TCP unless asked for."""
    values: dict[str, object] = {
        "rate_limit_per_second": 10,
        "rate_limit_window": 2,
        "rate_limit_slip": 0,
    }
    return RateLimit(settings(**(values | changes)), lambda: frozenset({"192.0.2.53"}), clock)


def sent(rates: RateLimit, count: int, host: str = STRANGER, alike: bytes = b"a") -> int:
    """How many of so many answers are sent."""
    return sum(rates.judge(host, alike) is SEND for _ in range(count))


def test_a_network_gets_its_rate_and_owes_what_was_refused() -> None:
    """Bursts of a second's worth; after more, nothing until it has been quiet; then as before."""
    clock = Clock()
    rates = limit(clock)
    assert sent(rates, 10) == 10
    assert sent(rates, 5) == 0
    clock.now += 0.5
    assert sent(rates, 1) == 0, "it owes for five, and for this one"
    clock.now += 0.8
    assert 6 <= sent(rates, 100) <= 7
    clock.now += 1.9
    assert sent(rates, 1) == 0, "it owes for the window"
    clock.now += 3.1
    assert sent(rates, 100) == 10


def test_a_steady_client_within_its_rate_is_never_refused() -> None:
    """For minutes, over every renewal of the accounts."""
    clock = Clock()
    rates = limit(clock)
    for _ in range(3000):
        assert sent(rates, 1) == 1
        clock.now += 0.1001


def test_what_is_not_alike_is_counted_apart() -> None:
    """Other answers, other networks; the addresses of one network together."""
    rates = limit(Clock())
    assert sent(rates, 20) == 10
    assert sent(rates, 20, alike=b"b") == 10
    assert sent(rates, 20, host="192.0.2.200") == 0
    assert sent(rates, 20, host="192.0.3.77") == 10
    assert sent(rates, 20, host="2001:db8:0:1::1") == 10
    assert sent(rates, 20, host="2001:db8:0:ff::1") == 0
    assert sent(rates, 20, host="2001:db8:0:100::1") == 10
    assert sent(rates, 20, host="fe80::1%eth0") == 10


def test_servers_of_the_pools_and_exempt_networks_have_no_limit() -> None:
    """Nor has anybody where the rate is 0."""
    rates = limit(Clock(), rate_limit_exempt=(ip_network("198.51.100.0/24"), ip_network("::1")))
    for host in ("192.0.2.53", "198.51.100.9", "::1"):
        assert sent(rates, 100, host=host) == 100
    assert sent(rates, 100, host="198.51.101.9") == 10
    assert not limit(Clock(), rate_limit_per_second=0).is_on


@pytest.mark.parametrize(("slip", "slips"), [(0, 0), (1, 30), (2, 15), (3, 10)])
def test_some_refusals_show_the_way_to_tcp(slip: int, slips: int) -> None:
    """One of `rate_limit_slip`."""
    rates = limit(Clock(), rate_limit_slip=slip)
    assert Counter(rates.judge(STRANGER, b"a") for _ in range(40)) == Counter(
        {SEND: 10, SLIP: slips, DROP: 30 - slips}
    )


def test_memory_is_bounded_whatever_the_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that went longest without an answer are forgotten; a debtor at work is not."""
    monkeypatch.setattr(ratelimit, "ACCOUNTS", 100)
    rates = limit(Clock())
    assert sent(rates, 50) == 10
    for number in range(1000):
        rates.judge(f"10.{number >> 8}.{number & 255}.1", b"a")
        assert sent(rates, 1) == 0
        assert len(rates._accounts) + len(rates._older) <= 200
        assert len(rates._networks) <= 100
    free = limit(Clock(), rate_limit_exempt=(ip_network("10.0.0.0/8"),))
    assert all(sent(free, 1, f"10.{number >> 8}.{number & 255}.1") for number in range(1000))
    assert len(free._networks) <= 100


# -- on the server ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A zone with everything that a tree can have."""
    store = open_store(tmp_path_factory.mktemp("ratelimit"))
    ZoneRows(store, fields={"pool_id": "one"}).create(CONTENT)
    add_key(store, "pool.key", "POOL", "one")
    return store


def ask_as(
    answering: Answering, query: dns.message.Message, host: str = STRANGER
) -> dns.message.Message | None:
    """The answer as a client over UDP gets it, from memory where it is there."""
    data = query.to_wire()
    answer = answering.from_memory(data, host)
    if answer is None:
        answer = answering.datagram(data, host)
    return dns.message.from_wire(answer, keyring=False) if answer else None


ALIKE = {
    "a name": ["www", "www", "www"],
    "names that are not there": ["missing1", "missing2", "a.missing3"],
    "names of a wildcard": ["a.wild", "b.wild", "c.d.wild"],
    "aliases of a wildcard": ["a.wildalias", "b.wildalias", "c.wildalias"],
    "names below a cut": ["a.sub", "b.sub", "c.d.sub"],
}


@pytest.mark.parametrize("names", ALIKE.values(), ids=ALIKE.keys())
def test_answers_alike_are_counted_together(store: Store, names: list[str]) -> None:
    """Whichever of the names is asked for, once or again; other answers still come."""
    answering = dispatcher(store, rate_limit_per_second=6, rate_limit_slip=0)
    answers = [
        ask_as(answering, dns.message.make_query(f"{name}.example.org.", "A"))
        for _ in range(4)
        for name in names
    ]
    assert [answer is not None for answer in answers] == [True] * 6 + [False] * 6
    assert ask_as(answering, dns.message.make_query("mail.example.org.", "A"))
    assert ask_as(answering, dns.message.make_query("www.example.org.", "MX"))


@pytest.mark.parametrize("name", ["alias", "{}.wildalias"])
def test_other_types_at_an_alias_are_no_way_around(store: Store, name: str) -> None:
    """Each would be another account, for the same answer."""
    answering = dispatcher(store, rate_limit_per_second=3, rate_limit_slip=0)
    answers = [
        ask_as(answering, dns.message.make_query(f"{name.format(rrtype)}.example.org.", rrtype))
        for rrtype in ("A", "AAAA", "CNAME", "TXT", "MX", "TYPE65280")
    ]
    assert [answer is not None for answer in answers] == [True] * 3 + [False] * 3


def test_failures_of_every_kind_are_counted_together(store: Store) -> None:
    """Unknown zones, bad classes, transfers refused."""
    answering = dispatcher(store, rate_limit_per_second=3, rate_limit_slip=0)
    queries = [
        dns.message.make_query("a.test.", "A"),
        dns.message.make_query("example.org.", "A", "CH"),
        dns.message.make_query("example.org.", "AXFR"),
        dns.message.make_query("b.test.", "A"),
    ]
    answers = [ask_as(answering, query) for query in queries]
    assert [answer is not None for answer in answers] == [True, True, True, False]


def test_over_the_limit_a_client_is_cut_short_and_served_over_tcp(store: Store) -> None:
    """TC and nothing else; who asks over TCP, with a cookie of ours or a key gets all."""
    registry = CollectorRegistry()
    answering = dispatcher(store, Metrics(registry), rate_limit_per_second=1, rate_limit_slip=1)
    query = dns.message.make_query("www.example.org.", "A")
    assert ask_as(answering, query)
    for _ in range(3):
        cut = ask_as(answering, query)
        assert cut is not None and cut.flags & dns.flags.TC
        assert (cut.id, cut.question, cut.answer) == (query.id, query.question, [])
    (over_tcp,) = unframed(b"".join(answering.stream(query.to_wire(), STRANGER)))
    assert dns.message.from_wire(over_tcp).answer
    signed = dns.message.make_query("www.example.org.", "A")
    signed.use_tsig(key("pool.key"))
    answer = ask_as(answering, signed)
    assert answer is not None and answer.answer
    labels = {"action": "slip"}
    assert registry.get_sample_value("designate_mdns_rate_limited_total", labels) == 3


def test_over_the_limit_a_client_with_cookies_is_told_one_of_ours(store: Store) -> None:
    """BADCOOKIE rather than TC; with that cookie there is no limit for it."""
    answering = dispatcher(store, rate_limit_per_second=1, rate_limit_slip=1)

    def asked(cookie: bytes) -> dns.message.Message:
        options: list[dns.edns.Option] = [
            dns.edns.GenericOption(dns.edns.OptionType.COOKIE, cookie)
        ]
        query = dns.message.make_query("www.example.org.", "A", use_edns=0, options=options)
        reply = ask_as(answering, query)
        assert reply is not None
        return reply

    assert asked(b"client!!").answer
    told = asked(b"client!!")
    assert (told.rcode(), told.answer) == (dns.rcode.BADCOOKIE, [])
    (option,) = told.options
    for _ in range(5):
        assert asked(option.to_wire() or b"").answer


def test_a_server_of_a_pool_is_never_limited(store: Store) -> None:
    """Once it was met, whoever writes."""
    answering = dispatcher(store, servers=[STRANGER], rate_limit_per_second=1, rate_limit_slip=0)
    query = dns.message.make_query("www.example.org.", "A")
    assert all(ask_as(answering, query) for _ in range(10))
    assert [bool(ask_as(answering, query, "198.51.100.1")) for _ in range(3)] == [
        True,
        False,
        False,
    ]


def test_a_zone_of_its_own_counts_apart(tmp_path: Path) -> None:
    """Denials of one zone do not use up those of another."""
    store = open_store(tmp_path)
    for name in ("one.org.", "two.org."):
        ZoneRows(store, name).create()
    answering = dispatcher(store, rate_limit_per_second=2, rate_limit_slip=0)
    for name in ("one.org.", "two.org."):
        answers = [ask_as(answering, dns.message.make_query(f"x{n}.{name}", "A")) for n in range(4)]
        assert [answer is not None for answer in answers] == [True, True, False, False]
