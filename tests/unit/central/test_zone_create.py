# SPDX-License-Identifier: Apache-2.0
"""Creating zones: every check, in the order of API.md 6.3, and what a new zone is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import Connection, event

from designate.errors import (
    BadRequest,
    DuplicateZone,
    Forbidden,
    IllegalChild,
    IllegalParent,
    InvalidTTL,
    InvalidZoneName,
    MissingProject,
    NoServersConfigured,
    NoValidPoolFound,
    OverQuota,
)
from designate.model.context import Context
from designate.model.listing import Query
from designate.rules.patterns import PATIENCE
from designate.storage import rows
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import (
    ADMIN,
    DEFAULT_POOL,
    OTHER_POOL,
    START,
    Site,
    caller,
)

NAME = "shop.example.org."


@dataclass
class Attempt:
    """A request that would succeed, to be spoilt."""

    site: Site
    ctx: Context = field(default_factory=lambda: caller("p1"))
    fields: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        """Ask."""
        self.site.zone(NAME, self.ctx, **self.fields)


def forbidden(attempt: Attempt) -> None:
    attempt.ctx = caller(attempt.ctx.project_id, "reader")


def catalog(attempt: Attempt) -> None:
    attempt.fields["type"] = "CATALOG"


def no_project(attempt: Attempt) -> None:
    attempt.ctx = caller(None, *attempt.ctx.roles)


def over_quota(attempt: Attempt) -> None:
    attempt.site.limit("p1", zones=0)


def not_below_a_tld(attempt: Attempt) -> None:
    attempt.site.tld("com")


def blacklisted(attempt: Attempt) -> None:
    attempt.site.blacklist(r"EXAMPLE\.org\.$")


def low_ttl(attempt: Attempt) -> None:
    attempt.fields["ttl"] = 59


def of_another(attempt: Attempt) -> None:
    attempt.site.foreign(NAME.upper(), pool_id=OTHER_POOL)


def below_another(attempt: Attempt) -> None:
    attempt.site.foreign("Example.org.")


def above_another(attempt: Attempt) -> None:
    attempt.site.foreign("a.b.shop.example.org.", pool_id=OTHER_POOL)


def no_such_pool(attempt: Attempt) -> None:
    attempt.fields["attributes"] = {"pool_id": rows.new_id()}


def pool_without_key(attempt: Attempt) -> None:
    attempt.site.pool(OTHER_POOL, "other", project_id="p1")
    attempt.ctx = caller(attempt.ctx.project_id, "admin", *attempt.ctx.roles)
    attempt.fields.setdefault("attributes", {"pool_id": OTHER_POOL})


def pool_without_servers(attempt: Attempt) -> None:
    attempt.site.pool(DEFAULT_POOL, "default", ns_records=[])


def exists(attempt: Attempt) -> None:
    attempt.site.foreign(NAME, project="p1")


Spoil = Callable[[Attempt], None]
CHECKS: list[tuple[Spoil, type[Exception], str]] = [
    (forbidden, Forbidden, ""),
    (catalog, Forbidden, "Catalog"),
    (no_project, MissingProject, ""),
    (over_quota, OverQuota, "zones."),
    (not_below_a_tld, InvalidZoneName, "TLD"),
    (blacklisted, InvalidZoneName, "Blacklisted"),
    (low_ttl, InvalidTTL, ""),
    (of_another, DuplicateZone, ""),
    (below_another, IllegalChild, ""),
    (above_another, IllegalParent, ""),
    (no_such_pool, NoValidPoolFound, ""),
    (pool_without_key, BadRequest, "TSIG"),
    (pool_without_servers, NoServersConfigured, ""),
    (exists, DuplicateZone, ""),
]
# An admin may what a member may not.
APART = {frozenset({spoil, pool_without_key}) for spoil in (forbidden, blacklisted, low_ttl)}
PAIRS = [
    (first, second)
    for first, second in combinations(CHECKS, 2)
    if frozenset({first[0], second[0]}) not in APART
]


def refused(attempt: Attempt, error: type[Exception], message: str) -> None:
    """The attempt fails with exactly this error, and writes nothing."""
    with pytest.raises(error) as caught:
        attempt.run()
    assert type(caught.value) is error
    assert message in str(caught.value)


@pytest.fixture
def attempt(make_site: MakeSite) -> Attempt:
    """A request that would succeed."""
    return Attempt(make_site(scheduler=["pool_id_attribute"], min_ttl=60))


@pytest.mark.parametrize(
    ("spoil", "error", "message"), CHECKS, ids=[check[0].__name__ for check in CHECKS]
)
def test_each_check_refuses(
    attempt: Attempt, spoil: Spoil, error: type[Exception], message: str
) -> None:
    """A request that breaks one rule is refused for it."""
    spoil(attempt)
    refused(attempt, error, message)


@pytest.mark.parametrize(
    ("first", "second"), PAIRS, ids=[f"{one[0].__name__}-{two[0].__name__}" for one, two in PAIRS]
)
def test_of_two_broken_rules_the_earlier_is_told(
    attempt: Attempt,
    first: tuple[Spoil, type[Exception], str],
    second: tuple[Spoil, type[Exception], str],
) -> None:
    """The order of the checks is that of API.md 6.3."""
    first[0](attempt)
    second[0](attempt)
    refused(attempt, *first[1:])


def test_a_refused_zone_leaves_nothing(attempt: Attempt) -> None:
    """After a refusal nothing counts against the quota, and the name is free."""
    pool_without_servers(attempt)
    refused(attempt, NoServersConfigured, "")
    attempt.site.pool(DEFAULT_POOL, "default")
    attempt.site.limit("p1", zones=1)
    attempt.run()
    assert len(attempt.site.central.zones.find(ADMIN, Query()).items) == 1


def test_the_names_length_is_bounded(make_site: MakeSite) -> None:
    """A name may have as many characters as max_zone_name_len says, and no more."""
    assert make_site(max_zone_name_len=len(NAME)).zone(NAME).name == NAME
    with pytest.raises(InvalidZoneName):
        make_site(max_zone_name_len=len(NAME) - 1).zone(NAME)


def test_a_zone_has_at_least_two_labels(site: Site) -> None:
    """A zone of one label would be a top-level domain."""
    with pytest.raises(InvalidZoneName):
        site.zone("org.")


def test_a_tld_decides_in_any_case(site: Site) -> None:
    """Below a listed TLD any name may be; the TLD itself may not."""
    site.tld("Example.Org")
    site.zone("SHOP.EXAMPLE.ORG.")
    with pytest.raises(InvalidZoneName, match="TLD itself"):
        site.zone("EXAMPLE.org.")


def test_an_admin_passes_blacklists_and_minimum_ttl(make_site: MakeSite) -> None:
    """Policy lets admins use blacklisted names and low TTLs."""
    site = make_site(min_ttl=60)
    site.blacklist("shop")
    assert site.zone(NAME, ADMIN, ttl=1).ttl == 1


def test_nobody_waits_while_blacklists_are_searched(site: Site) -> None:
    """No transaction is open then, whether it would lock something or hold a connection."""
    site.blacklist(r"^((a|aa)+\.)+x")
    engine, began, longest = site.store.engine, [0.0], [0.0]

    def begin(connection: Connection) -> None:
        began[0] = time.thread_time()

    def end(connection: Connection) -> None:
        longest[0] = max(longest[0], time.thread_time() - began[0])

    for name, listener in (("begin", begin), ("rollback", end), ("commit", end)):
        event.listen(engine, name, listener)
    before = time.thread_time()
    with pytest.raises(InvalidZoneName, match="Blacklisted"):
        site.zone(("a" * 50 + ".") * 4)
    assert time.thread_time() - before > PATIENCE * 0.9
    assert 0 < longest[0] < PATIENCE * 0.6


def test_a_blacklist_of_the_last_moment_counts(site: Site) -> None:
    """What is listed after the search is searched for when the name's turn has come."""
    late = ["shop"]

    def add(connection: Connection) -> None:
        if late:
            site.blacklist(late.pop())

    event.listen(site.store.engine, "rollback", add)
    with pytest.raises(InvalidZoneName, match="Blacklisted"):
        site.zone(NAME)
    assert not late


