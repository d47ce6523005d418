# SPDX-License-Identifier: Apache-2.0
"""Transfers: records packed into as few messages as the limit allows (RFC 5936, RFC 1995)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from designate.wire import message, numbers
from designate.wire.message import Query


class RecordTooLarge(Exception):
    """A record does not fit into a message of its own."""


def pack(query: Query, batches: Iterable[list[bytes]], limit: int) -> Iterator[bytes]:
    """Messages of at most `limit` bytes that hold the records in order.

    Each repeats the question, which stored records point at; the first carries our OPT (RFC 5936
    section 2.2.5). There is room for the query's signature, which is not made here. Memory: one
    message and one batch. Raises RecordTooLarge.
    """
    tail = message.opt(query)
    overhead = message.QUESTION_AT + len(query.question)
    if query.signature is not None:
        overhead += query.signature.size
    room = limit - overhead - len(tail)
    held: list[bytes] = []
    for batch in batches:
        sums = list(accumulate(map(len, batch)))
        start, base = 0, 0
        while (end := bisect_right(sums, base + room, start)) < len(batch):
            held += batch[start:end]
            if not held:
                raise RecordTooLarge
            yield _message(query, held, tail)
            tail = b""
            held = []
            room = limit - overhead
            if end > start:
                start, base = end, sums[end - 1]
        held += batch[start:]
        if sums:
            room -= sums[-1] - base
    if held:
        yield _message(query, held, tail)


def _message(query: Query, records: list[bytes], tail: bytes) -> bytes:
    flags = message.flags_of(query.header, numbers.NOERROR, authoritative=True)
    head = message.HEADER.pack(query.header.id, flags, 1, len(records), 0, 1 if tail else 0)
    return b"".join((head, query.question, *records, tail))


def framed(data: bytes) -> bytes:
    """A message as it goes over TCP (RFC 1035 section 4.2.2)."""
    return len(data).to_bytes(2) + data
