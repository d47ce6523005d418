# SPDX-License-Identifier: Apache-2.0
"""The worker's queue: the lanes that names wait in."""

from typing import NamedTuple
from zlib import crc32


class Waiting(NamedTuple):
    """A name that is due and free, since a Unix time."""

    name_key: str
    due_at: float


Lane = int | None
"""Of a project, or None for what nobody asked for: audits, changed pools, recovery."""


def lane_of(project_id: str | None) -> int:
    """The lane of a project: 31 bits of its CRC-32, so that two seldom have one in common."""
    return crc32((project_id or "").encode()) & 0x7FFF_FFFF
