# SPDX-License-Identifier: Apache-2.0
"""Changing and deleting recordsets (API.md 7.4, 7.5)."""

from typing import Any

import pytest

from designate.errors import (
    BadRequest,
    Forbidden,
    InvalidObject,
    InvalidRecordSetLocation,
    InvalidTTL,
    OverQuota,
    RecordSetNotFound,
    ZoneNotFound,
)
from designate.model.context import Context
from designate.model.recordsets import RecordSet, RecordSetChange
from designate.model.zones import Zone, ZoneChange
from designate.storage import rows
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import ADMIN, Site, caller, without

MANAGER = caller("admins", "admin", "member", all_projects=True, edit_managed=True)
READER = caller("p1", "reader")


def put(site: Site, item: RecordSet, ctx: Context | None = None, **fields: Any) -> RecordSet:
    """Change a recordset, by default as a member of p1."""
    change = RecordSetChange(**fields)
    return site.central.recordsets.update(ctx or caller(), item.zone_id, item.id, change)


@pytest.fixture
def zone(site: Site) -> Zone:
    """A zone that its name servers serve."""
    made = site.zone()
    site.confirm(made)
    return made


@pytest.fixture
def www(site: Site, zone: Zone) -> RecordSet:
    """A recordset that they serve, too."""
    made = site.recordset(zone, "www", "A", "192.0.2.1", ttl=60, description="web")
    site.confirm(zone)
    return site.central.recordsets.get(caller(), zone.id, made.id)


def test_new_records_make_a_version(site: Site, www: RecordSet) -> None:
    """Fields that are not named keep their values; the order given is the order shown."""
    zone = site.fresh_of(www)
    after = put(site, www, records=["192.0.2.3", "192.0.2.1"])
    assert after.records == ["192.0.2.3", "192.0.2.1"]
    assert (after.status, after.action, after.version) == ("PENDING", "UPDATE", www.version + 1)
    changing = ("records", "status", "action", "version", "generation", "updated_at")
    assert without(after, *changing) == without(www, *changing)
    now = site.fresh(zone)
    assert (now.generation, now.serial) == (zone.generation + 1, zone.serial + 1)
    assert (now.record_count, now.recordset_count) == (2, 3)
    assert site.central.recordsets.get(caller(), zone.id, www.id) == after


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"description": None},
        {"records": ["192.0.2.1", "192.0.2.1"]},
        {"records": ["192.0.2.1"], "ttl": 60},
    ],
    ids=["touch", "description", "repeated", "echo"],
)
def test_what_dns_does_not_show_keeps_serial_and_status(
    site: Site, www: RecordSet, fields: dict[str, Any]
) -> None:
    """The version counts, the serial does not, and nothing is pending."""
    zone = site.fresh_of(www)
    after = put(site, www, **fields)
    assert (after.status, after.action, after.version) == ("ACTIVE", "NONE", www.version + 1)
    now = site.fresh(zone)
    assert (now.serial, now.generation) == (zone.serial, zone.generation + 1)
    assert now.status == "ACTIVE"


def test_another_spelling_is_shown_and_changes_nothing_in_dns(site: Site, zone: Zone) -> None:
    """The texts are the user's, the content is a set of wire rdata (3a.1)."""
    made = site.recordset(zone, "six", "AAAA", "2001:db8::1")
    serial = site.fresh(zone).serial
    after = put(site, made, records=["2001:DB8:0::1"])
    assert after.records == ["2001:DB8:0::1"]
    assert site.fresh(zone).serial == serial
    assert [item.id for item in site.listed(zone, data="2001:db8:0::1")] == [made.id]
    assert site.listed(zone, data="2001:db8::1") == []


def test_a_ttl_counts_where_it_changes_what_is_served(site: Site, zone: Zone) -> None:
    """The zone's TTL, named or inherited, is the same TTL."""
    made = site.recordset(zone, "www", "A", "192.0.2.1")
    serial = site.fresh(zone).serial
    assert put(site, made, ttl=3600).ttl == 3600
    assert site.fresh(zone).serial == serial
    put(site, made, ttl=60)
    assert site.fresh(zone).serial == serial + 1
    assert put(site, made, ttl=None).ttl is None
    assert site.fresh(zone).serial == serial + 2


def test_an_emptied_recordset_stays_without_records(site: Site, www: RecordSet) -> None:
    """DNS loses the records; the recordset itself has nothing that could be pending."""
    serial = site.fresh_of(www).serial
    after = put(site, www, records=[])
    assert (after.records, after.status, after.action) == ([], "ACTIVE", "NONE")
    zone = site.fresh_of(www)
    assert (zone.serial, zone.status, zone.record_count) == (serial + 1, "PENDING", 0)
    filled = put(site, www, records=["192.0.2.9"])
    assert (filled.status, filled.action) == ("PENDING", "UPDATE")


