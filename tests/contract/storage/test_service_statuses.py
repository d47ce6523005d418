# SPDX-License-Identifier: Apache-2.0
"""States of services: one statement for each report, and silence that shows by itself."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from itertools import product

import pytest

from designate.model.listing import Query
from designate.model.service_statuses import DOWN, STOPPED, UP, ServiceStatus
from designate.storage import service_statuses
from tests.contract.storage.listing import has_text, in_order, walk
from tests.contract.storage.test_transactions import THREADS, at_once
from tests.statements import statements
from tests.unit.central.site import ADMIN, Site

ALL = ("api", "central", "mdns", "producer", "worker")
SILENCE = 1800


def report(site: Site, host: str, *services: str, status: str = UP) -> None:
    """Services of a host say what they are."""
    site.store.write(lambda tx: service_statuses.report(tx, host, services, status))


def listed(site: Site, **filters: str) -> list[ServiceStatus]:
    """Everything, in the order of its making."""
    query = Query(filters=filters, limit=1000, count=False)
    return site.central.service_statuses.find(ADMIN, query).items


def test_a_report_is_one_statement(site: Site) -> None:
    """For all services of a process; the first makes their rows."""
    report(site, "a", *ALL)
    made = listed(site)
    assert [(one.hostname, one.service_name, one.status) for one in made] == [
        ("a", name, UP) for name in ALL
    ]
    assert {one.heartbeated_at for one in made} == {site.clock.moment}
    assert {(one.updated_at, str(one.stats), str(one.capabilities)) for one in made} == {
        (None, "{}", "{}")
    }
    site.clock.advance(10)
    with statements(site.store.engine) as seen:
        report(site, "a", *ALL)
    assert len(seen) == 1
    after = listed(site)
    assert [one.id for one in after] == [one.id for one in made]
    assert {one.heartbeated_at for one in after} == {site.clock.moment}


def test_what_came_later_gets_its_row(site: Site) -> None:
    """Beside those of the same host that are known, and those of other hosts."""
    report(site, "a", "api")
    report(site, "b", "api")
    report(site, "a", "api", "worker")
    found = {(one.hostname, one.service_name) for one in listed(site)}
    assert found == {("a", "api"), ("b", "api"), ("a", "worker")}


def test_processes_that_begin_at_once_share_their_rows(site: Site) -> None:
    """One row for a service and a host, whoever is first; nobody fails."""
    outcomes = at_once([partial(report, site, "a", *ALL)] * THREADS)
    assert outcomes == [None] * THREADS
    assert len(listed(site)) == len(ALL)


def test_who_is_silent_for_too_long_is_down(site: Site) -> None:
    """Nobody writes it, and a sign of life ends it; who has stopped is not down."""
    report(site, "a", "api", "mdns")
    report(site, "b", "api", status=STOPPED)
    site.clock.advance(SILENCE)
    assert [one.status for one in listed(site)] == [UP, UP, STOPPED]
    site.clock.advance(1)
    assert [one.status for one in listed(site)] == [DOWN, DOWN, STOPPED]
    assert site.central.service_statuses.get(ADMIN, listed(site)[0].id).status == DOWN
    report(site, "a", "mdns")
    assert [one.service_name for one in listed(site, status=DOWN)] == ["api"]
    assert [one.service_name for one in listed(site, status=UP)] == ["mdns"]
    report(site, "a", "api", "mdns", status=STOPPED)
    assert {one.status for one in listed(site)} == {STOPPED}


@pytest.mark.parametrize(
    "filters",
    [{}, {"status": "DOWN"}, {"status": "!UP"}, {"status": "*OP*"}, {"hostname": "b"}],
    ids=str,
)  # fmt: skip
def test_pages_are_those_of_a_sorted_list(site: Site, filters: Mapping[str, str]) -> None:
    """Whatever key, direction and page size, of the states that are shown."""
    for number, (host, service) in enumerate(product(["a", "B", "b"], ["api", "mdns", "sink"])):
        report(site, host, service, status=[UP, STOPPED][number % 2])
        site.clock.advance(SILENCE / 4)
    known = listed(site)
    assert {one.status for one in known} == {UP, DOWN, STOPPED}
    wanted = [
        one
        for one in known
        if all(has_text(getattr(one, key), value) for key, value in filters.items())
    ]
    keys = ["created_at", "updated_at", "id", "hostname", "service_name", "status"]
    for key, direction, limit in product(keys, ["asc", "desc"], [1, 2, 100]):
        query = Query(filters=dict(filters), sort_key=key, sort_dir=direction, limit=limit)
        found = walk(partial(site.central.service_statuses.find, ADMIN), query)
        assert found == in_order(wanted, key, direction)


def test_time_goes_on_while_a_list_is_read(site: Site) -> None:
    """A marker whose service is shown as something else by now still ends."""
    for name in ALL:
        report(site, "a", name)
    query = Query(sort_key="status", limit=2, count=False)
    first = site.central.service_statuses.find(ADMIN, query).items
    site.clock.advance(timedelta(seconds=2 * SILENCE).total_seconds())
    later = Query(sort_key="status", limit=10, marker=first[-1].id, count=False)
    rest = site.central.service_statuses.find(ADMIN, later).items
    assert len(rest) == len(ALL) - len(first)
