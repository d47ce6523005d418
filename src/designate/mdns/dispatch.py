# SPDX-License-Identifier: Apache-2.0
"""Which request gets which answer: types to handlers, and the rcode of every failure.

What reading a request settles is in `intake`. Here: REFUSED for an unknown zone, FORMERR for AXFR
over UDP (as BIND), SERVFAIL for what went wrong.
"""

import logging
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from designate.conf.mdns import Settings
from designate.errors import DatabaseUnavailable
from designate.mdns import query as queries
from designate.mdns.acl import Acl
from designate.mdns.cookies import Cookies
from designate.mdns.intake import XFRS, Intake, Request
from designate.mdns.metrics import Metrics
from designate.mdns.tsigkeys import TsigKeys
from designate.mdns.xfr import Xfr
from designate.mdns.zones import ServedZone, Zones
from designate.model.tsigkeys import TsigKey
from designate.rdata import names
from designate.storage import reading, tsigkeys
from designate.storage.replica import Replica
from designate.storage.unit_of_work import Store
from designate.wire import message, numbers
from designate.wire.message import Answer
from designate.wire.packing import framed

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer over UDP with the request it is for and what it says, where it came to that."""

    data: bytes | None
    request: Request | None = None
    answer: Answer | None = None


class _Replicated:
    """A replica, with a memory of zones of its own: no answer is made from both databases."""

    def __init__(self, replica: Replica) -> None:
        self.state = replica
        self.store = Store(replica.engine)
        self.zones = Zones(self.store)


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
        self._acl = acl
        self._xfr = xfr
        self._metrics = metrics
        self._writes_here = writes_here
        self._zones = Zones(store)
        self._replica = _Replicated(store.replica) if store.replica else None
        self.cookies = Cookies([bytes.fromhex(each) for each in settings.cookie_secret])
        self._intake = Intake(settings, TsigKeys(lambda: _keys(store)), self.cookies)

    def is_exempt(self, host: str) -> bool:
        """Whether the client is to get no answer from memory, as far as known without reading."""
        return host in self._acl.hosts and not self._writes_here

    def datagram(self, data: bytes, host: str) -> Reply:
        """The answer to a UDP request; without data it deserves none."""
        try:
            begun = self._intake.read(data, host, datagram=True)
            if not isinstance(begun, Request):
                return Reply(begun)
            if begun.query.qtype in XFRS:
                return Reply(self._xfr_datagram(begun), begun)
            answer = self._look_up(begun)
            return Reply(message.render(begun.query, answer, begun.query.udp_limit), begun, answer)
        except Exception as error:  # noqa: BLE001 - it must not end the server; the client is told
            return Reply(_failure(data, host, error))

    def stream(self, data: bytes, host: str) -> Generator[bytes]:
        """The answer to a TCP request, framed, in pieces; nothing when it deserves none."""
        # Closed here rather than when it is collected: a transfer holds what others share.
        with closing(self._pieces(data, host)) as pieces:
            try:
                first = next(pieces, b"")
            except Exception as error:  # noqa: BLE001 - as above
                # What fails after the first piece ends the connection instead.
                failure = _failure(data, host, error)
                first = framed(failure) if failure else b""
            if first:
                yield first
                yield from pieces

    def _pieces(self, data: bytes, host: str) -> Generator[bytes]:
        begun = self._intake.read(data, host, datagram=False)
        if isinstance(begun, Request):
            if begun.query.qtype in XFRS:
                yield from self._xfr.stream(begun.query, begun.client)
                return
            begun = message.render(begun.query, self._look_up(begun), message.MAX_MESSAGE)
        if begun is not None:
            self._metrics.queries.add("tcp", message.rcode_of(begun))
            yield framed(begun)

    def _look_up(self, request: Request) -> Answer:
        # Asked in any case: limits go by who the servers were when this was asked last.
        fresh = self._acl.is_server(request.client.host) and not self._writes_here
        replica = self._replica
        if replica and not fresh and request.client.key is None and replica.state.is_fresh():
            try:
                zones = replica.zones.at_or_above(names.from_wire(request.query.name)[0])
                return _answer(replica.store, zones, request)
            except DatabaseUnavailable:
                replica.state.failed()
        zones = self._zones_for(request, fresh=fresh)
        return _answer(self._store, zones, request)

    def _zones_for(self, request: Request, *, fresh: bool) -> list[ServedZone]:
        name_key = names.from_wire(request.query.name)[0]
        if request.client.key is not None:
            return self._zones.in_scope(name_key, request.client.key)
        return self._zones.at_or_above(name_key, fresh=fresh)

    def _xfr_datagram(self, request: Request) -> bytes:
        query = request.query
        if query.qtype == numbers.AXFR:
            return message.render(query, Answer(numbers.FORMERR), query.udp_limit)
        return self._xfr.datagram(query, request.client)


def _answer(store: Store, zones: list[ServedZone], request: Request) -> Answer:
    """What the longest of the zones at or above a name says."""
    query = request.query
    # At a cut the zone above knows the DS (RFC 4035 section 3.1.4.1).
    if query.qtype == numbers.DS and len(zones) > 1 and zones[0].apex == query.name:
        zones = zones[1:]
    if not zones or zones[0].is_leaving:
        return Answer(numbers.REFUSED)
    if zones[0].is_empty:
        return Answer(numbers.SERVFAIL)
    return queries.answer(store, zones[0], query, request.client.key)


def _keys(store: Store) -> list[TsigKey]:
    with store.read(patience=reading.AT_ONCE) as connection:
        return tsigkeys.find_all(connection)


def _failure(data: bytes, host: str, error: Exception) -> bytes | None:
    if not isinstance(error, DatabaseUnavailable):
        LOG.error("A query of %s failed", host, exc_info=error)
    header = message.read_header(data)
    return None if header is None else message.bare(header, numbers.SERVFAIL)
