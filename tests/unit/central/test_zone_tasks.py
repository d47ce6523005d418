# SPDX-License-Identifier: Apache-2.0
"""What is done to a zone as a whole: abandon, move to a pool, transfer in (API.md section 11)."""

from functools import partial

import pytest
from sqlalchemy import func, select

from designate.errors import (
    BadRequest,
    DesignateError,
    DuplicateZone,
    Forbidden,
    NoServersConfigured,
    OverQuota,
    ZoneHasSubZone,
    ZoneIsShared,
    ZoneNotFound,
)
from designate.model.pools import Nameserver, NsRecord
from designate.model.zones import Zone
from designate.storage import rows, servers, versions, work, zones
from designate.storage.servers import DOUBT, NAMESERVER, PRESENT, TARGET, ServerRow
from designate.storage.tables import journal
from designate.worker.ledger import Ledger
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import ADMIN, DEFAULT_POOL, OTHER_POOL, Site, caller

OWN_ADMIN = caller("p1", "admin")
NS = [NsRecord(priority=1, hostname="ns9.pool."), NsRecord(priority=2, hostname="ns1.pool.")]
SERVER = Nameserver(host="192.0.2.9")


def target_row(zone: Zone) -> ServerRow:
    """A server that has the zone."""
    return ServerRow(
        zone_id=zone.id,
        role=TARGET,
        server="bind9/192.0.2.1#53",
        pool_id=zone.pool_id,
        name_key=zone.name_key,
        state=PRESENT,
        config_version=1,
    )


def on_target(site: Site, zone: Zone) -> None:
    """Let a server have the zone."""
    site.store.write(lambda tx: servers.put(tx, [target_row(zone)]))


def facts(site: Site, zone: Zone) -> servers.Facts:
    """What is known of the zone's name on servers."""
    with site.store.read() as connection:
        return servers.load(connection, [zone.name_key], {})[zone.name_key]


def other_pool(site: Site, **fields: object) -> None:
    """A pool that zones may be moved to."""
    site.pool(OTHER_POOL, "other", **{"ns_records": NS, "nameservers": [SERVER], **fields})
    site.tsigkey(OTHER_POOL)


def outcome(work: object) -> type[DesignateError] | None:
    """How a call is refused; None where it is not."""
    try:
        work()  # type: ignore[operator]
    except DesignateError as error:
        return type(error)
    return None


# -- abandon ----------------------------------------------------------------------------------


def test_an_abandoned_zone_is_gone_at_once_and_stays_on_servers(site: Site) -> None:
    """No work is left that would remove it there, and its name and its quota are free."""
    site.limit("p1", zones=1)
    zone = site.zone()
    on_target(site, zone)
    site.central.zones.abandon(OWN_ADMIN, zone.id)
    with pytest.raises(ZoneNotFound):
        site.central.zones.get(ADMIN, zone.id)
    assert (facts(site, zone).incarnations, facts(site, zone).rows) == ((), ())
    again = site.zone()
    assert again.serial > zone.serial
    with pytest.raises(OverQuota):
        site.zone("b.example.")


def test_who_works_on_an_abandoned_zone_loses_it(site: Site) -> None:
    """What a call that was under way has come to is not written."""
    zone = site.zone()
    (claim,) = site.store.write(lambda tx: work.claim(tx, [zone.name_key], rows.new_id(), 2e9))
    site.central.zones.abandon(OWN_ADMIN, zone.id)
    held = {zone.name_key: claim.token}
    assert site.store.write(lambda tx: work.fence(tx, held)) == set()


def test_what_a_server_was_told_late_of_an_abandoned_zone_is_left_there(site: Site) -> None:
    """No row says that it is to be removed; of a zone that was deleted one does."""
    for name, end in (("left.example.", "abandon"), ("gone.example.", "delete")):
        zone = site.zone(name)
        ledger = Ledger(site.store)
        (claim,), _ = ledger.claim([zone.name_key])
        getattr(site.central.zones, end)(OWN_ADMIN, zone.id)
        site.store.write(partial(work.take_back, name_key=zone.name_key))
        if end == "delete":
            site.store.write(partial(zones.finish_delete, zone_id=zone.id))
        lost = ledger.record({zone.name_key: claim.token}, [target_row(zone)], [])
        assert lost == {zone.name_key}
        states = [row.state for row in facts(site, zone).rows]
        assert states == ([] if end == "abandon" else [DOUBT])


