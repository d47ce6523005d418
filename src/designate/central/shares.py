# SPDX-License-Identifier: Apache-2.0
"""Shares: let another project use a zone, and take that back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from designate.contracts.projects import Projects
from designate.errors import (
    BadRequest,
    DuplicateSharedZone,
    SharedZoneHasRecordSets,
    SharedZoneHasSubZone,
    SharedZoneNotFound,
)
from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.shares import Share
from designate.policy.enforcer import Enforcer
from designate.rules import access
from designate.storage import owners, recordsets, rows, shares, zones
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

_SKEW = timedelta(minutes=5)
"""How far the clocks of two processes may be apart."""


@dataclass(frozen=True, slots=True)
class Shares:
    """See `contracts.shares.Shares`."""

    store: Store
    enforcer: Enforcer
    projects: Projects

    def create(self, ctx: Context, zone_id: str, target_project_id: str) -> Share:
        """See the contract."""
        self.projects.check(ctx, target_project_id)
        share_id = rows.ordered_id()

        def write(tx: Transaction) -> Share:
            zone = access.visible(ctx, zones.lock(tx, zone_id, ctx.project_id))
            self.enforcer.check(ctx, "share_zone", access.zone_target(zone))
            access.editable(zone)
            access.project(ctx)
            if target_project_id == zone.project_id:
                raise BadRequest("A zone cannot be shared with the project that owns it")
            if owners.still_owns(tx, zone_id, target_project_id):
                # With a share it could write what is its own no more.
                raise BadRequest(
                    "The zone was this project's; it can be shared with it once the recordsets"
                    " have followed to the new owner"
                )
            if shares.exists_for(tx, zone_id, target_project_id):
                raise DuplicateSharedZone
            share = Share(
                id=share_id,
                zone_id=zone_id,
                project_id=zone.project_id,
                target_project_id=target_project_id,
                created_at=tx.now,
            )
            zones.exclude_writers(tx, [zone.name_key])
            shares.add(tx, share)
            return share

        return self.store.write(write, zone_id=zone_id)

    def find(self, ctx: Context, zone_id: str, query: Query) -> Page[Share]:
        """See the contract."""
        self.enforcer.check(ctx, "find_zone_shares", access.owner_target(ctx.project_id))
        project, mine = access.scope(ctx), False
        with self.store.read() as connection:
            if not ctx.all_projects:
                zone = zones.get(connection, zone_id)
                facts = access.owner_target(zone.project_id if zone else None)
                own = {"target_project_id": ctx.project_id, "target_tenant_id": ctx.project_id}
                self.enforcer.check(ctx, "find_project_zone_share", facts | own)
                mine = zone is not None and zone.project_id == project
            # The list asks for the owner as well: the zone may change hands meanwhile.
            seen = {"owner" if mine else "target": project}
            return shares.find(connection, zone_id, query, **seen)

    def get(self, ctx: Context, zone_id: str, share_id: str) -> Share:
        """See the contract."""
        with self.store.read() as connection:
            share = shares.get(connection, zone_id, share_id, access.scope(ctx))
        if share is None:
            raise SharedZoneNotFound
        self.enforcer.check(ctx, "get_zone_share", _target(share))
        return share

    def delete(self, ctx: Context, zone_id: str, share_id: str) -> None:
        """See the contract."""

        began = self.store.now() - _SKEW
        with self.store.read() as connection:
            found = shares.get(connection, zone_id, share_id, access.scope(ctx))
            share = self._removable(ctx, found)
            zone = zones.get(connection, zone_id)
            # A large zone is not looked through with its writers excluded.
            used = zone and recordsets.has_of_project(connection, zone, share.target_project_id)

        def write(tx: Transaction) -> None:
            zone = zones.lock(tx, zone_id, ctx.project_id)
            found = shares.get(tx.connection, zone_id, share_id, access.scope(ctx))
            target = self._removable(ctx, found).target_project_id
            if zone is None:
                raise SharedZoneNotFound
            zones.exclude_writers(tx, [zone.name_key])
            if zones.has_descendants(tx, zone.name_key, target):
                raise SharedZoneHasSubZone("The project has zones below the shared one")
            if used or recordsets.has_of_project(tx.connection, zone, target, began):
                raise SharedZoneHasRecordSets("The project has recordsets in the shared zone")
            shares.remove(tx, share_id)

        self.store.write(write, zone_id=zone_id)

    def _removable(self, ctx: Context, share: Share | None) -> Share:
        if share is None:
            raise SharedZoneNotFound
        self.enforcer.check(ctx, "get_zone_share", _target(share))
        self.enforcer.check(ctx, "unshare_zone", _target(share))
        return share


def _target(share: Share) -> dict[str, Any]:
    return access.owner_target(
        share.project_id,
        zone_id=share.zone_id,
        target_project_id=share.target_project_id,
        target_tenant_id=share.target_project_id,
    )
