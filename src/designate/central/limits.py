# SPDX-License-Identifier: Apache-2.0
"""Limits that apply to a project."""

from collections.abc import Mapping
from dataclasses import dataclass

from designate.model.context import Context
from designate.model.limits import Limits as LimitValues
from designate.storage import quotas
from designate.storage.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Limits:
    """See `contracts.limits.Limits`. `installation` holds the limits that no project changes.

    `kept`: whether projects have quotas of their own.
    """

    store: Store
    limits: Mapping[str, int]
    installation: Mapping[str, int]
    kept: bool

    def get(self, ctx: Context) -> LimitValues:
        """See the contract."""
        own = self.limits
        if self.kept:
            with self.store.read() as connection:
                own = quotas.limits(connection, ctx.project_id, self.limits)
        return LimitValues(
            max_zones=own["zones"],
            max_zone_recordsets=own["zone_recordsets"],
            max_zone_records=own["zone_records"],
            max_recordset_records=own["recordset_records"],
            **self.installation,
        )
