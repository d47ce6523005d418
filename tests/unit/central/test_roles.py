# SPDX-License-Identifier: Apache-2.0
"""What each caller may do with a zone of p1 that is shared with p2 (API.md section 33).

A cell is the error that the caller gets, or None. Sharees need the member role to create
recordsets, which upstream does not ask of them (API.md section 30, I3).
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from designate.errors import (
    BadRequest,
    DesignateError,
    Forbidden,
    InvalidTokenScope,
    MissingProject,
    SharedZoneNotFound,
    ZoneIsShared,
    ZoneNotFound,
)
from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.recordsets import NewRecordSet, RecordSet, RecordSetChange
from designate.model.shares import Share
from designate.model.transfer_requests import NewTransferRequest
from designate.model.zones import NewZone, Zone, ZoneChange
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import ADMIN, OTHER_POOL, Site, caller

CALLERS = {
    "admin elsewhere": caller("admins", "admin", "member", "reader"),
    "admin of all": ADMIN,
    "owner member": caller("p1"),
    "owner reader": caller("p1", "reader"),
    "sharee member": caller("p2"),
    "sharee reader": caller("p2", "reader"),
    "unrelated": caller("p3"),
}
HIDDEN = ZoneNotFound


@dataclass
class Scene:
    """The zone, and a recordset of each kind in it."""

    site: Site
    zone: Zone
    own: RecordSet
    sharees: RecordSet
    managed: RecordSet

    def act(self, operation: str, ctx: Context) -> None:
        """Do what a row of the table is named after."""
        OPERATIONS[operation](self, ctx)


def put(scene: Scene, ctx: Context, item: RecordSet) -> None:
    scene.site.central.recordsets.update(ctx, scene.zone.id, item.id, RecordSetChange())


def remove(scene: Scene, ctx: Context, item: RecordSet) -> None:
    scene.site.central.recordsets.delete(ctx, scene.zone.id, item.id)


def post(scene: Scene, ctx: Context) -> None:
    new = NewRecordSet(name="new.example.org.", type="A", records=["192.0.2.1"])
    scene.site.central.recordsets.create(ctx, scene.zone.id, new)


def post_on_secondary(scene: Scene, ctx: Context) -> None:
    scene.site.change(scene.zone, type="SECONDARY")
    post(scene, ctx)


def pool_move(scene: Scene, ctx: Context) -> None:
    scene.site.pool(OTHER_POOL, "other")
    scene.site.tsigkey(OTHER_POOL)
    scene.site.central.zones.move(ctx, scene.zone.id, OTHER_POOL)


def xfr(scene: Scene, ctx: Context) -> None:
    scene.site.change(scene.zone, type="SECONDARY")
    scene.site.central.zones.transfer_in(ctx, scene.zone.id)


def share(scene: Scene, ctx: Context) -> None:
    scene.site.central.shares.create(ctx, scene.zone.id, "p4")


def shares(scene: Scene, ctx: Context) -> Page[Share]:
    return scene.site.central.shares.find(ctx, scene.zone.id, Query())


def share_item(scene: Scene, ctx: Context) -> None:
    (found,) = shares(scene, ADMIN).items
    scene.site.central.shares.get(ctx, scene.zone.id, found.id)


def listed(scene: Scene, ctx: Context) -> None:
    """Not an error but an absence; told as one."""
    if scene.zone.id not in [zone.id for zone in scene.site.central.zones.find(ctx, Query()).items]:
        raise ZoneNotFound


OPERATIONS: dict[str, Callable[[Scene, Context], object]] = {
    "GET zone": lambda scene, ctx: scene.site.central.zones.get(ctx, scene.zone.id),
    "zone in GET zones": listed,
    "PATCH zone": lambda scene, ctx: scene.site.central.zones.update(
        ctx, scene.zone.id, ZoneChange()
    ),
    "DELETE zone": lambda scene, ctx: scene.site.central.zones.delete(ctx, scene.zone.id),
    "GET nameservers": lambda scene, ctx: scene.site.central.nameservers.find(ctx, scene.zone.id),
    "GET recordsets": lambda scene, ctx: scene.site.central.recordsets.find(
        ctx, scene.zone.id, Query()
    ),
    "GET recordset": lambda scene, ctx: scene.site.central.recordsets.get(
        ctx, scene.zone.id, scene.own.id
    ),
    "POST recordset": post,
    "POST recordset, SECONDARY": post_on_secondary,
    "PUT owner's": lambda scene, ctx: put(scene, ctx, scene.own),
    "DELETE owner's": lambda scene, ctx: remove(scene, ctx, scene.own),
    "PUT sharee's": lambda scene, ctx: put(scene, ctx, scene.sharees),
    "DELETE sharee's": lambda scene, ctx: remove(scene, ctx, scene.sharees),
    "PUT managed": lambda scene, ctx: put(scene, ctx, scene.managed),
    "DELETE managed": lambda scene, ctx: remove(scene, ctx, scene.managed),
    "POST abandon": lambda scene, ctx: scene.site.central.zones.abandon(ctx, scene.zone.id),
    "POST pool_move": pool_move,
    "POST xfr": xfr,
    "POST transfer request": lambda scene, ctx: scene.site.central.transfer_requests.create(
        ctx, scene.zone.id, NewTransferRequest()
    ),
    "POST share": share,
    "GET shares": shares,
    "GET share item": share_item,
    "POST export": lambda scene, ctx: scene.site.central.exports.create(ctx, scene.zone.id),
}
Cell = type[DesignateError] | None
MATRIX: dict[str, tuple[Cell, ...]] = {
    "GET zone": (HIDDEN, None, None, None, None, None, HIDDEN),
    "zone in GET zones": (HIDDEN, None, None, None, None, None, HIDDEN),
    "PATCH zone": (HIDDEN, None, None, Forbidden, Forbidden, Forbidden, HIDDEN),
    "DELETE zone": (
        HIDDEN,
        ZoneIsShared,
        ZoneIsShared,
        Forbidden,
        Forbidden,
        Forbidden,
        HIDDEN,
    ),
    "GET nameservers": (HIDDEN, None, None, None, Forbidden, Forbidden, HIDDEN),
    "GET recordsets": (HIDDEN, None, None, None, None, None, HIDDEN),
    "GET recordset": (HIDDEN, None, None, None, None, None, HIDDEN),
    "POST recordset": (HIDDEN, None, None, Forbidden, None, Forbidden, HIDDEN),
    "POST recordset, SECONDARY": (
        HIDDEN,
        None,
        Forbidden,
        Forbidden,
        Forbidden,
        Forbidden,
        HIDDEN,
    ),
    "PUT owner's": (HIDDEN, None, None, Forbidden, Forbidden, Forbidden, HIDDEN),
    "DELETE owner's": (HIDDEN, None, None, Forbidden, Forbidden, Forbidden, HIDDEN),
    "PUT sharee's": (HIDDEN, None, None, Forbidden, None, Forbidden, HIDDEN),
    "DELETE sharee's": (HIDDEN, None, None, Forbidden, None, Forbidden, HIDDEN),
    "PUT managed": (
        HIDDEN,
        BadRequest,
        BadRequest,
        BadRequest,
        BadRequest,
        BadRequest,
        HIDDEN,
    ),
    "DELETE managed": (HIDDEN, BadRequest, BadRequest, Forbidden, Forbidden, Forbidden, HIDDEN),
    # A zone that is shared is not abandoned: the row is about who may.
    "POST abandon": (
        HIDDEN,
        ZoneIsShared,
        Forbidden,
        Forbidden,
        Forbidden,
        Forbidden,
        Forbidden,
    ),
    "POST pool_move": (HIDDEN, None, Forbidden, Forbidden, Forbidden, Forbidden, HIDDEN),
    "POST xfr": (HIDDEN, None, None, Forbidden, Forbidden, Forbidden, HIDDEN),
    "POST transfer request": (HIDDEN, None, None, Forbidden, Forbidden, Forbidden, HIDDEN),
    "POST share": (HIDDEN, None, None, Forbidden, Forbidden, Forbidden, HIDDEN),
    # A reader of the owner sees them (I15).
    "GET shares": (None, None, None, None, None, Forbidden, None),
    "GET share item": (
        SharedZoneNotFound,
        None,
        None,
        Forbidden,
        Forbidden,
        Forbidden,
        SharedZoneNotFound,
    ),
    "POST export": (HIDDEN, None, None, Forbidden, Forbidden, Forbidden, HIDDEN),
}


@pytest.mark.parametrize("operation", MATRIX)
def test_each_caller_may_what_the_table_says(make_site: MakeSite, operation: str) -> None:
    """The outcome is told by role, project, share and switch, and by nothing else."""
    outcomes: list[Cell] = []
    for ctx in CALLERS.values():
        site = make_site()
        zone = site.zone()
        site.share(zone, "p2")
        scene = Scene(
            site,
            zone,
            site.recordset(zone, "own", "A", "192.0.2.1"),
            site.recordset(zone, "theirs", "A", "192.0.2.1", ctx=caller("p2")),
            site.apex(zone, "NS"),
        )
        try:
            scene.act(operation, ctx)
        except DesignateError as error:
            outcomes.append(type(error))
        else:
            outcomes.append(None)
    assert dict(zip(CALLERS, outcomes, strict=True)) == dict(
        zip(CALLERS, MATRIX[operation], strict=True)
    )


def test_without_a_role_nothing_is_listed(site: Site) -> None:
    """On a zone of the own project that is Forbidden, on others' it is not found."""
    zone = site.zone()
    nobody = caller("p1", "none")
    for ask in (
        lambda: site.central.zones.find(nobody, Query()),
        lambda: site.central.zones.get(nobody, zone.id),
        lambda: site.central.recordsets.find_all(nobody, Query()),
        lambda: site.central.imports.find(nobody, Query()),
        lambda: site.central.exports.find(nobody, Query()),
    ):
        with pytest.raises(Forbidden):
            ask()
    with pytest.raises(ZoneNotFound):
        site.central.zones.get(caller("p3", "none"), zone.id)


