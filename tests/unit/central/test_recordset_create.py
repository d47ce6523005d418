# SPDX-License-Identifier: Apache-2.0
"""Creating recordsets: every check, in the order of API.md 7.3, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations

import pytest

from designate.errors import (
    BadRequest,
    DuplicateRecordSet,
    Forbidden,
    InvalidObject,
    InvalidRecordSetLocation,
    InvalidRecordSetName,
    InvalidTTL,
    OverQuota,
    ZoneNotFound,
)
from designate.model.context import Context
from designate.model.recordsets import NewRecordSet
from designate.model.zones import Zone
from designate.storage import rows
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import ADMIN, OTHER_POOL, Site, caller

ZONE = "example.org."


@dataclass
class Attempt:
    """A request that would succeed, to be spoilt."""

    site: Site
    zone: Zone
    ctx: Context = field(default_factory=lambda: caller("p1"))
    name: str = f"www.{ZONE}"
    type: str = "CNAME"
    records: list[str] = field(default_factory=lambda: ["target.example.net."])
    ttl: int | None = None

    def run(self) -> None:
        """Ask."""
        new = NewRecordSet(name=self.name, type=self.type, records=self.records, ttl=self.ttl)
        self.site.central.recordsets.create(self.ctx, self.zone.id, new)


def bad_record(attempt: Attempt) -> None:
    attempt.records = ["not a name"]


def a_soa(attempt: Attempt) -> None:
    attempt.type = "SOA"
    attempt.records = [text for text in attempt.records if " " in text]


def misplaced_tlsa(attempt: Attempt) -> None:
    attempt.type = "TLSA"
    attempt.records = [text for text in attempt.records if " " in text]


def invisible(attempt: Attempt) -> None:
    attempt.ctx = caller("p3", *attempt.ctx.roles)


def deleting(attempt: Attempt) -> None:
    attempt.site.change(attempt.zone, action="DELETE")


def forbidden(attempt: Attempt) -> None:
    attempt.ctx = caller(attempt.ctx.project_id, "reader")


def too_many_recordsets(attempt: Attempt) -> None:
    attempt.site.limit("p1", zone_recordsets=2)


def low_ttl(attempt: Attempt) -> None:
    attempt.ttl = 59


def long_name(attempt: Attempt) -> None:
    attempt.name = f"{'x' * 40}.{attempt.name}"


def outside(attempt: Attempt) -> None:
    attempt.name = attempt.name.replace(".example.", ".anexample.")


def at_the_apex(attempt: Attempt) -> None:
    attempt.name = attempt.zone.name


def beside_others(attempt: Attempt) -> None:
    attempt.site.recordset(attempt.zone, "www", "A", ctx=ADMIN)


def in_a_child(attempt: Attempt) -> None:
    attempt.site.foreign(f"WWW.{ZONE}")


def two_targets(attempt: Attempt) -> None:
    attempt.records = [*attempt.records, "other.example.net."]


def too_many_records(attempt: Attempt) -> None:
    attempt.site.limit("p1", zone_records=0, recordset_records=0)


def exists(attempt: Attempt) -> None:
    attempt.type, attempt.records = "TXT", ["text"]
    attempt.site.recordset(attempt.zone, "WWW", "TXT", ctx=ADMIN)


Spoil = Callable[[Attempt], None]
Check = tuple[Spoil, type[Exception], str]
CHECKS: list[Check] = [
    (bad_record, InvalidObject, "CNAME|TLSA|SOA|TXT"),
    (a_soa, BadRequest, "SOA"),
    (misplaced_tlsa, BadRequest, "TLSA"),
    (invisible, ZoneNotFound, ""),
    (deleting, BadRequest, "deleted"),
    (forbidden, Forbidden, ""),
    (too_many_recordsets, OverQuota, r"zone_recordsets\."),
    (low_ttl, InvalidTTL, ""),
    (long_name, InvalidRecordSetName, "longer"),
    (outside, InvalidRecordSetLocation, "contained"),
    (at_the_apex, InvalidRecordSetLocation, "apex"),
    (beside_others, InvalidRecordSetLocation, "share a name"),
    (in_a_child, InvalidRecordSetLocation, "child"),
    (two_targets, BadRequest, "more than 1"),
    (too_many_records, OverQuota, r"zone_records, recordset_records\."),
    (exists, DuplicateRecordSet, ""),
]
# These pairs cannot both be broken by one request.
APART = [
    {a_soa, misplaced_tlsa, two_targets, exists},
    {at_the_apex, outside},
    {at_the_apex, beside_others},
    {at_the_apex, in_a_child},
    {at_the_apex, exists},
    {outside, beside_others},
    {outside, in_a_child},
    {outside, exists},
    {long_name, at_the_apex},
    {long_name, outside},
    {beside_others, exists},
    {bad_record, exists},
    {too_many_recordsets, beside_others},
]
PAIRS = [
    (first, second)
    for first, second in combinations(CHECKS, 2)
    if not any({first[0], second[0]} <= apart for apart in APART)
]


def refused(attempt: Attempt, error: type[Exception], message: str) -> None:
    """The attempt fails with exactly this error, and changes nothing."""
    before = attempt.site.fresh(attempt.zone)
    with pytest.raises(error, match=message or None) as caught:
        attempt.run()
    assert type(caught.value) is error
    assert attempt.site.fresh(attempt.zone) == before


@pytest.fixture
def attempt(make_site: MakeSite) -> Attempt:
    """A request that would succeed."""
    site = make_site(min_ttl=60, max_recordset_name_len=40)
    return Attempt(site, site.zone(ZONE))


@pytest.mark.parametrize("check", CHECKS, ids=[check[0].__name__ for check in CHECKS])
def test_each_check_refuses(attempt: Attempt, check: Check) -> None:
    """A request that breaks one rule is refused for it."""
    check[0](attempt)
    refused(attempt, *check[1:])


@pytest.mark.parametrize(
    ("first", "second"), PAIRS, ids=[f"{one[0].__name__}-{two[0].__name__}" for one, two in PAIRS]
)
def test_of_two_broken_rules_the_earlier_is_told(
    attempt: Attempt, first: Check, second: Check
) -> None:
    """The order of the checks is that of API.md 7.3."""
    # Nothing can be made in a child zone any more.
    for spoil in sorted((second[0], first[0]), key=lambda spoil: spoil is in_a_child):
        spoil(attempt)
    refused(attempt, *first[1:])


def test_the_apex_counts_in_any_spelling(attempt: Attempt) -> None:
    """Names compare without regard to case, everywhere (RFC 4343)."""
    attempt.name = "EXAMPLE.ORG."
    refused(attempt, InvalidRecordSetLocation, "apex")
    attempt.name, attempt.type, attempt.records = "A.Example.Org.", "A", ["192.0.2.1"]
    attempt.run()
    attempt.name = "a.example.org."
    refused(attempt, DuplicateRecordSet, "")


@pytest.mark.parametrize("rtype", ["A", "TXT", "NS"])
def test_nothing_stands_beside_a_cname(site: Site, rtype: str) -> None:
    """Neither may come second (RFC 1034 section 3.6.2)."""
    zone = site.zone()
    site.recordset(zone, "WWW", "CNAME", "a.b.")
    with pytest.raises(InvalidRecordSetLocation, match="CNAME"):
        site.recordset(zone, "www", rtype)
    with pytest.raises(InvalidRecordSetLocation, match="CNAME"):
        site.recordset(zone, "www", "CNAME", "c.d.")


@pytest.mark.parametrize("name", ["child", "a.child", "*.child", "x.y.CHILD"])
def test_a_childs_names_are_the_childs(site: Site, name: str) -> None:
    """The parent cannot hold data that queries would never reach."""
    zone = site.zone()
    site.zone("child.example.org.")
    with pytest.raises(InvalidRecordSetLocation, match="child zone"):
        site.recordset(zone, name, "A", "192.0.2.1")
    site.recordset(zone, "grandchild", "A", "192.0.2.1")


def test_a_parent_may_delegate_to_its_child(site: Site) -> None:
    """By NS at the child's apex, and nowhere below it."""
    zone = site.zone()
    site.zone("child.example.org.")
    assert site.recordset(zone, "child", "NS", "ns.elsewhere.example.").status == "PENDING"
    with pytest.raises(InvalidRecordSetLocation, match="child zone"):
        site.recordset(zone, "a.child", "NS", "ns.elsewhere.example.")


