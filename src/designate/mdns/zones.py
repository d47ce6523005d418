# SPDX-License-Identifier: Apache-2.0
"""Which zone answers for a name: the one with the longest name at or above it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from designate.mdns.cache import Cache
from designate.model.soa import soa_rdata
from designate.model.tsigkeys import TsigKey
from designate.model.zones import DELETE, SECONDARY, Zone
from designate.rdata import names
from designate.storage import answers
from designate.storage.reading import AT_ONCE
from designate.storage.unit_of_work import Store

CACHED = 100_000
"""Names remembered, of zones and of none."""


def suffixes(name_key: str) -> list[str]:
    """The name and its ancestors, longest first, without the root; any name in a message."""
    labels = names.labels(name_key)
    return [".".join(labels[index:]) + "." for index in range(len(labels))]


@dataclass(frozen=True, slots=True)
class ServedZone:
    """A zone at one version, with its name and SOA as they go into messages (lower case).

    `is_leaf` says that it is known to have no zone of ours below it.
    """

    zone: Zone
    apex: bytes
    soa: bytes
    is_leaf: bool = False

    @classmethod
    def of(cls, zone: Zone, *, is_leaf: bool = False) -> "ServedZone":
        """The zone as read."""
        return cls(zone, names.to_wire(zone.name_key), soa_rdata(zone), is_leaf)

    @property
    def is_leaving(self) -> bool:
        """Whether it is being deleted: it answers nothing any more."""
        return self.zone.action == DELETE

    @property
    def is_empty(self) -> bool:
        """Whether it waits for its first transfer from a master (decision 3a.20)."""
        return self.zone.type == SECONDARY and self.zone.transferred_at is None


class Zones:
    """The zones by name, each remembered for a moment, and so is that there is none.

    Names are looked up from the root's side, and no further than a zone that has none below it:
    most queries find all they need in memory, whatever name they ask for.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache: Cache[str, _Entry] = Cache(CACHED)
        store.subscribe(self._drop)

    def at_or_above(self, name_key: str, *, fresh: bool = False) -> list[ServedZone]:
        """The zones whose name is a suffix of a name, longest first; `fresh` ones are read now."""
        candidates = suffixes(name_key)[::-1]
        found: list[ServedZone] = []
        for index, name in enumerate(candidates):
            entry = None if fresh else self._cache.get(name)
            if entry is None:
                found += self._read(candidates[index:])
                break
            if entry.served is not None:
                found.append(entry.served)
                if entry.served.is_leaf:
                    break
        return found[::-1]

    def in_scope(self, name_key: str, key: TsigKey) -> list[ServedZone]:
        """As `at_or_above`, of the zones that a key is for, read now."""
        candidates = suffixes(name_key)
        with self._store.read(patience=AT_ONCE) as connection:
            zones = answers.zones_named(connection, candidates, key)
        return [_served(zones[name]) for name in candidates if name in zones]

    def _read(self, name_keys: Sequence[str]) -> list[ServedZone]:
        found = []
        with (
            self._cache.reading() as reading,
            self._store.read(patience=AT_ONCE) as connection,
        ):
            zones = answers.zones_named(connection, name_keys)
            for name in name_keys:
                served = _served(zones[name]) if name in zones else None
                reading.file(name, _Entry(served), (name,))
                if served is not None:
                    found.append(served)
                    if served.is_leaf:
                        break
        return found

    def _drop(self, name_keys: Collection[str]) -> None:
        # A zone that came or went changes what is below the zones above it.
        self._cache.drop({suffix for name in name_keys for suffix in suffixes(name)})


@dataclass(frozen=True, slots=True)
class _Entry:
    """The zone of a name, if any."""

    served: ServedZone | None


def _served(named: answers.NamedZone) -> ServedZone:
    return ServedZone.of(named.zone, is_leaf=not named.has_descendants)
