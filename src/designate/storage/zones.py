# SPDX-License-Identifier: Apache-2.0
"""Queries on zones."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    select,
    update,
)

from designate.errors import DuplicateZone, OverQuota
from designate.model import names as name_tree
from designate.model.zones import DELETED, NONE, Zone
from designate.storage import rows, turns
from designate.storage.prepared import Prepared
from designate.storage.tables import (
    names,
    project_usage,
    shares,
    zone_pools,
    zone_state,
    zone_work,
    zones,
)
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction
from designate.wire import serial as serials

_confirmed = (
    select(zone_state.c.confirmed_generation)
    .where(zone_state.c.zone_id == zones.c.id)
    .scalar_subquery()
    .label("confirmed_generation")
)
_failure = (
    select(zone_state.c.failure_text)
    .where(zone_state.c.zone_id == zones.c.id)
    .scalar_subquery()
    .label("failure_text")
)
_shared = exists().where(shares.c.zone_id == zones.c.id)
_shared_with = exists().where(
    shares.c.zone_id == zones.c.id, shares.c.target_project_id == bindparam("project")
)
SHOWN = (
    *zones.c,
    _confirmed,
    _failure,
    _shared.label("shared"),
    _shared_with.label("shared_with_caller"),
)
"""The columns of a zone; bound by `project`, which decides `shared_with_caller`."""
_zone: Select[Any] = select(*SHOWN)
_by_id = Prepared(_zone.where(zones.c.id == bindparam("id"), zones.c.deleted == LIVE))
_lock = Prepared(select(zones.c.id).where(zones.c.id == bindparam("id")).with_for_update())
_any_by_id = Prepared(_zone.where(zones.c.id == bindparam("id")))


def get(connection: Connection, zone_id: str, project_id: str | None = None) -> Zone | None:
    """The zone, unless it is deleted; `project_id` decides `shared_with_caller`."""
    row = _by_id.first(connection, {"id": zone_id, "project": project_id})
    return None if row is None else rows.zone(row)


def lock(tx: Transaction, zone_id: str, project_id: str | None = None) -> Zone | None:
    """The zone with its row locked: the first statement of every write on it."""
    known = tx.remembered.get(("zone", zone_id))
    if known is not None:
        if known[0] == project_id:
            return cast("Zone", known[1])
        # What it shares with whom was read for another project.
        tx.flush()
    if not tx.sole_writer and zone_id not in tx.locked:
        # On its own: what else is read here must be as the writer before has left it.
        _lock.first(tx.behind, {"id": zone_id})
        tx.locked.add(zone_id)
    zone = get(tx.behind, zone_id, project_id)
    tx.remembered["zone", zone_id] = (project_id, zone)
    return zone


def renewed(tx: Transaction, zone: Zone) -> bool:
    """Let the next writer of this transaction see a zone as it will be written; False if it can't.

    It can where the zone was locked, and nothing but deferred writes has been done since.
    """
    known = tx.remembered.get(("zone", zone.id))
    if known is None:
        return False
    tx.remembered["zone", zone.id] = (known[0], zone)
    return True


def get_any(connection: Connection, zone_id: str) -> Zone | None:
    """The zone even when it is deleted."""
    row = _any_by_id.first(connection, {"id": zone_id, "project": None})
    return None if row is None else rows.zone(row)


def get_many(connection: Connection, zone_ids: Collection[str]) -> dict[str, Zone]:
    """Zones by id, deleted ones too."""
    statement = _zone.where(zones.c.id.in_(zone_ids))
    return {row.id: rows.zone(row) for row in connection.execute(statement, {"project": None})}


# -- creating ---------------------------------------------------------------------------------

_last_serial = Prepared(
    select(names.c.last_serial).where(names.c.name_key == bindparam("name_key"))
)
_taken = Prepared(
    select(zones.c.id).where(
        zones.c.name_key == bindparam("name_key"),
        zones.c.pool_id == bindparam("pool_id"),
        zones.c.deleted == LIVE,
    )
)
_LATER = frozenset({"updated_at", "transferred_at", "deleted_at"})
_insert = Prepared(insert(zones), *(column.name for column in zones.c if column.name not in _LATER))
_insert_state = Prepared(insert(zone_state), "zone_id", "confirmed_generation")
_insert_pool = Prepared(insert(zone_pools), "zone_id", "pool_id", "phase")
# The row of the name is there already when a zone of it was deleted or is in another pool.
_insert_work = Prepared(
    insert(zone_work).from_select(
        ["name_key", "shard", "wanted", "attempts"],
        select(
            bindparam("b_name_key", type_=zone_work.c.name_key.type),
            bindparam("b_shard", type_=zone_work.c.shard.type),
            literal(0),
            literal(0),
        ).where(~exists().where(zone_work.c.name_key == bindparam("b_name_key"))),
    )
)
_used = select(project_usage.c.zones).where(project_usage.c.project_id == bindparam("project_id"))
_usage = Prepared(_used)
_usage_locked = Prepared(_used.with_for_update())
_use = Prepared(
    update(project_usage)
    .where(
        project_usage.c.project_id == bindparam("b_project_id"),
        project_usage.c.zones <= bindparam("b_room"),
    )
    .values(zones=project_usage.c.zones + bindparam("b_made"))
)
_MOST = 2**31 - 1
_insert_usage = Prepared(insert(project_usage), "project_id", "zones")


def take_turn(tx: Transaction, name_key: str) -> None:
    """Exclude other creators of zones with this name, above it, or below it, until the commit."""
    turns.take(tx, name_tree.lock_key(name_key))


def exclude_creators(tx: Transaction, zone_id: str) -> None:
    """Exclude creators of zones below a zone, until the commit."""
    if tx.sole_writer:
        return
    name_key = tx.read(select(zones.c.name_key).where(zones.c.id == zone_id)).scalar()
    if name_key is not None:
        take_turn(tx, name_key)


def exclude_writers(tx: Transaction, name_keys: Sequence[str]) -> None:
    """Exclude writers of the zones that have these names, until the commit."""
    if tx.sole_writer:
        return
    of_names = zones.c.name_key.in_(name_keys) & (zones.c.deleted == LIVE)
    for zone_id in tx.read(select(zones.c.id).where(of_names).order_by(zones.c.id)).scalars().all():
        tx.hold(update(zones).where(zones.c.id == zone_id).values(turn=zones.c.turn + 1))


def last_serial(tx: Transaction, name_key: str) -> int | None:
    """The last serial of a deleted zone of this name."""
    row = _last_serial.first(tx.connection, {"name_key": name_key})
    return None if row is None else int(row.last_serial)


def add(tx: Transaction, zone: Zone, *, ns_version: int) -> None:
    """Insert a zone at its first version, with its state, its pool and its place in the queue.

    Raises DuplicateZone.
    """
    place = {"name_key": zone.name_key, "pool_id": zone.pool_id}
    if _taken.first(tx.connection, place) is not None:
        raise DuplicateZone
    tx.run(_insert, _values(zone, ns_version))
    use(tx, zone.project_id)
    tx.run(_insert_state, {"zone_id": zone.id, "confirmed_generation": 0})
    tx.run(_insert_pool, {"zone_id": zone.id, "pool_id": zone.pool_id, "phase": "serving"})
    tx.run(_insert_work, {"b_name_key": zone.name_key, "b_shard": rows.shard_of(zone.id)})


def _values(zone: Zone, ns_version: int) -> dict[str, Any]:
    return {
        "id": zone.id,
        "pool_id": zone.pool_id,
        "project_id": zone.project_id,
        "name": zone.name,
        "name_key": zone.name_key,
        "reverse_key": name_tree.reverse(zone.name_key),
        "type": zone.type,
        "email": zone.email,
        "description": zone.description,
        "ttl": zone.ttl,
        "refresh": zone.refresh,
        "retry": zone.retry,
        "expire": zone.expire,
        "minimum": zone.minimum,
        "mname": zone.mname,
        "ns_version": ns_version,
        "serial": zone.serial,
        "generation": zone.generation,
        "epoch": zone.epoch,
        "status": zone.status,
        "action": zone.action,
        "recordset_count": zone.recordset_count,
        "record_count": zone.record_count,
        "shard": rows.shard_of(zone.id),
        "attributes": rows.dump(zone.attributes),
        "masters": rows.dump(zone.masters),
        "hard_delete": zone.hard_delete,
        "turn": 0,
        "version": zone.version,
        "created_at": zone.created_at,
        "deleted": LIVE,
    }


def used(tx: Transaction, project_id: str, most: int) -> int:
    """The number of the project's zones, for who adds one: there may be `most`, or -1 for any.

    Rivals may add some meanwhile, so that they are counted again at the end: then OverQuota.
    """
    row = _usage.first(tx.connection, {"project_id": project_id})
    tx.most[project_id] = most
    return tx.made[project_id] + (0 if row is None else int(row.zones))


def count_in_project(tx: Transaction, project_id: str) -> int:
    """The number of the project's zones, with rivals excluded until the commit.

    An absent row cannot be locked: of rivals that see none, one gets to insert it, and the others
    begin anew. On other Galera nodes rivals are excluded by what is written at the end.
    """
    row = _usage_locked.first(tx.connection, {"project_id": project_id})
    if row is None:
        tx.run(_insert_usage, {"project_id": project_id, "zones": 0})
    return tx.made[project_id] + (0 if row is None else int(row.zones))


def use(tx: Transaction, project_id: str | None) -> None:
    """Count one more zone of a project, at the end of the transaction.

    All who make zones for a project have its row in common. Who locked it early would keep the
    others from it for long, and on another node of a Galera cluster lose to each of them.
    """
    _change(tx, project_id, 1)


def give_back(tx: Transaction, project_id: str | None) -> None:
    """Count one zone less of a project, at the end of the transaction."""
    _change(tx, project_id, -1)


def _change(tx: Transaction, project_id: str | None, by: int) -> None:
    if project_id is not None:
        tx.wrote = True
        tx.made[project_id] += by
        tx.closing["usage", project_id] = partial(_count, project_id=project_id)


def _count(tx: Transaction, project_id: str) -> None:
    """Write how many zones the project has; raises OverQuota."""
    more = tx.made.pop(project_id)
    most = tx.most.get(project_id, -1)
    room = most - more if more > 0 and most >= 0 else _MOST
    while more and not tx.run(_use, {"b_project_id": project_id, "b_made": more, "b_room": room}):
        row = _usage.first(tx.connection, {"project_id": project_id})
        if room < (0 if row is None else row.zones):
            raise OverQuota(["zones"])
        # Otherwise a rival's row has come, or less is used, since the last look.
        if row is None:
            if more > 0:
                tx.run(_insert_usage, {"project_id": project_id, "zones": more})
            return


# -- deleting ---------------------------------------------------------------------------------


def has_descendants(tx: Transaction, name_key: str, project_id: str | None = None) -> bool:
    """Whether a project, any without `project_id`, has a zone below this name."""
    below = rows.prefix_range(zones.c.reverse_key, name_tree.reverse("." + name_key))
    some = select(literal(1)).where(below, zones.c.deleted == LIVE).limit(1)
    if project_id is not None:
        some = some.where(zones.c.project_id == project_id)
    return tx.read(some).first() is not None


def unshare(tx: Transaction, zone_id: str) -> None:
    """Remove all shares of a zone."""
    tx.write(delete(shares).where(shares.c.zone_id == zone_id))


def finish_delete(tx: Transaction, zone_id: str, action: str = NONE) -> bool:
    """Soft-delete a zone whose deletion is confirmed; False when that was done before.

    The name becomes free; its last serial is remembered for a later zone of that name. `action` is
    what its row says then.
    """
    zone = lock(tx, zone_id)
    if zone is None:
        return False
    tx.write(
        update(zones)
        .where(zones.c.id == zone_id)
        .values(deleted=zone_id, deleted_at=tx.now, status=DELETED, action=action)
    )
    _remember_serial(tx, zone)
    give_back(tx, zone.project_id)
    tx.changed(zone.name_key)
    return True


def _remember_serial(tx: Transaction, zone: Zone) -> None:
    known = last_serial(tx, zone.name_key)
    if known is None:
        tx.write(insert(names).values(name_key=zone.name_key, last_serial=zone.serial))
    elif serials.is_newer(zone.serial, known):
        mine = names.c.name_key == zone.name_key
        tx.write(update(names).where(mine).values(last_serial=zone.serial))


# -- the NS records of the pool ---------------------------------------------------------------


def behind_ns(connection: Connection, pool_id: str, ns_version: int, limit: int) -> list[str]:
    """Some zones of a pool whose apex was made from an earlier version of its NS records."""
    statement = select(zones.c.id).where(
        zones.c.pool_id == pool_id, zones.c.ns_version < ns_version, zones.c.deleted == LIVE
    )
    return list(connection.execute(statement.limit(limit)).scalars())


def applied_ns(tx: Transaction, zone_id: str, ns_version: int) -> None:
    """Remember the version of the NS records that a zone's apex was made from."""
    tx.write(update(zones).where(zones.c.id == zone_id).values(ns_version=ns_version))