def test_a_sharee_without_roles_sees_the_zone(site: Site) -> None:
    """The share gives sight of the zone and of a recordset, not of lists."""
    zone = site.zone()
    site.share(zone, "p2")
    www = site.recordset(zone, "www", "A", "192.0.2.1")
    nobody = caller("p2", "none")
    assert site.central.zones.get(nobody, zone.id).shared
    assert site.central.recordsets.get(nobody, zone.id, www.id) == www
    with pytest.raises(Forbidden):
        site.central.recordsets.find(nobody, zone.id, Query())


def test_a_system_token_is_no_token_for_zones(site: Site) -> None:
    """The rules are of project scope; limits have no rule."""
    system = caller(None, "admin", "member", "reader", system_scope="all")
    with pytest.raises(InvalidTokenScope):
        site.central.zones.find(system, Query())
    with pytest.raises(InvalidTokenScope):
        site.zone(ctx=system)
    assert site.central.limits.get(system).max_zones == 10


def test_a_token_without_project_owns_nothing(site: Site) -> None:
    """Reads show nothing, creations have nobody to belong to."""
    site.zone()
    nobody = caller(None)
    assert site.central.zones.find(nobody, Query()).items == []
    assert site.central.recordsets.find_all(nobody, Query()).items == []
    with pytest.raises(MissingProject):
        site.zone("b.example.", ctx=nobody)
    with pytest.raises(MissingProject):
        site.central.imports.create(nobody, [b"$ORIGIN x."], {})


def test_an_unknown_role_gives_nothing(site: Site) -> None:
    """Only the roles that rules name count."""
    with pytest.raises(Forbidden):
        site.central.zones.create(
            caller("p1", "observer"), NewZone(name="a.b.", email="x@example.org")
        )