def test_a_stuck_deletion_is_ended_by_abandoning(site: Site) -> None:
    """However long its servers are away; the journal says who has done it."""
    zone = site.zone()
    site.central.zones.delete(caller(), zone.id)
    site.central.zones.abandon(OWN_ADMIN, zone.id)
    with site.store.read() as connection:
        last = connection.execute(
            select(journal.c.comment, journal.c.project_id).order_by(journal.c.generation.desc())
        ).first()
    assert last == ("The zone was abandoned", "p1")


def test_the_first_reason_not_to_abandon_is_told(site: Site) -> None:
    """Forbidden before the zone is looked for; then hidden, catalog, shared, parent."""
    zone = site.zone()
    abandon = site.central.zones.abandon
    for ctx in (caller(), caller("p1", "reader"), caller("p3")):
        assert outcome(lambda ctx=ctx: abandon(ctx, rows.new_id())) is Forbidden
    assert outcome(lambda: abandon(caller("admins", "admin"), zone.id)) is ZoneNotFound
    site.share(zone, "p2")
    child = site.zone("a.example.org.")
    assert outcome(lambda: abandon(OWN_ADMIN, zone.id)) is ZoneIsShared
    removing = caller("p1", "admin", delete_shares=True)
    assert outcome(lambda: abandon(removing, zone.id)) is ZoneHasSubZone
    abandon(OWN_ADMIN, child.id)
    abandon(removing, zone.id)
    catalog = site.zone("catalog.example.")
    site.change(catalog, type="CATALOG")
    assert outcome(lambda: abandon(OWN_ADMIN, catalog.id)) is Forbidden


# -- move to a pool ---------------------------------------------------------------------------


def test_a_zone_moves_in_one_version(site: Site) -> None:
    """With the NS set and the primary of its new pool, which has served nothing of it yet."""
    other_pool(site)
    zone = site.zone()
    on_target(site, zone)
    site.confirm(zone)
    site.central.zones.move(OWN_ADMIN, zone.id, OTHER_POOL)
    after = site.fresh(zone)
    assert (after.pool_id, after.mname, after.status) == (OTHER_POOL, "ns9.pool.", "PENDING")
    assert (after.generation, after.serial) == (zone.generation + 1, zone.serial + 1)
    assert after.confirmed_generation == zone.generation
    ns = site.apex(zone, "NS")
    assert (ns.records, ns.status) == (["ns9.pool.", "ns1.pool."], "PENDING")
    assert site.apex(zone, "SOA").records[0].startswith("ns9.pool. ")
    known = {(row.role, row.server): row for row in facts(site, zone).rows}
    assert (known["target", "bind9/192.0.2.1#53"].state, len(known)) == (PRESENT, 2)
    seen = known["nameserver", SERVER.key]
    assert (seen.generation, seen.joined) == (0, True)
    found = site.central.nameservers.find(caller(), zone.id)
    assert [server.hostname for server in found] == ["ns9.pool.", "ns1.pool."]
    assert not site.pools.run_next()


def test_a_zone_moves_between_pools_that_look_alike(site: Site) -> None:
    """Their servers differ, so the new ones must be seen to serve a serial of their own."""
    other_pool(site, ns_records=site.pool(DEFAULT_POOL, "default").ns_records)
    zone = site.zone()
    site.confirm(zone)
    site.central.zones.move(OWN_ADMIN, zone.id, OTHER_POOL)
    after = site.fresh(zone)
    assert (after.serial, after.status) == (zone.serial + 1, "PENDING")


def test_a_secondary_zone_moves_with_what_its_master_says(site: Site) -> None:
    """NS records and SOA stay; new servers are to be seen to serve it at the serial it has."""
    other_pool(site)
    zone = site.zone()
    on_target(site, zone)
    site.confirm(zone)
    site.change(zone, type="SECONDARY", transferred_at=site.clock.moment)
    before = site.apex(zone, "NS"), site.apex(zone, "SOA").records
    site.central.zones.move(OWN_ADMIN, zone.id, OTHER_POOL)
    after = site.fresh(zone)
    assert (site.apex(zone, "NS"), site.apex(zone, "SOA").records) == before
    assert (after.pool_id, after.mname, after.serial) == (OTHER_POOL, zone.mname, zone.serial)
    assert (after.status, after.action) == ("PENDING", "UPDATE")
    assert after.confirmed_generation == zone.generation == after.generation - 1
    assert [row.generation for row in facts(site, zone).rows if row.role == NAMESERVER] == [0]
    with site.store.read() as connection:
        found = versions.generation_of(connection, zone.id, zone.serial)
    assert found == after.generation
    assert not site.pools.run_next()


