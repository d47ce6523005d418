# SPDX-License-Identifier: Apache-2.0
"""The TSIG keys that clients may prove, as the database has them."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from designate.model.tsigkeys import TsigKey
from designate.wire import tsig

REFRESH = 1.0
"""Seconds that the keys are remembered."""

LOG = logging.getLogger(__name__)


class Known(NamedTuple):
    """A key and its form on the wire."""

    key: TsigKey
    wire: tsig.Key


class TsigKeys:
    """Finds keys by name; `read` reads them all."""

    def __init__(
        self,
        read: Callable[[], Iterable[TsigKey]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._known: Mapping[bytes, Known] = {}
        self._complained: set[str] = set()

    def named(self, name: bytes) -> Known | None:
        """The key of this name, which is in wire form and lower case."""
        with self._lock:
            now = self._clock()
            if self._read_at is None or now - self._read_at >= REFRESH:
                self._known = self._usable(self._read())
                self._read_at = now
            return self._known.get(name)

    def _usable(self, keys: Iterable[TsigKey]) -> dict[bytes, Known]:
        found: dict[bytes, Known] = {}
        for key in keys:
            try:
                wire = tsig.key(key.name, key.algorithm, key.secret)
            except tsig.BadKey as error:
                if key.id not in self._complained:
                    self._complained.add(key.id)
                    LOG.warning("The TSIG key %s cannot be used: %s", key.name, error)
            else:
                found.setdefault(tsig.key_name(wire), Known(key, wire))
        return found
