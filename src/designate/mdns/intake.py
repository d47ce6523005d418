# SPDX-License-Identifier: Apache-2.0
"""Requests as they arrive: read, the key and the cookie proved, or answered for what they are.

Nothing said at all: no header, or a response. NOTIMP: other opcodes, mail agent types. FORMERR:
unreadable, not one question, types that are no data. REFUSED: class, no key where one is enforced.
NOTAUTH: TSIG that proves nothing, NOTIFY for a zone that has no master. BADCOOKIE: see the option;
a cookie that is all that was sent, and is none of ours.
"""

from dataclasses import dataclass

from designate.conf.mdns import Settings
from designate.mdns.cookies import Cookies
from designate.mdns.tsigkeys import TsigKeys
from designate.model.tsigkeys import TsigKey
from designate.wire import cookies, message, numbers, tsig
from designate.wire.message import Answer, Malformed, Query

_OPCODES = frozenset({numbers.QUERY, numbers.NOTIFY})
_MAIL_AGENTS = frozenset({numbers.MAILA, numbers.MAILB})
XFRS = frozenset({numbers.AXFR, numbers.IXFR})


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: its address, the key that it proved, and whether it has a cookie of ours."""

    host: str
    key: TsigKey | None = None
    has_cookie: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A query that is to be looked up, and who asks it."""

    query: Query
    client: Client


class Intake:
    """Reads requests."""

    def __init__(self, settings: Settings, keys: TsigKeys, cookies: Cookies) -> None:
        self._settings = settings
        self._keys = keys
        self._cookies = cookies

    def read(self, data: bytes, host: str, *, datagram: bool) -> Request | bytes | None:
        """The query to be answered; or the answer, where reading it settles that; or neither."""
        header = message.read_header(data)
        if header is None or header.flags & message.QR:
            return None
        if header.opcode not in _OPCODES:
            return message.bare(header, numbers.NOTIMP)
        try:
            query = message.read_query(data, header)
        except Malformed:
            return message.bare(header, numbers.FORMERR)
        client = self._meet(query, host)
        if query.tsig is not None:
            known = self._prove(data, query, query.tsig)
            if known is None:
                return message.render(query, Answer(numbers.NOTAUTH), query.udp_limit)
            client = Client(host, known, client.has_cookie)
        rcode = self._objection(query, client, datagram=datagram)
        if rcode != numbers.NOERROR or not query.question:
            return message.render(query, Answer(rcode), query.udp_limit)
        return Request(query, client)

    def _meet(self, query: Query, host: str) -> Client:
        if query.edns is None or not query.edns.cookie or not self._settings.dns_cookies:
            return Client(host)
        met = self._cookies.meet(query.edns.cookie, host)
        query.options = met.option
        return Client(host, has_cookie=met.valid)

    def _prove(self, data: bytes, query: Query, signed: tsig.Tsig) -> TsigKey | None:
        """The key of a request; what ends its answer is noted either way (RFC 8945 5.2)."""
        known = self._keys.named(signed.key)
        error = numbers.BADKEY if known is None else tsig.verify(data, signed, known.wire)
        if known is None or error not in (numbers.NOERROR, numbers.BADTIME):
            query.signature = tsig.Unsigned(signed, error)
            return None
        query.signature = tsig.Signer(known.wire, signed, error)
        return None if error else known.key

    def _objection(self, query: Query, client: Client, *, datagram: bool) -> int:
        """The rcode of a query that is not looked up."""
        if query.edns is not None and query.edns.version:
            return numbers.BADVERS
        if not query.question:
            return self._cookie_rcode(query, client)
        refused = query.qclass != numbers.IN
        if refused or (self._settings.query_enforce_tsig and client.key is None):
            return numbers.REFUSED
        if query.header.opcode == numbers.NOTIFY:
            return numbers.NOTAUTH
        if self._wants_cookie(query, client, datagram=datagram):
            return numbers.BADCOOKIE
        return _type_objection(query.qtype)

    def _cookie_rcode(self, query: Query, client: Client) -> int:
        """Whether a cookie that is all that was sent is a good one, or new (RFC 7873 5.4)."""
        assert query.edns is not None
        is_new = len(query.edns.cookie) == cookies.CLIENT
        is_good = is_new or client.has_cookie or not self._settings.dns_cookies
        return numbers.NOERROR if is_good else numbers.BADCOOKIE

    def _wants_cookie(self, query: Query, client: Client, *, datagram: bool) -> bool:
        is_anybody = client.key is None and not client.has_cookie
        return (
            self._settings.require_server_cookie and datagram and is_anybody and bool(query.options)
        )


def _type_objection(qtype: int) -> int:
    if qtype in _MAIL_AGENTS:
        return numbers.NOTIMP
    if qtype == numbers.ANY or qtype in XFRS:
        return numbers.NOERROR
    is_meta = numbers.FIRST_META_TYPE <= qtype < numbers.ANY
    return numbers.FORMERR if is_meta or qtype == numbers.OPT else numbers.NOERROR
