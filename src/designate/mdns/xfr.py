# SPDX-License-Identifier: Apache-2.0
"""Zone transfers out: who may, from which snapshot, as AXFR or IXFR (RFC 5936, RFC 1995)."""

import logging
from collections.abc import Hashable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Semaphore

from designate.contracts.worker import Worker
from designate.mdns import axfr, ixfr, metrics, spool
from designate.mdns.acl import Acl
from designate.mdns.intake import Client
from designate.mdns.metrics import Metrics
from designate.mdns.spool import Spool, Spools
from designate.mdns.zones import ServedZone
from designate.rdata import names
from designate.storage import xfr
from designate.storage.unit_of_work import Store
from designate.storage.xfr import Snapshot
from designate.wire import message, numbers, packing, records
from designate.wire.message import Answer, Query
from designate.wire.packing import Room
from designate.wire.records import RRset
from designate.wire.serial import is_newer

READERS = 8
"""Transfers that read the database at the same time; others wait their turn."""

LOG = logging.getLogger(__name__)


class Refusal(Exception):
    """The transfer cannot be had; `rcode` says why."""

    def __init__(self, rcode: int) -> None:
        super().__init__(rcode)
        self.rcode = rcode


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent: its kind for the metrics, and batches of records.

    `since` is the serial from which the records lead on; None: they are the whole zone.
    """

    kind: str
    since: int | None
    batches: Iterable[list[bytes]]


class Xfr:
    """Answers AXFR and IXFR. `limit` is the size of the largest message in bytes."""

    def __init__(
        self, store: Store, acl: Acl, counters: Metrics, limit: int, worker: Worker | None = None
    ) -> None:
        self._store = store
        self._acl = acl
        self._metrics = counters
        self._limit = limit
        self._worker = worker
        self._readers = Semaphore(READERS)
        self._spools = Spools()

    def stream(self, query: Query, client: Client) -> Iterator[bytes]:
        """The answer over TCP, framed. All of it has been read when the first piece is given.

        Closed before its end, it counts as aborted.
        """
        kind = metrics.AXFR if query.qtype == numbers.AXFR else metrics.IXFR
        result = metrics.FAILED
        try:
            self._admit(client)
            with self._spooled(query, client) as (served, kind, spooled):
                result = metrics.ABORTED
                yield from _pieces(query, spooled)
            result = metrics.DONE
            self._tell(served, kind, client.host)
        except Refusal as refusal:
            result = metrics.REFUSED
            yield packing.framed(_refuse(query, refusal))
        except packing.RecordTooLarge:
            LOG.warning("A record is larger than max_message_size: none for %s", client.host)
            yield packing.framed(_refuse(query, Refusal(numbers.SERVFAIL)))
        except spool.Broken:
            LOG.info("The transfer that %s had a part in has failed", client.host)
            yield packing.framed(_refuse(query, Refusal(numbers.SERVFAIL)))
        finally:
            self._metrics.xfr(kind, result)

    @contextmanager
    def _spooled(self, query: Query, client: Client) -> Iterator[tuple[ServedZone, str, Spool]]:
        """The zone, the kind of the answer, and all of its records.

        At which version the zone is, each client sees in a snapshot of its own. The first one reads
        on; who asks for the same while somebody holds it waits until it is there.
        """
        with ExitStack() as held:
            with self._readers, xfr.snapshot(self._store) as snapshot:
                served = _served(snapshot, query, client)
                content = _content(snapshot, served, query)
                room = Room.of(query, self._limit)
                parts = packing.pack(content.batches, room)
                key = _key(served, content, room)
                spooled = held.enter_context(self._spools.hold(key, parts))
            # Who waits for another has no place among the readers, and no snapshot.
            spooled.wait()
            yield served, content.kind, spooled

    def datagram(self, query: Query, client: Client) -> bytes:
        """The answer to IXFR over UDP: the difference when it fits, else our SOA (RFC 1995 2)."""
        try:
            self._admit(client)
            with self._readers, xfr.snapshot(self._store) as snapshot:
                served = _served(snapshot, query, client)
                found = _difference(snapshot, served, query)
        except Refusal as refusal:
            self._metrics.xfr(metrics.IXFR, metrics.REFUSED)
            return _refuse(query, refusal)
        if found is not None:
            content = found.records()
            if sum(map(len, content)) <= message.room_in(query, query.udp_limit):
                self._metrics.xfr(metrics.IXFR, metrics.DONE)
                self._tell(served, metrics.IXFR, client.host)
                return _whole(query, content)
        self._metrics.xfr(metrics.SOA_ONLY, metrics.DONE)
        return _whole(query, _soa_only(served))

    def _admit(self, client: Client) -> None:
        """A key opens the zones of its scope, and no others are found with it."""
        if client.key is None and not self._acl.allows(client.host):
            raise Refusal(numbers.REFUSED)

    def _tell(self, served: ServedZone, kind: str, host: str) -> None:
        if self._worker is not None and kind != metrics.SOA_ONLY:
            self._worker.seen(served.zone.name_key, host)


def _pieces(query: Query, spooled: Spool) -> Iterator[bytes]:
    """Framed messages; signatures are made as they are sent, since they hold the time."""
    found = packing.messages(query, spooled.parts())
    if query.signature is not None:
        found = map(query.signature.sign, found)
    return map(packing.framed, found)


def _key(served: ServedZone, content: Content, room: Room) -> Hashable:
    """What decides on the bytes of a spool: all else of a question is in the head of a message.

    The SOA is in it for a database that has lost its last commits, and makes a generation anew.
    """
    return served.zone.id, served.zone.generation, served.soa, content.since, room


def _served(snapshot: Snapshot, query: Query, client: Client) -> ServedZone:
    zone = snapshot.zone_named(names.from_wire(query.name)[0], client.key)
    if zone is None:
        raise Refusal(numbers.REFUSED)
    served = ServedZone.of(zone)
    if served.is_leaving:
        raise Refusal(numbers.REFUSED)
    if served.is_empty:
        raise Refusal(numbers.SERVFAIL)
    return served


def _content(snapshot: Snapshot, served: ServedZone, query: Query) -> Content:
    if query.qtype == numbers.IXFR:
        if _has_all(served, query):
            return Content(metrics.SOA_ONLY, query.serial, [_soa_only(served)])
        found = _difference(snapshot, served, query)
        if found is not None:
            return Content(metrics.IXFR, query.serial, [found.records()])
    return Content(metrics.AXFR, None, axfr.content(snapshot, served))


def _difference(snapshot: Snapshot, served: ServedZone, query: Query) -> ixfr.Difference | None:
    if _has_all(served, query):
        return None
    return ixfr.difference(snapshot, served, _since(query))


def _has_all(served: ServedZone, query: Query) -> bool:
    """Whether the client has our version or a newer one: our SOA tells it (RFC 1995 section 2)."""
    since = _since(query)
    return since == served.zone.serial or is_newer(since, served.zone.serial)


def _since(query: Query) -> int:
    if query.serial is None:
        raise Refusal(numbers.FORMERR)
    return query.serial


def _soa_only(served: ServedZone) -> list[bytes]:
    return [records.soa_record(served.soa, served.zone.ttl)]


def _whole(query: Query, found: list[bytes]) -> bytes:
    rrset = RRset(len(found), b"".join(found))
    return message.render(query, Answer(authoritative=True, answer=[rrset]), query.udp_limit)


def _refuse(query: Query, refusal: Refusal) -> bytes:
    return message.render(query, Answer(rcode=refusal.rcode), message.PLAIN_UDP)
