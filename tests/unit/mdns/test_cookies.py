# SPDX-License-Identifier: Apache-2.0
"""Clients with DNS cookies: what they are told, from memory and from the database alike."""

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import pytest

from designate.mdns import cookies as mdns_cookies
from designate.mdns.cookies import Cookies
from designate.storage.unit_of_work import Store
from tests.unit.mdns.serving import LOOPBACK, STRANGER, Answering, dispatcher, unframed
from tests.unit.mdns.test_cache import Clock
from tests.unit.mdns.zone_rows import BASIC, ZoneRows, open_store

OLD = "e5e973e5a6b2a43f48e7dc849e37bfcf"
NEW = "445536bcd2513298075a5d379663c962"
CLIENT = b"client!!"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A zone with an RRset whose answer has 512 bytes, without a cookie."""
    store = open_store(tmp_path_factory.mktemp("cookies"))
    texts = [f'"{"x" * 200}"', f'"{"y" * 241}"']
    ZoneRows(store).create({**BASIC, ("full", "TXT"): (None, texts)})
    return store


def question(
    cookie: bytes | None,
    name: str = "www.example.org.",
    *others: dns.edns.Option,
    payload: int = 1232,
) -> dns.message.Message:
    """A query with this cookie."""
    options: list[dns.edns.Option] = list(others)
    if cookie is not None:
        options.append(dns.edns.GenericOption(dns.edns.OptionType.COOKIE, cookie))
    return dns.message.make_query(
        name, "A" if name.startswith("www") else "TXT", use_edns=0, payload=payload, options=options
    )


def cookie_of(reply: dns.message.Message) -> bytes | None:
    """The cookie in an answer."""
    found = [option.to_wire() for option in reply.options if option.otype == 10]
    assert len(found) <= 1
    return found[0] if found else None


def both(
    answering: Answering, query: dns.message.Message, host: str = LOOPBACK
) -> dns.message.Message:
    """The answer, which memory gives as the database does."""
    first = answering.datagram(query.to_wire(), host)
    assert first is not None
    assert answering.from_memory(query.to_wire(), host) in (first, None)
    return dns.message.from_wire(first)


def test_a_client_learns_a_cookie_and_keeps_it(store: Store) -> None:
    """Its own comes back in front; with the two it gets the same again, over TCP as well."""
    answering = dispatcher(store)
    learnt = cookie_of(both(answering, question(CLIENT)))
    assert learnt is not None and (len(learnt), learnt[:9]) == (24, CLIENT + b"\1")
    query = question(learnt)
    assert cookie_of(both(answering, query)) == learnt
    (data,) = unframed(b"".join(answering.stream(query.to_wire(), LOOPBACK)))
    assert cookie_of(dns.message.from_wire(data)) == learnt


def test_a_cookie_that_is_not_ours_is_replaced(store: Store) -> None:
    """One of another client, one made up, one of another form; the question is answered."""
    answering = dispatcher(store)
    learnt = cookie_of(both(answering, question(CLIENT)))
    assert learnt is not None
    for told, host in (
        (learnt, STRANGER),
        (CLIENT + b"x" * 16, LOOPBACK),
        (CLIENT + b"x" * 9, LOOPBACK),
    ):
        reply = both(answering, question(told), host)
        fresh = cookie_of(reply)
        assert reply.answer and fresh is not None
        assert (len(fresh), fresh[:8]) == (24, CLIENT) and fresh != told


@pytest.mark.parametrize("size", [0, 1, 7, 9, 15, 41, 100])
def test_a_cookie_of_no_length_is_an_error(store: Store, size: int) -> None:
    """FORMERR (RFC 7873 section 5.2.2)."""
    data = dispatcher(store).datagram(question(bytes(size)).to_wire(), LOOPBACK)
    assert data is not None and dns.message.from_wire(data).rcode() == dns.rcode.FORMERR


def test_servers_that_share_secrets_take_the_cookies_of_each_other(store: Store) -> None:
    """Also while a new secret is brought in: first taken by all, then used (RFC 9018 5)."""
    before = dispatcher(store, cookie_secret=(OLD,))
    taking = dispatcher(store, cookie_secret=(OLD, NEW))
    using = dispatcher(store, cookie_secret=(NEW, OLD))
    after = dispatcher(store, cookie_secret=(NEW,), require_server_cookie=True)
    old, new = (cookie_of(both(each, question(CLIENT))) for each in (before, using))
    assert cookie_of(both(taking, question(old))) == old
    assert cookie_of(both(taking, question(new))) != new
    assert both(after, question(new)).rcode() == dns.rcode.NOERROR
    assert both(after, question(old)).rcode() == dns.rcode.BADCOOKIE


def test_without_a_secret_a_process_has_its_own(store: Store) -> None:
    """Nobody else's are taken for it."""
    one = cookie_of(both(dispatcher(store), question(CLIENT)))
    strict = dispatcher(store, require_server_cookie=True)
    assert both(strict, question(one)).rcode() == dns.rcode.BADCOOKIE


def test_where_a_cookie_is_required_a_client_that_knows_none_is_answered(store: Store) -> None:
    """One that knows them comes again with ours; over TCP nobody has to (RFC 7873 5.2.3)."""
    answering = dispatcher(store, require_server_cookie=True)
    assert both(answering, question(None)).answer
    reply = both(answering, question(CLIENT))
    assert (reply.rcode(), reply.answer) == (dns.rcode.BADCOOKIE, [])
    assert both(answering, question(cookie_of(reply))).answer
    (data,) = unframed(b"".join(answering.stream(question(CLIENT).to_wire(), LOOPBACK)))
    assert dns.message.from_wire(data).answer


