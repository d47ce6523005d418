# SPDX-License-Identifier: Apache-2.0
"""UDP: answers from memory where they are there, and how many of them a client gets."""

from typing import NamedTuple

from designate.conf.mdns import Settings
from designate.mdns.cache import Cache
from designate.mdns.cookies import Met
from designate.mdns.dispatch import Dispatcher, Reply
from designate.mdns.metrics import Metrics
from designate.mdns.ratelimit import RateLimit, Verdict
from designate.mdns.zones import suffixes
from designate.rdata import names
from designate.storage.unit_of_work import Store
from designate.wire import message, numbers, records
from designate.wire.message import PLAIN_UDP, UDP_PAYLOAD, Answer

CACHED = 50_000
"""Answers remembered."""
CACHEABLE = 512
"""Bytes of the longest query whose answer is remembered."""
NOTHING = b""
"""Said to a client that is to get no answer."""
_DATA = frozenset({numbers.NOERROR, numbers.NXDOMAIN})
_ALIAS = records.APEX + numbers.CNAME.to_bytes(2)
_NOBODY = Met(b"", valid=False)


class Remembered(NamedTuple):
    """An answer behind its id, without a cookie; `alike` is what it is counted by."""

    answer: bytes
    alike: bytes


class Datagrams:
    """Answers UDP requests; `packets` has answers by the bytes of the query behind its id.

    A cookie that ends a query stands apart: clients differ by nothing else.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        dispatcher: Dispatcher,
        limit: RateLimit,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._dispatcher = dispatcher
        self._limit = limit
        self._metrics = metrics
        self.packets: Cache[bytes, Remembered] = Cache(CACHED)
        store.subscribe(self.packets.drop)

    def from_memory(self, data: bytes, host: str) -> bytes | None:
        """The answer, None when it is not remembered for this client."""
        remembered = self.packets.get(data[2:])
        met, room = _NOBODY, UDP_PAYLOAD
        if remembered is None:
            parted = message.without_cookie(data)
            remembered = None if parted is None else self.packets.get(parted[0])
            if parted is None or remembered is None:
                return None
            if self._settings.dns_cookies:
                met = self._dispatcher.cookies.meet(parted[2], host)
                room = max(PLAIN_UDP, min(parted[1], UDP_PAYLOAD))
        if self._dispatcher.is_exempt(host) or self._is_short_of(met, remembered, room):
            return None
        if self._limit.is_on and not met.valid:
            verdict = self._limit.judge(host, remembered.alike)
            if verdict is not Verdict.SEND:
                return self._limited(verdict, data, met.option)
        answer = remembered.answer
        return data[:2] + (message.with_cookie(answer, met.option) if met.option else answer)

    def _is_short_of(self, met: Met, remembered: Remembered, room: int) -> bool:
        """Whether the answer lacks room for the cookie, or the client lacks a cookie of ours."""
        if not met.option:
            return False
        if self._settings.require_server_cookie and not met.valid:
            return True
        return len(remembered.answer) + 2 + len(met.option) > room

    def answer(self, data: bytes, host: str) -> bytes:
        """The answer as it is found now, counted; NOTHING when there is to be none."""
        with self.packets.reading() as reading:
            reply = self._dispatcher.datagram(data, host)
            key = self._key(data, reply)
            if key is not None and reply.request is not None and reply.data is not None:
                reading.file(key, Remembered(_bare(reply), _alike(reply)), _zones(reply))
        if reply.data is None:
            return NOTHING
        answer = self._checked(data, host, reply)
        if answer:
            self._metrics.queries.add("udp", message.rcode_of(answer))
        return answer

    def _key(self, data: bytes, reply: Reply) -> bytes | None:
        """What the answer is remembered by; None for one that is not asked for again."""
        if reply.request is None or reply.answer is None or reply.data is None:
            return None
        query, client = reply.request.query, reply.request.client
        if client.key is not None or len(data) > CACHEABLE:
            return None
        if query.edns is None or not (query.edns.cookie or query.edns.has_others):
            return data[2:]
        parted = message.without_cookie(data)
        # One that was cut might have been whole without the cookie.
        is_cut = reply.data[2] & (message.TC >> 8)
        return None if parted is None or is_cut else parted[0]

    def _checked(self, data: bytes, host: str, reply: Reply) -> bytes:
        """The answer after the limit of the client."""
        assert reply.data is not None
        request = reply.request
        is_known = request is not None and (request.client.key or request.client.has_cookie)
        if not self._limit.is_on or is_known:
            return reply.data
        verdict = self._limit.judge(host, _alike(reply))
        if verdict is Verdict.SEND:
            return reply.data
        return self._limited(verdict, data, b"" if request is None else request.query.options)

    def _limited(self, verdict: Verdict, data: bytes, option: bytes) -> bytes:
        """What a client over its limit gets: nothing, a cookie, or the way to TCP."""
        self._metrics.limited(verdict.name.lower())
        header = message.read_header(data)
        if verdict is Verdict.DROP or header is None:
            return NOTHING
        try:
            query = message.read_query(data, header)
        except message.Malformed:
            return NOTHING
        query.options = option
        slip = Answer(numbers.BADCOOKIE) if option else Answer(truncated=True)
        return message.render(query, slip, PLAIN_UDP)


def _bare(reply: Reply) -> bytes:
    """The answer without id and cookie."""
    assert reply.data is not None and reply.request is not None
    option = reply.request.query.options
    return reply.data[2 : -2 - len(option)] + b"\0\0" if option else reply.data[2:]


def _zones(reply: Reply) -> set[str]:
    """The names of the zones that the answer hangs on, whether they exist or not."""
    assert reply.request is not None and reply.answer is not None
    found = (reply.request.query.name, *reply.answer.named)
    return {suffix for name in found for suffix in suffixes(names.from_wire(name)[0])}


def _alike(reply: Reply) -> bytes:
    """What the answer shares with those counted together: all failures, the denials of a zone, the
    referrals to one, the answers from a wildcard, those at an alias; else the question."""
    if reply.request is None or reply.answer is None or reply.answer.rcode not in _DATA:
        return b""
    query, said = reply.request.query, reply.answer
    # At an alias, whatever the type, it is much the same answer.
    is_of_type = said.answer and not said.answer[0].wire.startswith(_ALIAS)
    rrtype = query.qtype.to_bytes(2) if is_of_type else b""
    return bytes((said.rcode, said.authoritative)) + rrtype + (said.imputed or query.name)
