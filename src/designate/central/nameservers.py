# SPDX-License-Identifier: Apache-2.0
"""Name servers of a zone: the NS records of its pool."""

from dataclasses import dataclass

from designate.model.context import Context
from designate.model.pools import NsRecord
from designate.policy.enforcer import Enforcer
from designate.rules import access
from designate.storage import pools, zones
from designate.storage.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Nameservers:
    """See `contracts.nameservers.Nameservers`."""

    store: Store
    enforcer: Enforcer

    def find(self, ctx: Context, zone_id: str) -> list[NsRecord]:
        """See the contract."""
        with self.store.read() as connection:
            zone = access.visible(ctx, zones.get(connection, zone_id, ctx.project_id))
            self.enforcer.check(ctx, "get_zone_ns_records", access.zone_target(zone))
            pool = pools.get(connection, zone.pool_id)
        return pool.ns_records if pool else []
