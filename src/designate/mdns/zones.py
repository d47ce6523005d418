# SPDX-License-Identifier: Apache-2.0
"""Which zone answers for a name: the one with the longest name at or above it."""

from collections.abc import Sequence
from dataclasses import dataclass

from designate.mdns.cache import Cache
from designate.model.soa import soa_rdata
from designate.model.zones import DELETE, SECONDARY, Zone
from designate.rdata import names
from designate.storage import answers
from designate.storage.unit_of_work import Store

CACHED = 100_000
"""Names remembered, of zones and of none."""


def suffixes(name_key: str) -> list[str]:
    """The name and its ancestors, longest first, without the root; any name in a message."""
    labels = names.labels(name_key)
    return [".".join(labels[index:]) + "." for index in range(len(labels))]


@dataclass(frozen=True, slots=True)
class ServedZone:
    """A zone at one version, with its name and SOA as they go into messages (lower case)."""

    zone: Zone
    apex: bytes
    soa: bytes

    @classmethod
    def of(cls, zone: Zone) -> "ServedZone":
        """The zone as read."""
        return cls(zone, names.to_wire(zone.name_key), soa_rdata(zone))

    @property
    def is_leaving(self) -> bool:
        """Whether it is being deleted: it answers nothing any more."""
        return self.zone.action == DELETE

    @property
    def is_empty(self) -> bool:
        """Whether it waits for its first transfer from a master (decision 3a.20)."""
        return self.zone.type == SECONDARY and self.zone.transferred_at is None


class Zones:
    """The zones by name, each remembered for a moment, and so is that there is none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache: Cache[str, ServedZone | bool] = Cache(CACHED)
        store.subscribe(self._cache.drop)

    def at_or_above(self, name_key: str, *, fresh: bool = False) -> list[ServedZone]:
        """The zones whose name is a suffix of a name, longest first; `fresh` ones are read now."""
        candidates = suffixes(name_key)
        found = {} if fresh else {name: self._cache.get(name) for name in candidates}
        missing = [name for name in candidates if found.get(name) is None]
        if missing:
            found |= self._read(missing)
        return [zone for name in candidates if isinstance(zone := found[name], ServedZone)]

    def _read(self, name_keys: Sequence[str]) -> dict[str, ServedZone | bool | None]:
        with self._cache.reading() as reading, self._store.read() as connection:
            zones = answers.zones_named(connection, name_keys)
            found: dict[str, ServedZone | bool | None] = {}
            for name in name_keys:
                zone = zones.get(name)
                value = ServedZone.of(zone) if zone is not None else False
                reading.file(name, value, (name,))
                found[name] = value
        return found
