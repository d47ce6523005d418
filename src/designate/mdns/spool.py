# SPDX-License-Identifier: Apache-2.0
"""Transfers between database and clients: read once at database speed, sent at each one's (3a.21).

Nothing is sent before all of it is there. So a zone that cannot be read to its end is an error that
is told, to all who wait for it, and never the half of a zone.
"""

import struct
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from threading import Event, Lock

from designate.wire.packing import Part

IN_MEMORY = 1 << 20
"""Bytes kept in memory; a larger transfer goes to a file that has no name."""

_HEAD = struct.Struct("!HH")
"""Before each part: the number of its records and of its bytes."""


class Broken(Exception):
    """Whoever was to fill the spool has failed."""


class Spool:
    """The parts of a transfer. One thread fills it, then any number read it."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (see close)
        self._lock = Lock()
        self._ended = Event()
        self._whole = False
        self._size = 0
        self.holders = 0

    @property
    def is_broken(self) -> bool:
        """Whether it will never be whole."""
        return self._ended.is_set() and not self._whole

    def fill(self, parts: Iterable[Part]) -> None:
        """Take all parts. What they raise breaks the spool."""
        try:
            for records, wire in parts:
                self._size += self._file.write(_HEAD.pack(records, len(wire)))
                self._size += self._file.write(wire)
            # A full disk is to be found out here, and not by a reader.
            self._file.flush()
            self._whole = True
        finally:
            self._ended.set()

    def wait(self) -> None:
        """Return when it is whole; raises Broken."""
        self._ended.wait()
        if not self._whole:
            raise Broken

    def parts(self) -> Iterator[Part]:
        """All parts, once it is whole; each reader has a place of its own."""
        at = 0
        while at < self._size:
            part = self._part(at)
            yield part
            at += _HEAD.size + len(part.wire)

    def _part(self, at: int) -> Part:
        with self._lock:
            self._file.seek(at)
            records, size = _HEAD.unpack(self._file.read(_HEAD.size))
            return Part(records, self._file.read(size))

    def close(self) -> None:
        """Give up its memory or file."""
        self._file.close()


class Spools:
    """The spools that somebody reads, by what is in them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[Hashable, Spool] = {}

    @contextmanager
    def hold(self, key: Hashable, parts: Iterable[Part]) -> Iterator[Spool]:
        """The spool of this key. It is gone when its last holder is.

        The first to ask fills it with `parts` before the block begins; for others `parts` are not
        looked at, and they may have to wait for the first.
        """
        spool, is_new = self._take(key)
        try:
            if is_new:
                spool.fill(parts)
            yield spool
        finally:
            self._leave(key, spool)

    def _take(self, key: Hashable) -> tuple[Spool, bool]:
        with self._lock:
            spool = self._held.get(key)
            # What has failed for others is tried again by who comes later.
            is_new = spool is None or spool.is_broken
            if spool is None or is_new:
                spool = self._held[key] = Spool()
            spool.holders += 1
            return spool, is_new

    def _leave(self, key: Hashable, spool: Spool) -> None:
        with self._lock:
            spool.holders -= 1
            if spool.holders:
                return
            if self._held.get(key) is spool:
                del self._held[key]
        spool.close()