def test_a_child_in_another_pool_takes_no_names(site: Site) -> None:
    """Other servers hold it, so that the parent may delegate to it."""
    zone = site.zone()
    site.foreign("child.example.org.", pool_id=OTHER_POOL)
    site.recordset(zone, "child", "NS", "ns.elsewhere.example.")


def test_every_bad_record_is_named(site: Site) -> None:
    """The caller gets a problem for each, with its place."""
    zone = site.zone()
    with pytest.raises(InvalidObject) as caught:
        site.recordset(zone, "www", "A", "192.0.2.1", "192.0.2.256", "::1")
    assert [problem.path for problem in caught.value.problems] == [("records", 1), ("records", 2)]


def test_limits_are_those_of_the_owner(site: Site) -> None:
    """A sharee writes within the owner's quota, not its own; admins are bound too."""
    zone = site.zone()
    site.share(zone, "p2")
    site.limit("p2", recordset_records=0)
    site.limit("p1", recordset_records=1)
    made = site.recordset(zone, "www", "A", "192.0.2.1", ctx=caller("p2"))
    assert made.project_id == "p2"
    for ctx in (caller("p2"), ADMIN):
        with pytest.raises(OverQuota, match="recordset_records"):
            site.recordset(zone, "two", "A", "192.0.2.1", "192.0.2.2", ctx=ctx)