def test_only_an_admin_forces_a_pool(make_site: MakeSite) -> None:
    """A member who names a pool in the attributes is refused, an admin gets that pool."""
    site = make_site(scheduler=["pool_id_attribute"])
    site.pool(OTHER_POOL, "other")
    site.tsigkey(OTHER_POOL)
    wish = {"pool_id": OTHER_POOL}
    with pytest.raises(Forbidden):
        site.zone(NAME, attributes=wish)
    assert site.zone(NAME, ADMIN, attributes=wish).pool_id == OTHER_POOL


def test_a_project_may_hold_one_name_in_two_pools(make_site: MakeSite) -> None:
    """Split horizon: the same name in another pool is no duplicate."""
    site = make_site(scheduler=["pool_id_attribute", "in_doubt_default_pool"])
    site.pool(OTHER_POOL, "other")
    site.tsigkey(OTHER_POOL)
    site.zone(NAME, ADMIN)
    site.zone(NAME, ADMIN, attributes={"pool_id": OTHER_POOL})
    with pytest.raises(DuplicateZone):
        site.zone(NAME.upper(), ADMIN, attributes={"pool_id": OTHER_POOL})


def test_a_shared_parent_permits_no_child(site: Site) -> None:
    """Who may write in a zone may not make a zone below it."""
    parent = site.zone("example.org.", caller("p2"))
    site.share(parent, "p1")
    with pytest.raises(IllegalChild):
        site.zone(NAME)