def test_every_update_goes_through_the_checks_of_creation(make_site: MakeSite) -> None:
    """Its own row is no neighbour: a CNAME may be changed where it stands."""
    site = make_site(min_ttl=60)
    zone = site.zone()
    alias = site.recordset(zone, "www", "CNAME", "a.b.")
    assert put(site, alias, records=["c.d."]).records == ["c.d."]
    with pytest.raises(BadRequest, match="more than 1"):
        put(site, alias, records=["a.b.", "c.d."])
    with pytest.raises(InvalidTTL):
        put(site, alias, ttl=59)
    with pytest.raises(InvalidObject):
        put(site, alias, records=["no name"])
    site.foreign("www.example.org.")
    with pytest.raises(InvalidRecordSetLocation):
        put(site, alias, description="in a child now")


def test_quotas_count_the_new_records(site: Site, www: RecordSet) -> None:
    """What is over its limit already cannot be written again, only made smaller."""
    put(site, www, records=["192.0.2.1", "192.0.2.2", "192.0.2.3"])
    site.limit("p1", recordset_records=2, zone_records=2)
    with pytest.raises(OverQuota, match=r"zone_records, recordset_records\."):
        put(site, www, description="x")
    assert len(put(site, www, records=["192.0.2.1", "192.0.2.2"]).records) == 2


def test_of_two_broken_rules_of_an_update_the_earlier_is_told(site: Site, zone: Zone) -> None:
    """The order is that of API.md 7.4, until the placement checks, which creation has, too."""
    site.limit("p1", zone_records=0)
    ns, soa = site.apex(zone, "NS"), site.apex(zone, "SOA")
    empty = site.recordset(zone, "www", "A")
    bad: dict[str, Any] = {"records": ["bad"]}
    site.central.zones.delete(caller(), zone.id)
    with pytest.raises(BadRequest, match="Managed"):
        put(site, ns, READER, **bad)
    with pytest.raises(BadRequest, match="SOA"):
        put(site, soa, MANAGER, **bad)
    with pytest.raises(BadRequest, match="apex"):
        put(site, ns, MANAGER, **bad)
    with pytest.raises(InvalidObject):
        put(site, empty, READER, **bad)
    with pytest.raises(BadRequest, match="deleted"):
        put(site, empty, READER, records=["192.0.2.1"])
    site.change(zone, action="NONE")
    with pytest.raises(Forbidden):
        put(site, empty, READER, records=["192.0.2.1"])
    with pytest.raises(OverQuota):
        put(site, empty, records=["192.0.2.1"])


def test_what_is_not_there_is_told_first(site: Site, www: RecordSet) -> None:
    """An unknown recordset, and one that stands in another zone; of an unknown zone, the zone."""
    other = site.zone("other.example.")
    for zone_id, recordset_id, missing in (
        (other.id, www.id, RecordSetNotFound),
        (www.zone_id, rows.new_id(), RecordSetNotFound),
        (rows.new_id(), www.id, ZoneNotFound),
    ):
        with pytest.raises(missing):
            site.central.recordsets.update(caller(), zone_id, recordset_id, RecordSetChange())
        with pytest.raises(missing):
            site.central.recordsets.delete(caller(), zone_id, recordset_id)
        with pytest.raises(missing):
            site.central.recordsets.get(caller(), zone_id, recordset_id)


def test_outsiders_see_no_zone(site: Site, www: RecordSet) -> None:
    """Unrelated projects learn nothing from PUT, DELETE and GET: it is as if there were no zone."""
    with pytest.raises(ZoneNotFound):
        site.central.recordsets.get(caller("p3"), rows.new_id(), www.id)
    with pytest.raises(ZoneNotFound):
        put(site, www, caller("p3"))
    with pytest.raises(ZoneNotFound):
        site.central.recordsets.delete(caller("p3"), www.zone_id, www.id)
    with pytest.raises(ZoneNotFound):
        site.central.recordsets.get(caller("p3"), www.zone_id, www.id)


# -- deleting ---------------------------------------------------------------------------------