def test_where_cookies_are_off_they_are_ignored(store: Store) -> None:
    """As an option that nobody knows."""
    answering = dispatcher(store, dns_cookies=False)
    reply = both(answering, question(CLIENT))
    assert cookie_of(reply) is None and reply.answer


def test_a_cookie_may_be_asked_for_without_a_question(store: Store) -> None:
    """RFC 7873 section 5.4; without a cookie it is no request."""
    answering = dispatcher(store)
    for options, rcode in (
        ([dns.edns.CookieOption(CLIENT, b"")], dns.rcode.NOERROR),
        ([], dns.rcode.FORMERR),
    ):
        query = dns.message.QueryMessage()
        query.use_edns(0, options=list(options))
        data = answering.datagram(query.to_wire(), LOOPBACK)
        assert data is not None
        reply = dns.message.from_wire(data)
        assert (reply.rcode(), reply.question, cookie_of(reply) is not None) == (
            rcode,
            [],
            bool(options),
        )


def test_a_cookie_without_a_question_is_judged(store: Store) -> None:
    """One of ours is good, another is not and is replaced, over UDP and TCP (RFC 7873 5.4)."""
    answering = dispatcher(store)

    def told(cookie: bytes) -> tuple[int, bytes]:
        query = dns.message.QueryMessage()
        query.use_edns(0, options=[dns.edns.GenericOption(dns.edns.OptionType.COOKIE, cookie)])
        data = answering.datagram(query.to_wire(), LOOPBACK)
        assert unframed(b"".join(answering.stream(query.to_wire(), LOOPBACK))) == [data]
        assert data is not None
        reply = dns.message.from_wire(data)
        found = cookie_of(reply)
        assert found is not None and (len(found), found[:8]) == (24, CLIENT)
        return reply.rcode(), found

    rcode, fresh = told(CLIENT)
    assert rcode == dns.rcode.NOERROR
    assert told(fresh) == (dns.rcode.NOERROR, fresh)
    for wrong in (b"x" * 16, b"x" * 8, fresh[8:-1] + bytes([fresh[-1] ^ 1])):
        rcode, other = told(CLIENT + wrong)
        assert rcode == dns.rcode.BADCOOKIE
        assert told(other) == (dns.rcode.NOERROR, other)


def test_clients_with_cookies_share_what_is_remembered(store: Store) -> None:
    """With those who have none: an answer is looked up once, for any of them."""
    answering = dispatcher(store)
    assert answering.from_memory(question(CLIENT).to_wire(), LOOPBACK) is None
    both(answering, question(CLIENT))
    for cookie in (None, b"another!", CLIENT + b"x" * 16):
        query = question(cookie)
        data = answering.from_memory(query.to_wire(), STRANGER)
        assert data is not None
        reply = dns.message.from_wire(data)
        assert (reply.id, bool(reply.answer)) == (query.id, True)
        assert (cookie_of(reply) is None) == (cookie is None)
    assert len(answering.packets.entries) == 1


def test_queries_with_other_options_are_not_remembered(store: Store) -> None:
    """Whether a cookie is among them or not."""
    answering = dispatcher(store)
    other = dns.edns.GenericOption(dns.edns.OptionType.PADDING, b"\0" * 8)
    for cookie in (None, CLIENT):
        assert both(answering, question(cookie, "www.example.org.", other)).answer
    assert not answering.packets.entries


def test_an_answer_without_room_for_the_cookie_is_cut(store: Store) -> None:
    """And what is remembered for others is not; nor do they get the cut one."""
    answering = dispatcher(store)
    name = "full.example.org."
    cut = both(answering, question(CLIENT, name, payload=512))
    assert cut.flags & dns.flags.TC and cookie_of(cut) is not None
    whole = both(answering, question(None, name, payload=512))
    assert len(whole.wire or b"") == 512 and not whole.flags & dns.flags.TC
    assert both(answering, question(CLIENT, name, payload=512)).flags & dns.flags.TC
    assert not both(answering, question(CLIENT, name)).flags & dns.flags.TC


def test_cookies_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replaced after half an hour, refused after an hour, whatever is remembered of them."""
    clock = Clock()
    clock.now = 1_600_000_000.0
    cookies = Cookies([bytes.fromhex(NEW)], clock)
    told = cookies.meet(CLIENT, LOOPBACK).option[4:]
    seen = []
    for _ in range(6):
        met = cookies.meet(told, LOOPBACK)
        seen.append((met.valid, met.option[4:] == told))
        clock.now += 720
    assert seen == [(True, True)] * 3 + [(True, False)] * 3
    assert cookies.meet(told, LOOPBACK).valid is False
    clock.now -= 10_000
    assert cookies.meet(told, LOOPBACK).valid is False


def test_the_memory_of_cookies_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many clients there are."""
    monkeypatch.setattr(mdns_cookies, "REMEMBERED", 10)
    cookies = Cookies()
    for number in range(50):
        cookies.meet(number.to_bytes(8), LOOPBACK)
        assert len(cookies._met) <= 10
