# SPDX-License-Identifier: Apache-2.0
"""How short a TTL may be."""

from designate.errors import InvalidTTL


def is_low(ttl: int | None, min_ttl: int) -> bool:
    """Whether the TTL (seconds; None inherits the zone's) is below the configured minimum."""
    return ttl is not None and ttl < min_ttl


def low(min_ttl: int) -> InvalidTTL:
    """The error for a TTL that is too low."""
    return InvalidTTL(f"TTL is below the minimum: {min_ttl}")
