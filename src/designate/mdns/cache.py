# SPDX-License-Identifier: Apache-2.0
"""What was read a moment ago, forgotten when a commit of this process says so (decision 3a.9).

Every value is filed under names. It is used for a moment only, since other processes commit as
well, and a value read before a commit is never filed after it.
"""

import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

LIFETIME = 0.5
"""Seconds a value is used. An answer may be made from a zone remembered: a second together."""


class Reading(Generic[Key, Value]):
    """A read from the database in progress; `file` what it found."""

    def __init__(self, cache: "Cache[Key, Value]", expires: float) -> None:
        self._cache = cache
        self._expires = expires
        self.dropped: set[str] = set()

    def file(self, key: Key, value: Value, names: Collection[str]) -> None:
        """Keep a value until one of the names changes, unless one did since the read began."""
        self._cache.keep(self, key, (self._expires, value), names)


class Cache(Generic[Key, Value]):
    """Values by key; all are forgotten when `size` of them have been filed.

    `drop` may be called at any time by any thread.
    """

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.entries: dict[Key, tuple[float, Value]] = {}
        self.clock = clock
        self._size = size
        self._filed = 0
        self._lock = threading.Lock()
        self._keys: dict[str, set[Key]] = {}
        self._readings: set[Reading[Key, Value]] = set()

    def get(self, key: Key) -> Value | None:
        """The value, None when there is none that is still good."""
        entry = self.entries.get(key)
        return entry[1] if entry is not None and entry[0] > self.clock() else None

    @contextmanager
    def reading(self) -> Iterator[Reading[Key, Value]]:
        """Declare a read; inside it, before the database is asked."""
        reading = Reading(self, self.clock() + LIFETIME)
        with self._lock:
            self._readings.add(reading)
        try:
            yield reading
        finally:
            with self._lock:
                self._readings.discard(reading)

    def keep(
        self,
        reading: Reading[Key, Value],
        key: Key,
        entry: tuple[float, Value],
        names: Collection[str],
    ) -> None:
        """See `Reading.file`."""
        with self._lock:
            if not reading.dropped.isdisjoint(names):
                return
            if self._filed >= self._size:
                self.entries.clear()
                self._keys.clear()
                self._filed = 0
            self._filed += 1
            self.entries[key] = entry
            for name in names:
                self._keys.setdefault(name, set()).add(key)

    def drop(self, names: Collection[str]) -> None:
        """Forget all that is filed under one of the names, and whatever is being read of them."""
        with self._lock:
            for reading in self._readings:
                reading.dropped.update(names)
            for name in names:
                for key in self._keys.pop(name, ()):
                    self.entries.pop(key, None)