def test_the_nearest_zone_above_decides(site: Site) -> None:
    """Below one's own zone one may make zones, whoever owns the zones further up."""
    site.foreign("org.example.")
    site.foreign("a.org.example.", project="p1")
    assert site.zone("b.a.org.example.").project_id == "p1"


def test_what_a_new_zone_is(site: Site) -> None:
    """Defaults fill what was not said; the serial is the time of creation."""
    zone = site.zone(NAME)
    assert (zone.status, zone.action, zone.version, zone.generation) == ("PENDING", "CREATE", 1, 1)
    assert (zone.ttl, zone.retry, zone.expire, zone.minimum) == (3600, 600, 86400, 3600)
    assert 3500 <= zone.refresh < 3600
    assert zone.serial == rows.unix(START)
    assert (zone.pool_id, zone.mname, zone.project_id) == (DEFAULT_POOL, "ns1.pool.", "p1")
    assert site.fresh(zone) == zone


def test_a_new_zone_has_its_apex(site: Site) -> None:
    """SOA and NS stand there first, both managed, the NS in the order of the pool."""
    zone = site.zone(NAME)
    soa, ns = site.listed(zone)
    assert (soa.type, ns.type, soa.managed, ns.managed) == ("SOA", "NS", True, True)
    assert ns.records == ["ns1.pool.", "ns2.pool."]
    timers = f"{zone.refresh} 600 86400 3600"
    assert soa.records == [f"ns1.pool. dns.example.org. {zone.serial} {timers}"]
    assert (zone.recordset_count, zone.record_count) == (2, 0)


def test_the_apex_counts_against_the_quota(site: Site) -> None:
    """Where two recordsets are too many there can be no zone."""
    site.limit("p1", zone_recordsets=1)
    with pytest.raises(OverQuota, match="zone_recordsets"):
        site.zone(NAME)


def test_a_recreated_zone_goes_on_behind_its_last_serial(site: Site) -> None:
    """Secondaries that still hold the old zone take the new one for newer."""
    zone = site.zone(NAME)
    for number in range(5):
        site.recordset(zone, f"h{number}", "A", "192.0.2.1")
    last = site.fresh(zone).serial
    site.remove(zone)
    again = site.zone(NAME.upper())
    assert again.serial == last + 1
    assert again.id != zone.id


def test_an_email_that_no_soa_holds_is_refused(site: Site) -> None:
    """The local part must fit one label."""
    with pytest.raises(BadRequest, match="SOA"):
        site.zone(NAME, email=f"{'x' * 64}@example.org")
