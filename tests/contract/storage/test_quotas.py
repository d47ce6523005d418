# SPDX-License-Identifier: Apache-2.0
"""Quotas: those who set several of one project at once leave the ones of one of them; counting."""

from functools import partial
from itertools import count

import pytest
from sqlalchemy import event

from designate.errors import OverQuota
from designate.model.quotas import QuotaChange
from designate.storage import reports
from designate.storage.engine import open_engine
from tests.contract.storage.queue import queued
from tests.contract.storage.test_combined_writes import DATABASE_SERVERS, commits_of
from tests.contract.storage.test_transactions import THREADS, at_once
from tests.statements import statements
from tests.unit.central.site import ADMIN, Site
from tests.unit.central.test_transfers import offer, take


def test_rivals_set_quotas_one_behind_the_other(site: Site) -> None:
    """All keys of the last, whether or not the project had any before; reset leaves none."""
    for _ in range(2):
        changes = [QuotaChange(zones=n, zone_records=n) for n in range(1, THREADS + 1)]
        outcomes = at_once([partial(site.central.quotas.update, ADMIN, "p1", c) for c in changes])
        assert [(o.zones, o.zone_records) for o in outcomes] == [(c.zones,) * 2 for c in changes]
        after = site.central.quotas.get(ADMIN, "p1")
        assert after.zones == after.zone_records
    site.central.quotas.reset(ADMIN, "p1")
    assert site.central.quotas.get(ADMIN, "p1").zones == 10


def test_a_project_of_any_language_has_quotas(site: Site) -> None:
    """Four-byte characters, and two ids that differ by case only."""
    for number, name in enumerate(("\U0001f431" * 255, "ab", "AB"), 1):
        assert site.central.quotas.update(ADMIN, name, QuotaChange(zones=number)).zones == number
    assert site.central.quotas.get(ADMIN, "ab").zones == 2


def test_a_zone_is_counted_when_all_else_is_done(site: Site) -> None:
    """What all zones of a project have in common is kept from the others as shortly as possible."""
    site.zone("a.example.")
    with statements(site.store.engine) as seen:
        site.zone("b.example.")
    writes = [number for number, (text, _) in enumerate(seen) if text.startswith(("UP", "IN"))]
    counts = [
        number
        for number, (text, _) in enumerate(seen)
        if "project_usage" in text and ("UPDATE" in text or "INSERT" in text)
    ]
    assert counts == writes[-1:]


def test_zones_that_wait_for_their_project_are_made_together(site: Site) -> None:
    """In one transaction; each counts, and who finds no room is refused alone."""
    makers = [partial(site.zone, f"z{number}.example.") for number in range(THREADS)]
    commits = commits_of(site.store)
    assert [made.result().name for made in queued(site.store, "p1", makers)] == [
        f"z{number}.example." for number in range(THREADS)
    ]
    assert len(commits) == 2, "that of the writer they waited for, and theirs"
    site.limit("p1", zones=THREADS + 2)
    makers = [partial(site.zone, f"y{number}.example.") for number in range(3)]
    commits.clear()
    *_, refused = queued(site.store, "p1", makers)
    assert isinstance(refused.exception(), OverQuota)
    assert len(commits) == 2, "what one may not do undoes nothing of the others"
    assert counted(site) == THREADS + 2


def counted(site: Site, project_id: str = "p1") -> int:
    """How many zones a project is said to have."""
    with site.store.read() as connection:
        return reports.count_zones(connection, project_id)


@pytest.mark.parametrize("before", [0, 1])
def test_processes_together_do_not_exceed_a_quota(site: Site, before: int) -> None:
    """Nor leave any of it, whether the project had zones before."""
    sites = [Site(site.store.engine) for _ in range(2)]
    for number in range(before):
        site.zone(f"before{number}.example.")
    site.limit("p1", zones=5)
    made = at_once([partial(sites[n % 2].zone, f"z{n}.example.") for n in range(2 * THREADS)])
    refused = [one for one in made if isinstance(one, Exception)]
    assert {type(one) for one in refused} == {OverQuota}
    assert len(made) - len(refused) + before == counted(site) == 5


@pytest.mark.parametrize("databases", DATABASE_SERVERS, indirect=True)
def test_the_first_zone_of_a_project_may_come_beside_another(site: Site) -> None:
    """Which appears when it has just turned out that there was none."""
    other = Site(open_engine(site.store.engine.url.render_as_string(hide_password=False)))
    looks = count()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT project_usage") and next(looks) == 1:
            other.zone("rival.example.")

    event.listen(site.store.engine, "before_cursor_execute", note)
    site.zone("first.example.")
    other.store.engine.dispose()
    assert next(looks) == 2, "one look before the zone is made, and one at what stood in its way"
    assert counted(site) == 2


def test_zones_that_are_taken_over_together_do_not_exceed_a_quota(site: Site) -> None:
    """Also where all writers share a transaction."""
    site.limit("p2", zones=2)
    zones = [site.zone(f"z{number}.example.") for number in range(THREADS)]
    requests = [offer(site, zone) for zone in zones]
    outcomes = at_once([partial(take, site, request) for request in requests])
    assert sum(isinstance(one, OverQuota) for one in outcomes) == THREADS - 2
    assert (counted(site), counted(site, "p2")) == (THREADS - 2, 2)
