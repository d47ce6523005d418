# SPDX-License-Identifier: Apache-2.0
"""SOA serials: order and advance in 32-bit sequence space (RFC 1982, decision 3a.3)."""

MODULUS = 1 << 32
_HALF = 1 << 31


def is_newer(serial: int, than: int) -> bool:
    """Whether `serial` comes after `than` (RFC 1982 section 3.2); False where it is undefined."""
    return 0 < (serial - than) % MODULUS < _HALF


def following(serial: int, now: int) -> int:
    """The serial after `serial`: the Unix time where that is newer, else one more, never 0."""
    candidate = now % MODULUS
    if candidate and is_newer(candidate, serial):
        return candidate
    return (serial + 1) % MODULUS or 1
