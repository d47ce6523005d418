# SPDX-License-Identifier: Apache-2.0
"""What decides whether a project may have a new zone, as it was read from the database."""

from collections.abc import Collection, Mapping

import msgspec


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """The project's limits and number of zones, forbidden names, and the zones around the name.

    `same` and `descendants` are owners of zones of this name and below it, in any pool;
    `nearest_ancestor` is the owner of the nearest zone above, where `has_ancestor`. `last_serial`
    is that of a deleted zone of the name. `tlds` are those at or above it; where `has_tlds`, zones
    stand below TLDs only. `blacklist` are patterns by id.
    """

    limits: Mapping[str, int]
    zones: int
    tlds: Collection[str]
    has_tlds: bool
    blacklist: Mapping[str, str]
    same: Collection[str | None]
    has_ancestor: bool
    nearest_ancestor: str | None
    descendants: Collection[str | None]
    last_serial: int | None
