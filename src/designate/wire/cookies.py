# SPDX-License-Identifier: Apache-2.0
"""DNS cookies (RFC 7873), the server's part in the form that servers share (RFC 9018)."""

import hmac

from designate.wire import numbers
from designate.wire.siphash import siphash

CLIENT = 8
"""Bytes of a client's cookie."""
WHOLE = CLIENT + 16
"""Bytes of a client's cookie followed by one of ours."""
OPTION = 4 + WHOLE
"""Bytes that the option adds to an answer."""
SECRET = 16
"""Bytes of a secret."""
_OTHER_WHOLE = range(16, 41)
_VERSION = b"\1\0\0\0"
_CLOCK = 1 << 32
_LIFETIME = 3600
_YOUNG = 1800
_AHEAD = 300
"""Seconds a cookie is good, those it is not replaced, and those it may be early (section 4.3)."""


def is_well_formed(cookie: bytes) -> bool:
    """Whether the length is one that may be sent (RFC 7873 section 5.2.2)."""
    return len(cookie) == CLIENT or len(cookie) in _OTHER_WHOLE


def option(cookie: bytes) -> bytes:
    """The EDNS option that holds it."""
    return numbers.COOKIE.to_bytes(2) + len(cookie).to_bytes(2) + cookie


def make(secret: bytes, client: bytes, address: bytes, now: int) -> bytes:
    """A client's cookie followed by ours, for its address in 4 or 16 bytes, at a Unix time."""
    head = client[:CLIENT] + _VERSION + (now % _CLOCK).to_bytes(4)
    return head + siphash(secret, head + address)


def age(cookie: bytes, now: int) -> int:
    """Seconds since it was made, negative where it comes from ahead of our clock (RFC 1982)."""
    made = int.from_bytes(cookie[CLIENT + 4 : CLIENT + 8])
    return (now - made + _CLOCK // 2) % _CLOCK - _CLOCK // 2


def is_young(cookie: bytes, now: int) -> bool:
    """Whether a cookie of ours is to be told again rather than a new one."""
    return age(cookie, now) < _YOUNG


def verify(secret: bytes, cookie: bytes, address: bytes, now: int) -> bool:
    """Whether it was made with this secret for this client, lately."""
    if len(cookie) != WHOLE or cookie[CLIENT] != _VERSION[0]:
        return False
    if not -_AHEAD <= age(cookie, now) <= _LIFETIME:
        return False
    return hmac.compare_digest(cookie[-8:], siphash(secret, cookie[:-8] + address))