def test_one_record_in_two_spellings_counts_once(site: Site) -> None:
    """Both texts are kept and shown; the quota, the counter and DNS know one record (3a.1)."""
    zone = site.zone()
    site.limit("p1", recordset_records=1)
    made = site.recordset(zone, "www", "AAAA", "2001:db8::1", "2001:DB8::1", "2001:db8::1")
    assert made.records == ["2001:db8::1", "2001:DB8::1"]
    assert site.fresh(zone).record_count == 1


def test_a_cname_in_two_spellings_is_one_target(site: Site) -> None:
    """What DNS shows decides how many there are."""
    zone = site.zone()
    assert len(site.recordset(zone, "www", "CNAME", "a.b.", "A.B.").records) == 2


def test_what_a_new_recordset_is(site: Site) -> None:
    """It waits for its version of the zone, whose counters hold it."""
    zone = site.zone()
    site.confirm(zone)
    made = site.recordset(zone, "www", "A", "192.0.2.2", "192.0.2.1", description="web")
    assert made.records == ["192.0.2.2", "192.0.2.1"]
    assert (made.status, made.action, made.version, made.ttl) == ("PENDING", "CREATE", 1, None)
    assert site.central.recordsets.get(caller(), zone.id, made.id) == made
    after = site.fresh(zone)
    assert (after.generation, after.serial) == (2, zone.serial + 1)
    assert (after.recordset_count, after.record_count) == (3, 2)
    assert (after.status, after.action) == ("PENDING", "UPDATE")


def test_a_recordset_without_records_is_there_at_once(site: Site) -> None:
    """DNS shows nothing of it: no serial, nothing pending."""
    zone = site.zone()
    site.confirm(zone)
    made = site.recordset(zone, "www", "A")
    assert (made.status, made.action, made.records) == ("ACTIVE", "NONE", [])
    after = site.fresh(zone)
    assert (after.serial, after.status, after.recordset_count) == (zone.serial, "ACTIVE", 3)


def test_only_an_admin_goes_below_the_minimum_ttl(attempt: Attempt) -> None:
    """The minimum holds for recordsets as it does for zones; 60 itself may be."""
    low_ttl(attempt)
    refused(attempt, InvalidTTL, "")
    attempt.ctx = ADMIN
    attempt.run()
    attempt.ctx, attempt.ttl, attempt.name = caller(), 60, f"b.{ZONE}"
    attempt.run()


def test_a_zone_that_does_not_exist_holds_nothing(site: Site) -> None:
    """Neither does one of another project."""
    zone = site.zone()
    new = NewRecordSet(name="www.example.org.", type="A")
    for zone_id, ctx in ((rows.new_id(), caller()), (zone.id, caller("p3"))):
        with pytest.raises(ZoneNotFound):
            site.central.recordsets.create(ctx, zone_id, new)
