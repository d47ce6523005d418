# SPDX-License-Identifier: Apache-2.0
"""Desired against observed: what is to be done for a zone name, decided from facts alone.

Desired is that every target of a zone's pool has it at the pool's configuration version, and that
no target has a zone that is being or was deleted. On one server the calls for one name are in
order: older incarnations are deleted before the newest is created (decision 3a.10).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from designate.backends.base import Backend, ZoneRef
from designate.model.pools import Endpoint, Pool, Target
from designate.storage.servers import ABSENT, PRESENT, TARGET, Facts, Incarnation, ServerRow

CREATE = "create"
DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a backend, and the row to keep once it has succeeded; None: no row is left."""

    kind: str
    zone: Incarnation
    target: Target
    before: ServerRow | None
    after: ServerRow | None
    hard: bool = False

    @property
    def ref(self) -> ZoneRef:
        """The zone as backends know it."""
        return ZoneRef(self.zone.id, self.zone.name)


@dataclass(frozen=True, slots=True)
class Watch:
    """A zone to be polled until its name servers serve it, or, when `absent`, no longer do.

    `notify` has who is told of a new version, each with the id of a TSIG key or None.
    """

    zone: Incarnation
    pool: Pool
    notify: tuple[tuple[Endpoint, str | None], ...]
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: calls in order by server, rows without meaning, zones to watch.

    `drops` are rows of which nothing is left to do, `puts` rows that are true without a call.
    `unfinished` says that more follows once the zones are confirmed.
    """

    calls: Mapping[str, Sequence[Call]]
    watches: Sequence[Watch]
    puts: Sequence[ServerRow] = ()
    drops: Sequence[ServerRow] = ()
    unfinished: bool = False


@dataclass(slots=True)
class _Draft:
    calls: dict[str, list[Call]] = field(default_factory=dict)
    puts: list[ServerRow] = field(default_factory=list)
    drops: list[ServerRow] = field(default_factory=list)
    unfinished: bool = False


class _Servers:
    """The targets that matter for a name: who shall be on each, and who is."""

    def __init__(
        self, facts: Facts, pools: Mapping[str, Pool], backends: Mapping[str, Backend]
    ) -> None:
        self.pools = pools
        self.zones = facts.incarnations
        self.rows = {(row.zone_id, row.server): row for row in facts.rows if row.role == TARGET}
        self.targets = {
            target.key: target
            for pool in pools.values()
            for target in pool.targets
            if target.type not in backends or backends[target.type].manages_zones
        }

    def of_pool(self, pool_id: str) -> dict[str, Target]:
        """The pool's targets that are told of zones."""
        pool = self.pools.get(pool_id)
        own = pool.targets if pool else []
        return {target.key: target for target in own if target.key in self.targets}

    def owner(self, key: str) -> Incarnation | None:
        """The newest zone that shall be on this target."""
        found = (
            zone
            for zone in self.zones
            if zone.wanted and not zone.is_empty and key in self.of_pool(zone.pool_id)
        )
        return next(found, None)

    def replaced(self, zone: Incarnation, key: str) -> bool:
        """Whether a newer incarnation has taken the zone's place there already."""
        newer = self.zones[: self.zones.index(zone)]
        rows = (self.rows.get((other.id, key)) for other in newer)
        return any(row is not None and row.state == PRESENT for row in rows)

    def of_interest(self) -> list[str]:
        """Every target where something may be to do."""
        pools = {key for zone in self.zones for key in self.of_pool(zone.pool_id)}
        return sorted(pools | {server for _, server in self.rows})


def decide(
    facts: Facts,
    pools: Mapping[str, Pool],
    backends: Mapping[str, Backend],
    *,
    verify: bool = False,
) -> Plan:
    """What the difference between desired and observed asks for.

    With `verify` targets are told of their zones although they have them: the call finds out.
    """
    servers = _Servers(facts, pools, backends)
    draft = _Draft()
    for key in servers.of_interest():
        owner = servers.owner(key)
        for zone in reversed(facts.incarnations):
            if zone is not owner:
                _remove(draft, servers, zone, key)
        if owner is not None:
            _place(draft, servers, owner, key, verify=verify)
    return Plan(
        calls=draft.calls,
        watches=[watch for zone in facts.incarnations for watch in _watch(zone, pools, backends)],
        puts=draft.puts,
        drops=draft.drops,
        unfinished=draft.unfinished,
    )


def _place(draft: _Draft, servers: _Servers, zone: Incarnation, key: str, *, verify: bool) -> None:
    row = servers.rows.get((zone.id, key))
    version = servers.pools[zone.pool_id].server_config_version
    present = row is not None and row.state == PRESENT and row.config_version >= version
    if present and not verify:
        return
    target = servers.of_pool(zone.pool_id)[key]
    after = _row(zone, key, PRESENT, version)
    draft.calls.setdefault(key, []).append(Call(CREATE, zone, target, row, after))


def _remove(draft: _Draft, servers: _Servers, zone: Incarnation, key: str) -> None:
    row = servers.rows.get((zone.id, key))
    exists = not zone.deleted
    in_pool = key in servers.of_pool(zone.pool_id)
    if row is None and (zone.wanted or zone.deleted or not in_pool):
        return
    if row is not None and row.state == ABSENT:
        return
    if zone.wanted and in_pool:
        # A newer zone of that name, in another pool, has this server.
        return
    if zone.wanted and zone.confirmed < zone.generation:
        # It has moved away: the old servers keep it until the new ones serve it.
        draft.unfinished = True
        return
    after = _row(zone, key, ABSENT, 0) if exists and not zone.wanted else None
    if servers.replaced(zone, key) or key not in servers.targets:
        if after is not None:
            draft.puts.append(after)
        elif row is not None:
            draft.drops.append(row)
        return
    target = servers.targets[key]
    call = Call(DELETE, zone, target, row, after, hard=zone.hard_delete)
    draft.calls.setdefault(key, []).append(call)


def _row(zone: Incarnation, key: str, state: str, version: int) -> ServerRow:
    return ServerRow(
        zone_id=zone.id,
        role=TARGET,
        server=key,
        pool_id=zone.pool_id,
        name_key=zone.name_key,
        state=state,
        config_version=version,
    )


def _watch(
    zone: Incarnation, pools: Mapping[str, Pool], backends: Mapping[str, Backend]
) -> list[Watch]:
    pool = pools.get(zone.pool_id) or Pool(id=zone.pool_id, name="")
    if zone.deleted:
        return []
    if not zone.wanted:
        return [Watch(zone, pool, (), absent=True)]
    if zone.is_empty:
        # Without a transfer there is no version to serve (decision 3a.20).
        return []
    told = [
        (target.endpoint, target.tsigkey_id)
        for target in pool.targets
        if target.type in backends and backends[target.type].needs_notify
    ]
    known = {endpoint for endpoint, _ in told}
    also = [(endpoint, None) for endpoint in pool.also_notifies if endpoint not in known]
    return [Watch(zone, pool, tuple(dict.fromkeys([*told, *also])))]