def test_a_deleted_recordset_is_gone_at_once(site: Site, www: RecordSet) -> None:
    """The reply shows it as it was, with action DELETE; its place is free."""
    zone = site.fresh_of(www)
    gone = site.central.recordsets.delete(caller(), www.zone_id, www.id)
    assert (gone.status, gone.action, gone.version) == ("PENDING", "DELETE", www.version + 1)
    assert gone.records == www.records
    with pytest.raises(RecordSetNotFound):
        site.central.recordsets.get(caller(), www.zone_id, www.id)
    now = site.fresh(zone)
    assert (now.serial, now.recordset_count, now.record_count) == (zone.serial + 1, 2, 0)
    assert site.listed(zone, data="192.0.2.1") == []
    assert site.recordset(zone, "www", "A", "192.0.2.1").id != www.id


def test_of_two_reasons_against_a_deletion_the_earlier_is_told(site: Site, zone: Zone) -> None:
    """The order is that of API.md 7.5: SOA, catalog, deleting, policy, managed."""
    ns, soa = site.apex(zone, "NS"), site.apex(zone, "SOA")
    delete = site.central.recordsets.delete
    with pytest.raises(BadRequest, match="SOA"):
        delete(READER, zone.id, soa.id)
    site.change(zone, type="CATALOG", action="DELETE")
    with pytest.raises(Forbidden, match="Catalog"):
        delete(READER, zone.id, ns.id)
    site.change(zone, type="PRIMARY", action="DELETE")
    with pytest.raises(BadRequest, match="deleted"):
        delete(READER, zone.id, ns.id)
    site.change(zone, action="NONE")
    with pytest.raises(Forbidden):
        delete(READER, zone.id, ns.id)
    with pytest.raises(BadRequest, match="Managed"):
        delete(caller(), zone.id, ns.id)


def test_an_admin_may_delete_the_apex_ns(site: Site, zone: Zone) -> None:
    """Then members may make and delete one, but not change it; records of managed sets are free."""
    ns = site.apex(zone, "NS")
    site.central.recordsets.delete(MANAGER, zone.id, ns.id)
    assert site.fresh(zone).record_count == 0
    own = site.recordset(zone, "@", "NS", "ns.example.net.")
    with pytest.raises(BadRequest, match="apex"):
        put(site, own, records=["ns2.example.net."])
    site.central.recordsets.delete(caller(), zone.id, own.id)
    assert site.fresh(zone).record_count == 0


def test_a_recordset_without_records_leaves_no_trace_in_dns(site: Site, zone: Zone) -> None:
    """Deleting it keeps the serial."""
    empty = site.recordset(zone, "www", "A")
    site.central.recordsets.delete(caller(), zone.id, empty.id)
    assert site.fresh(zone).serial == zone.serial


# -- status -----------------------------------------------------------------------------------


def test_the_soa_changes_with_every_version(site: Site, zone: Zone) -> None:
    """Whoever asks for it, and however, sees it wait with the rest."""
    site.recordset(zone, "www", "A", "192.0.2.1")
    site.central.zones.update(caller(), zone.id, ZoneChange(email="n@x.org"))
    soa = site.apex(zone, "SOA")
    assert (soa.status, soa.action) == ("PENDING", "UPDATE")
    query = site.everywhere(type="SOA")
    assert query == [soa]
    assert {item.type for item in site.listed(zone, status="PENDING")} == {"SOA", "A"}
    assert {item.type for item in site.everywhere(status="PENDING")} == {"SOA", "A"}
    assert [item.type for item in site.listed(zone, action="UPDATE")] == ["SOA"]
    site.confirm(zone)
    assert {item.status for item in site.everywhere()} == {"ACTIVE"}


def test_a_failing_zone_shows_in_what_waits(site: Site, zone: Zone) -> None:
    """ERROR is for what is not served yet; what is served stays ACTIVE."""
    site.recordset(zone, "www", "A", "192.0.2.1")
    site.change(zone, status="ERROR")
    shown = {item.type: item.status for item in site.listed(zone)}
    assert shown == {"SOA": "ERROR", "NS": "ACTIVE", "A": "ERROR"}
    assert [item.type for item in site.listed(zone, status="ACTIVE")] == ["NS"]
    assert {item.type for item in site.everywhere(status="ERROR")} == {"SOA", "A"}


def test_lists_over_zones_show_what_the_project_made(site: Site, zone: Zone) -> None:
    """Not what others made in its zones, and not the zones shared with it."""
    site.share(zone, "p2")
    theirs = site.recordset(zone, "theirs", "A", ctx=caller("p2"))
    assert [item.id for item in site.everywhere(ctx=caller("p2"))] == [theirs.id]
    assert {item.type for item in site.everywhere(ctx=caller("p1"))} == {"SOA", "NS"}
    assert len(site.everywhere(ctx=ADMIN)) == 3
