# SPDX-License-Identifier: Apache-2.0
"""Which request gets which answer: opcodes, types, and the rcode of every failure.

Nothing said at all: no header, or a response. NOTIMP: other opcodes, mail agent types. FORMERR:
unreadable, not one question, AXFR over UDP (as BIND), types that are no data. REFUSED: class,
unknown zone, not allowed. NOTAUTH: TSIG with an unknown key, NOTIFY for a zone that has no master.
"""

import logging
from collections.abc import Generator, Iterator

from designate.conf.mdns import Settings
from designate.mdns import query as queries
from designate.mdns.acl import Acl
from designate.mdns.cache import Cache
from designate.mdns.metrics import Metrics
from designate.mdns.xfr import Xfr
from designate.mdns.zones import ServedZone, Zones, suffixes
from designate.rdata import names
from designate.storage.unit_of_work import Store
from designate.wire import message, numbers, tsig
from designate.wire.message import Answer, Malformed, Query
from designate.wire.packing import framed

CACHED = 50_000
"""Answers remembered."""
CACHEABLE = 512
"""Bytes of the longest query whose answer is remembered."""

_OPCODES = frozenset({numbers.QUERY, numbers.NOTIFY})
_XFRS = frozenset({numbers.AXFR, numbers.IXFR})
_MAIL_AGENTS = frozenset({numbers.MAILA, numbers.MAILB})

LOG = logging.getLogger(__name__)


class Dispatcher:
    """Answers requests. `writes_here` says that every commit is made in this process.

    Unless it does, a server of a pool never gets an answer from memory: it asks because it was
    told of a change (decision 3a.9).
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        acl: Acl,
        xfr: Xfr,
        metrics: Metrics,
        *,
        writes_here: bool,
    ) -> None:
        self._store = store
        self._enforce_tsig = settings.query_enforce_tsig
        self._acl = acl
        self._xfr = xfr
        self._metrics = metrics
        self._writes_here = writes_here
        self._zones = Zones(store)
        self.packets: Cache[bytes, bytes] = Cache(CACHED)
        store.subscribe(self.packets.drop)

    def is_exempt(self, host: str) -> bool:
        """Whether the client is to get no answer from memory, as far as known without reading."""
        return host in self._acl.hosts and not self._writes_here

    def datagram(self, data: bytes, host: str) -> bytes | None:
        """The answer to a UDP request, None when it deserves none."""
        with self.packets.reading() as reading:
            try:
                begun = self._begin(data)
                if not isinstance(begun, Query):
                    answer = begun
                elif begun.qtype in _XFRS:
                    answer = self._xfr_datagram(begun, host)
                else:
                    answer = self._render(begun, begun.udp_limit, host)
                    if _is_cacheable(data, begun):
                        filed_under = suffixes(names.from_wire(begun.name)[0])
                        reading.file(data[2:], answer[2:], filed_under)
            except Exception:
                # Whatever went wrong must not end the server, and the client is told.
                LOG.exception("A query of %s failed", host)
                answer = _failure(data)
        return self._counted("udp", answer)

    def stream(self, data: bytes, host: str) -> Generator[bytes]:
        """The answer to a TCP request, framed, in pieces; nothing when it deserves none."""
        try:
            pieces = self._pieces(data, host)
            first = next(pieces, b"")
        except Exception:
            # As above. What fails after the first piece ends the connection instead.
            LOG.exception("A query of %s failed", host)
            failure = _failure(data)
            pieces, first = iter(()), framed(failure) if failure else b""
        if first:
            yield first
            yield from pieces

    def _pieces(self, data: bytes, host: str) -> Iterator[bytes]:
        begun = self._begin(data)
        if isinstance(begun, Query) and begun.qtype in _XFRS:
            yield from self._xfr.stream(begun, host)
            return
        if isinstance(begun, Query):
            begun = self._render(begun, message.MAX_MESSAGE, host)
        answer = self._counted("tcp", begun)
        if answer is not None:
            yield framed(answer)

    def _begin(self, data: bytes) -> Query | bytes | None:
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
        if query.tsig is not None:
            unknown = tsig.unsigned(query.tsig, numbers.BADKEY)
            return message.render(query, Answer(numbers.NOTAUTH), query.udp_limit, unknown)
        rcode = self._objection(query)
        if rcode != numbers.NOERROR:
            return message.render(query, Answer(rcode), query.udp_limit)
        return query

    def _objection(self, query: Query) -> int:
        """The rcode of a query that is not looked up."""
        if query.edns is not None and query.edns.version:
            return numbers.BADVERS
        if query.qclass != numbers.IN or self._enforce_tsig:
            return numbers.REFUSED
        if query.header.opcode == numbers.NOTIFY:
            return numbers.NOTAUTH
        if query.qtype in _MAIL_AGENTS:
            return numbers.NOTIMP
        if query.qtype == numbers.ANY or query.qtype in _XFRS:
            return numbers.NOERROR
        is_meta = numbers.FIRST_META_TYPE <= query.qtype < numbers.ANY
        return numbers.FORMERR if is_meta or query.qtype == numbers.OPT else numbers.NOERROR

    def _render(self, query: Query, limit: int, host: str) -> bytes:
        fresh = not self._writes_here and self._acl.is_server(host)
        zones = self._zones.at_or_above(names.from_wire(query.name)[0], fresh=fresh)
        return message.render(query, self._look_up(zones, query), limit)

    def _look_up(self, zones: list[ServedZone], query: Query) -> Answer:
        if len(zones) > 1 and query.qtype == numbers.DS and zones[0].apex == query.name:
            # DS belongs to the zone above the cut (RFC 4035 section 3.1.4.1).
            zones = zones[1:]
        if not zones or zones[0].is_leaving:
            return Answer(numbers.REFUSED)
        if zones[0].is_empty:
            return Answer(numbers.SERVFAIL)
        return queries.answer(self._store, zones[0], query)

    def _xfr_datagram(self, query: Query, host: str) -> bytes:
        if query.qtype == numbers.AXFR:
            return message.render(query, Answer(numbers.FORMERR), query.udp_limit)
        return self._xfr.datagram(query, host)

    def _counted(self, protocol: str, answer: bytes | None) -> bytes | None:
        if answer is not None:
            self._metrics.queries.add(protocol, answer[3] & 0xF)
        return answer


def _is_cacheable(data: bytes, query: Query) -> bool:
    """Whether the query is likely to come again: options hold cookies and the like."""
    return len(data) <= CACHEABLE and (query.edns is None or not query.edns.has_options)


def _failure(data: bytes) -> bytes | None:
    header = message.read_header(data)
    return None if header is None else message.bare(header, numbers.SERVFAIL)
