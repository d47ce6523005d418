# SPDX-License-Identifier: Apache-2.0
"""Who sees a zone, and what policy is told of it (API.md sections 2.5 and 25.1)."""

from typing import Any

from designate.errors import BadRequest, Forbidden, MissingProject, ZoneNotFound
from designate.model.context import Context
from designate.model.transfer_requests import TransferRequest
from designate.model.zones import CATALOG, DELETE, Zone


def visible(ctx: Context, zone: Zone | None) -> Zone:
    """Return the zone if its owner, a sharee or all-projects asks; raises ZoneNotFound."""
    if zone is None:
        raise ZoneNotFound
    owned = zone.project_id is not None and zone.project_id == ctx.project_id
    if owned or zone.shared_with_caller or ctx.all_projects:
        return zone
    raise ZoneNotFound


def editable(zone: Zone) -> None:
    """Raise Forbidden for a catalog zone and BadRequest for one that is being deleted."""
    if zone.type == CATALOG:
        raise Forbidden("Catalog zones are managed by the service")
    if zone.action == DELETE:
        raise BadRequest("The zone is being deleted")


def project(ctx: Context) -> str:
    """The project acted for; raises MissingProject."""
    if not ctx.project_id:
        raise MissingProject
    return ctx.project_id


def owner_target(project_id: str | None, **facts: Any) -> dict[str, Any]:
    """What policy is told: the owner under both its names, and more facts."""
    return {"project_id": project_id, "tenant_id": project_id, **facts}


def zone_target(zone: Zone) -> dict[str, Any]:
    """What policy is told of a zone."""
    return owner_target(
        zone.project_id,
        zone_id=zone.id,
        zone_name=zone.name,
        zone_type=zone.type,
        zone_shared=zone.shared_with_caller,
    )


def request_target(request: TransferRequest) -> dict[str, Any]:
    """What policy is told of a transfer request."""
    return owner_target(
        request.project_id,
        zone_id=request.zone_id,
        target_project_id=request.target_project_id,
        target_tenant_id=request.target_project_id,
    )


def scope(ctx: Context) -> str | None:
    """The project whose objects a list shows; None for those of all projects."""
    return None if ctx.all_projects else ctx.project_id or ""
