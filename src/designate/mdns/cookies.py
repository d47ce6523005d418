# SPDX-License-Identifier: Apache-2.0
"""Which cookie answers a client's, and whether the client proved its address with it."""

import secrets
import socket
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from designate.wire import cookies

REMEMBERED = 20_000
"""Cookies remembered, so that a client that comes again costs no hash."""
LIFETIME = 60
"""Seconds that they are."""


class Met(NamedTuple):
    """What a cookie is answered with, and whether it was one of ours for this client."""

    option: bytes
    valid: bool


class Cookies:
    """Makes cookies with the first of the secrets and takes those of all.

    Without secrets it has one of its own, which no other process knows.
    """

    def __init__(
        self, shared: Sequence[bytes] = (), clock: Callable[[], float] = time.time
    ) -> None:
        self._secrets = tuple(shared) or (secrets.token_bytes(cookies.SECRET),)
        self._clock = clock
        self._met: dict[tuple[str, bytes], tuple[float, Met]] = {}

    def meet(self, cookie: bytes, host: str) -> Met:
        """Judge a well-formed cookie; any thread may call."""
        now = self._clock()
        remembered = self._met.get((host, cookie))
        if remembered is not None and 0 <= now - remembered[0] < LIFETIME:
            return remembered[1]
        met = self._judge(cookie, _packed(host), int(now))
        if len(self._met) >= REMEMBERED:
            self._met.clear()
        self._met[host, cookie] = (now, met)
        return met

    def _judge(self, cookie: bytes, address: bytes, now: int) -> Met:
        valid = [cookies.verify(secret, cookie, address, now) for secret in self._secrets]
        if valid[0] and cookies.is_young(cookie, now):
            return Met(cookies.option(cookie), valid=True)
        made = cookies.make(self._secrets[0], cookie, address, now)
        return Met(cookies.option(made), valid=any(valid))


def _packed(host: str) -> bytes:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.inet_pton(family, host.partition("%")[0])
