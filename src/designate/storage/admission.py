# SPDX-License-Identifier: Apache-2.0
"""The facts that decide whether a project may have a new zone."""

from collections.abc import Mapping

from sqlalchemy import or_, select

from designate.model import names as name_tree
from designate.model.admission import Surroundings
from designate.storage import quotas, rows, zones
from designate.storage.tables import zones as table
from designate.storage.tables.zones import LIVE
from designate.storage.unit_of_work import Transaction


def read(
    tx: Transaction, project_id: str, name_key: str, default_limits: Mapping[str, int]
) -> Surroundings:
    """Exclude rival creators of zones around the name, then read the facts."""
    zones.take_turn(tx, name_key)
    columns = select(table.c.name_key, table.c.project_id).where(table.c.deleted == LIVE)
    upward = tx.read(columns.where(table.c.name_key.in_(name_tree.suffixes(name_key)))).all()
    # One foreign descendant decides; a large tree of one's own is not read.
    downward = columns.where(
        rows.prefix_range(table.c.reverse_key, name_tree.reverse("." + name_key)),
        or_(table.c.project_id != project_id, table.c.project_id.is_(None)),
    )
    above = [row for row in upward if row.name_key != name_key]
    nearest = max(above, key=lambda row: len(row.name_key), default=None)
    return Surroundings(
        limits=quotas.limits(tx.connection, project_id, default_limits),
        zones=zones.count_in_project(tx, project_id),
        tlds=quotas.tld_names(tx.connection),
        patterns=quotas.blacklist_patterns(tx.connection),
        same=[row.project_id for row in upward if row.name_key == name_key],
        has_ancestor=nearest is not None,
        nearest_ancestor=None if nearest is None else nearest.project_id,
        descendants=[row.project_id for row in tx.read(downward.limit(1))],
        last_serial=zones.last_serial(tx, name_key),
    )
