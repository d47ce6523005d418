# SPDX-License-Identifier: Apache-2.0
"""Quotas: those who set several of one project at once leave the ones of one of them; counting."""

from functools import partial

from designate.errors import OverQuota
from designate.model.quotas import QuotaChange
from designate.storage import reports
from tests.contract.storage.queue import queued
from tests.contract.storage.test_combined_writes import commits_of
from tests.contract.storage.test_transactions import THREADS, at_once
from tests.statements import statements
from tests.unit.central.site import ADMIN, Site


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
    *_, refused = queued(site.store, "p1", makers)
    assert isinstance(refused.exception(), OverQuota)
    with site.store.read() as connection:
        assert reports.count_zones(connection, "p1") == THREADS + 2
