# SPDX-License-Identifier: Apache-2.0
"""How zones are shared out: 4096 shards, split evenly and alike by all who know the same members.

A shard is the first three hexadecimal digits of a zone's id, as upstream's. What members do not
agree on for a moment costs nothing but a second attempt: whoever may work is decided elsewhere.
"""

from collections.abc import Collection, Iterator

SHARDS = 4096
_END = "g"
"""Comes after every hexadecimal digit."""


def part(number: int, parts: int, whole: int = SHARDS) -> range:
    """One of so many even parts of a whole, beginning with number 0.

    Sizes differ by one at most. Of more parts than there are pieces some are empty.
    """
    return range(number * whole // parts, (number + 1) * whole // parts)


def share(me: str, members: Collection[str], whole: int = SHARDS) -> range:
    """What is mine of the whole; nothing while I am no member, everything as the only one."""
    ordered = sorted(set(members))
    return part(ordered.index(me), len(ordered), whole) if me in ordered else range(0)


def parts(count: int) -> Iterator[range]:
    """All shards in so many parts, in order."""
    return (part(number, count) for number in range(count))


def id_bounds(shards: range) -> tuple[str, str]:
    """The texts between which the ids of these shards are: the first may be one, the second not."""
    end = f"{shards.stop:03x}" if shards.stop < SHARDS else _END
    return f"{shards.start:03x}", end
