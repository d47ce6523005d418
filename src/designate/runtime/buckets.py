# SPDX-License-Identifier: Apache-2.0
"""Token buckets by name: how often something may happen, in this process or over all of them.

A bucket is one number, the time at which it will be full again (GCRA, as in ATM's traffic
contracts): nothing has to drip, and a bucket that is full need not be remembered.
"""

import logging
import threading
import time
from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any, Protocol

from designate.errors import ConfigurationError

LOG = logging.getLogger(__name__)
MOST = 100_000
"""Buckets that are remembered; full ones are dropped first."""
AWAY = 10.0
"""Seconds for which Redis is left alone after it has failed."""
_TIMEOUT = 0.5
_PREFIX = "designate:bucket:"
_CLIENT = EntryPoint("redis", "redis:Redis", "")
_ERRORS = EntryPoint("redis", "redis:RedisError", "")

# The clock is that of Redis; 6 digits are microseconds, which Lua's own form of a number would cut.
_TAKE = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local wait = full - now - ARGV[2]
if wait > 0 then return string.format('%.6f', wait) end
full = full + ARGV[1]
redis.call('SET', KEYS[1], string.format('%.6f', full), 'PX', math.ceil((full - now) * 1000))
return '0'
"""


class Buckets(Protocol):
    """Buckets of one size, which fill at one rate."""

    def take(self, name: str) -> float:
        """Take one from a bucket: 0, or the seconds after which there will be one again."""


class LocalBuckets:
    """Buckets of this process: `rate` in tokens per second, `size` in tokens."""

    def __init__(self, rate: float, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1 / rate
        self._slack = (size - 1) / rate
        self._clock = clock
        self._full_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, name: str) -> float:
        """See Buckets."""
        with self._lock:
            now = self._clock()
            full = max(self._full_at.get(name, now), now)
            wait = full - now - self._slack
            # What rounding leaves is nothing to wait for.
            if wait > 1e-9:
                return wait
            if len(self._full_at) >= MOST and name not in self._full_at:
                self._forget(now)
            self._full_at[name] = full + self._interval
        return 0.0

    def _forget(self, now: float) -> None:
        """Drop the full ones; where none is, the half that is fullest."""
        left = {name: full for name, full in self._full_at.items() if full > now}
        if len(left) >= MOST:
            emptiest = sorted(left, key=left.__getitem__)[len(left) // 2 :]
            left = {name: left[name] for name in emptiest}
        self._full_at = left


class SharedBuckets:
    """Buckets in Redis, for all processes; while it does not answer, those of this process."""

    def __init__(
        self, url: str, rate: float, size: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Raise ConfigurationError where the package `redis` is missing or the URL is none."""
        try:
            client, self._errors = _CLIENT.load(), _ERRORS.load()
            self._redis: Any = client.from_url(
                url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT
            )
        except ImportError as error:
            raise ConfigurationError("the Python package redis is not installed") from error
        except ValueError as error:
            raise ConfigurationError(str(error)) from error
        self._take = self._redis.register_script(_TAKE)
        self._arguments = [1 / rate, (size - 1) / rate]
        self._own = LocalBuckets(rate, size, clock)
        self._clock = clock
        self._away_until = 0.0

    def take(self, name: str) -> float:
        """See Buckets."""
        if self._clock() < self._away_until:
            return self._own.take(name)
        try:
            return float(self._take(keys=[_PREFIX + name], args=self._arguments))
        except self._errors as error:
            LOG.warning("Redis fails, rates are limited by process for %d s: %s", AWAY, error)
            self._away_until = self._clock() + AWAY
        return self._own.take(name)
