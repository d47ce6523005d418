# SPDX-License-Identifier: Apache-2.0
"""The facts that decide whether a project may have a new zone."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import bindparam, or_, select

from designate.model import names as name_tree
from designate.model.admission import Surroundings
from designate.storage import blacklists, quotas, rows, tlds, zones
from designate.storage.prepared import Prepared, numbered, numbers
from designate.storage.tables import zones as table
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction

_live = select(table.c.name_key, table.c.project_id).where(table.c.deleted == LIVE)
# One foreign descendant decides; a large tree of one's own is not read.
_downward = Prepared(
    _live.where(
        table.c.reverse_key >= bindparam("low"),
        table.c.reverse_key < bindparam("high"),
        or_(table.c.project_id != bindparam("project_id"), table.c.project_id.is_(None)),
    ).limit(1)
)


@cache
def _upward(suffixes: int) -> Prepared:
    """The zones that have one of so many names."""
    return Prepared(_live.where(table.c.name_key.in_(numbered("name", suffixes))))


def read(
    tx: Transaction, project_id: str, name_key: str, default_limits: Mapping[str, int]
) -> Surroundings:
    """Exclude rivals, then read the facts: creators around the name, and writers of zones above.

    A writer of a zone above could put a recordset where the new zone will be.
    """
    zones.take_turn(tx, name_key)
    suffixes = name_tree.suffixes(name_key)
    zones.exclude_writers(tx, suffixes)
    upward = _upward(len(suffixes)).all(tx.connection, numbers("name", suffixes))
    low, high = rows.prefix_bounds(name_tree.reverse("." + name_key))
    bounds = {"low": low, "high": high, "project_id": project_id}
    downward = _downward.all(tx.connection, bounds)
    restricted, above_tlds = tlds.above(tx.connection, suffixes)
    above = [row for row in upward if row.name_key != name_key]
    nearest = max(above, key=lambda row: len(row.name_key), default=None)
    limits = quotas.limits(tx.connection, project_id, default_limits)
    return Surroundings(
        limits=limits,
        zones=zones.used(tx, project_id, limits["zones"]),
        tlds=above_tlds,
        has_tlds=restricted,
        blacklist=blacklists.patterns(tx.connection),
        same=[row.project_id for row in upward if row.name_key == name_key],
        has_ancestor=nearest is not None,
        nearest_ancestor=None if nearest is None else nearest.project_id,
        descendants=[row.project_id for row in downward],
        last_serial=zones.last_serial(tx, name_key),
    )
