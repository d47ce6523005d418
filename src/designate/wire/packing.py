# SPDX-License-Identifier: Apache-2.0
"""Transfers: records packed into as few messages as the limit allows (RFC 5936, RFC 1995).

What is packed is no message yet: answers with the same room have the same parts, whoever asks, and
messages are made of them as they are sent.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from designate.wire import message, numbers
from designate.wire.message import Query


class RecordTooLarge(Exception):
    """A record does not fit into a message of its own."""


class Room(NamedTuple):
    """Bytes for records in the first message of an answer, and in each one after it."""

    first: int
    others: int

    @classmethod
    def of(cls, query: Query, limit: int) -> "Room":
        """In messages of at most `limit` bytes: beside question, OPT and signature."""
        first = message.room_in(query, limit)
        return cls(first, first + len(message.opt(query)))


class Part(NamedTuple):
    """The records of one message: how many, and their bytes."""

    records: int
    wire: bytes


def pack(batches: Iterable[list[bytes]], room: Room) -> Iterator[Part]:
    """Records in their order, in parts that fit; raises RecordTooLarge.

    Memory: one part and one batch.
    """
    left = room.first
    held: list[bytes] = []
    for batch in batches:
        sums = list(accumulate(map(len, batch)))
        start, base = 0, 0
        while (end := bisect_right(sums, base + left, start)) < len(batch):
            held += batch[start:end]
            if not held:
                raise RecordTooLarge
            yield Part(len(held), b"".join(held))
            held = []
            left = room.others
            if end > start:
                start, base = end, sums[end - 1]
        held += batch[start:]
        if sums:
            left -= sums[-1] - base
    if held:
        yield Part(len(held), b"".join(held))


def messages(query: Query, parts: Iterable[Part]) -> Iterator[bytes]:
    """The messages of an answer, unsigned.

    Each repeats the question, which stored records point at; the first carries our OPT (RFC 5936
    section 2.2.5).
    """
    flags = message.flags_of(query.header, numbers.NOERROR, authoritative=True)
    tail = message.opt(query)
    for records, wire in parts:
        head = message.HEADER.pack(query.header.id, flags, 1, records, 0, 1 if tail else 0)
        yield b"".join((head, query.question, wire, tail))
        tail = b""


def framed(data: bytes) -> bytes:
    """A message as it goes over TCP (RFC 1035 section 4.2.2)."""
    return len(data).to_bytes(2) + data