def test_a_secondary_zone_moves_before_its_first_transfer(site: Site) -> None:
    """It is on no server, and goes on waiting to be made."""
    other_pool(site)
    zone = site.zone(type="SECONDARY", email="", masters=["192.0.2.1"])
    site.central.zones.move(OWN_ADMIN, zone.id, OTHER_POOL)
    after = site.fresh(zone)
    assert (after.pool_id, after.mname, after.serial) == (OTHER_POOL, zone.mname, zone.serial)
    assert (after.status, after.action) == (zone.status, zone.action) == ("PENDING", "CREATE")
    assert [item.type for item in site.listed(zone)] == ["SOA"]


def test_the_scheduler_chooses_where_nobody_does(make_site: MakeSite) -> None:
    """By the zone's attributes; the pool that it is in is no answer."""
    site = make_site(scheduler=["attribute", "in_doubt_default_pool"])
    other_pool(site, attributes={"tier": "gold"})
    site.pool(DEFAULT_POOL, "default", attributes={"tier": "tin"})
    zone = site.zone(attributes={"tier": "tin"})
    assert outcome(lambda: site.central.zones.move(OWN_ADMIN, zone.id, None)) is BadRequest
    site.change(zone, attributes='{"tier":"gold"}')
    site.central.zones.move(OWN_ADMIN, zone.id, None)
    assert site.fresh(zone).pool_id == OTHER_POOL


def test_the_first_reason_not_to_move_is_told(site: Site) -> None:
    """Hidden, forbidden; the pool the same, unknown, without key, without NS; deleted; taken."""
    zone, move = site.zone(), site.central.zones.move
    site.share(zone, "p2")

    def refused(ctx: object, pool_id: str | None) -> type[DesignateError] | None:
        return outcome(lambda: move(ctx, zone.id, pool_id))  # type: ignore[arg-type]

    for ctx in (caller("p3"), caller("admins", "admin")):
        assert refused(ctx, DEFAULT_POOL) is ZoneNotFound
    for ctx in (caller(), caller("p1", "reader"), caller("p2")):
        assert refused(ctx, DEFAULT_POOL) is Forbidden
    for pool_id in (DEFAULT_POOL, None, rows.new_id()):
        assert refused(OWN_ADMIN, pool_id) is BadRequest
    site.pool(OTHER_POOL, "other", ns_records=[])
    assert refused(OWN_ADMIN, OTHER_POOL) is BadRequest
    site.tsigkey(OTHER_POOL)
    assert refused(OWN_ADMIN, OTHER_POOL) is NoServersConfigured
    site.pool(OTHER_POOL, "other")
    site.foreign(zone.name, "p1", OTHER_POOL)
    assert refused(OWN_ADMIN, OTHER_POOL) is DuplicateZone
    assert site.fresh(zone) == site.central.zones.get(ADMIN, zone.id)
    assert site.fresh(zone).pool_id == DEFAULT_POOL
    site.change(zone, action="DELETE")
    with pytest.raises(BadRequest, match="deleted"):
        move(OWN_ADMIN, zone.id, OTHER_POOL)


# -- transfer in ------------------------------------------------------------------------------


def test_only_a_secondary_zone_is_transferred_in(site: Site) -> None:
    """Hidden, forbidden, deleted, primary: in this order; else the worker hears of it."""
    zone, xfr = site.zone(), site.central.zones.transfer_in
    site.share(zone, "p2")
    for ctx in (caller("p3"), caller("admins", "admin")):
        assert outcome(lambda ctx=ctx: xfr(ctx, zone.id)) is ZoneNotFound
    for ctx in (caller("p1", "reader"), caller("p2")):
        assert outcome(lambda ctx=ctx: xfr(ctx, zone.id)) is Forbidden
    assert outcome(lambda: xfr(caller(), zone.id)) is BadRequest
    site.change(zone, type="SECONDARY")
    heard: list[frozenset[str]] = []
    site.store.subscribe(heard.append)
    xfr(caller(), zone.id)
    assert heard == [frozenset({zone.name_key})]
    site.change(zone, action="DELETE")
    with pytest.raises(BadRequest, match="deleted"):
        xfr(caller(), zone.id)


def test_a_task_that_is_refused_leaves_nothing(site: Site) -> None:
    """Neither a version nor a row."""
    zone = site.zone()
    with pytest.raises(BadRequest):
        site.central.zones.transfer_in(caller(), zone.id)
    with pytest.raises(BadRequest):
        site.central.zones.move(OWN_ADMIN, zone.id, DEFAULT_POOL)
    assert site.fresh(zone) == zone
    with site.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(journal)).scalar() == 1
