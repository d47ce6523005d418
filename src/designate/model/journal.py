# SPDX-License-Identifier: Apache-2.0
"""What the journal tells of a zone: recordsets as versions had them, and what differs."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from designate.model.zones import Zone


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A recordset as one version of its zone had it.

    A TTL of None is that of the zone; `head` and `wire` are as in `model.recordsets.Stored`.
    """

    recordset_id: str
    name: str
    type: str
    ttl: int | None
    records: list[str]
    head: bytes
    wire: bytes


class Change(msgspec.Struct, frozen=True):
    """One recordset in one version; None where it did not, or does not, exist."""

    before: Image | None
    after: Image | None

    @property
    def head(self) -> bytes:
        """What tells name and type from all others of the zone."""
        image = self.before or self.after
        assert image is not None
        return image.head


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A zone as one of its versions was.

    Of `zone` all is as it was then but what is counted or observed: the counters, `version`,
    status and action are those of now. Its SOA is rendered from it, as always. `recordsets` can be
    gone through once and has all of them but the SOA; a large zone is never in memory as a whole.
    """

    zone: Zone
    recordsets: Iterator[Image]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two versions: recordsets, and fields of the zone as (before, after)."""

    recordsets: list[Change]
    fields: dict[str, tuple[Any, Any]]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a zone's journal is there.

    `floor` is the oldest version that is kept, made at `oldest`. `needed` is the newest version
    that every name server is known to have had: what comes after it may yet be asked for.
    """

    zone_id: str
    generation: int
    floor: int
    oldest: datetime
    needed: int


def net(changes: Iterable[Change]) -> dict[bytes, Change]:
    """What a run of versions changed in the end, oldest first; by the head of name and type.

    What came and went, or is as it was, does not appear.
    """
    found: dict[bytes, Change] = {}
    for change in changes:
        known = found.get(change.head)
        found[change.head] = change if known is None else Change(known.before, change.after)
    return {head: change for head, change in found.items() if change.before != change.after}


def before(fields: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The fields of a zone before a run of versions, each given with those it changed."""
    oldest: dict[str, Any] = {}
    for changed in fields:
        oldest = changed | oldest
    return oldest
