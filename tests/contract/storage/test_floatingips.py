# SPDX-License-Identifier: Apache-2.0
"""PTR records of floating IPs on each database: the reverse zone is made once, whoever comes."""

from collections.abc import Iterator
from functools import partial

import pytest

from designate.errors import NotFound
from designate.model.floatingips import Ptr
from designate.model.listing import Query
from tests.consistency import faults
from tests.contract.storage.test_transactions import at_once
from tests.unit.central.site import ADMIN, Site, caller

TIMES = 4


@pytest.fixture(autouse=True)
def _consistent(site: Site) -> Iterator[None]:
    """Whatever a test does, nothing is left half there."""
    yield
    with site.store.read() as connection:
        assert faults(connection) == []


def test_rivals_in_a_new_network_make_one_zone(site: Site) -> None:
    """Each sets its own record; none of them is refused or lost."""
    for number in range(TIMES):
        items = [site.floatingip(f"198.51.{number}.{last}") for last in range(8)]
        made = at_once([partial(site.ptr, item, "vm.example.org.") for item in items])
        assert [type(ptr) for ptr in made] == [Ptr] * len(items)
        found = site.central.floatingips.find(caller())
        assert all(named.ptr for named in found)
    zones = site.central.zones.find(ADMIN, Query(filters={"name": "*.in-addr.arpa."})).items
    assert sorted(zone.name for zone in zones) == [
        f"{number}.51.198.in-addr.arpa." for number in range(TIMES)
    ]
    assert [zone.recordset_count for zone in zones] == [10] * TIMES
    assert all(zone.recordset_count == site.rows_of(zone) for zone in zones)


def test_rivals_for_one_address_leave_one_record(site: Site) -> None:
    """That of the last; the counter agrees."""
    item = site.floatingip()
    names = [f"vm{number}.example.org." for number in range(8)]
    made = at_once([partial(site.ptr, item, name) for name in names])
    assert [type(ptr) for ptr in made] == [Ptr] * len(names)
    (recordset,) = site.everywhere(type="PTR")
    zone = site.fresh_of(recordset)
    assert (zone.generation, zone.recordset_count, site.rows_of(zone)) == (8, 3, 3)
    assert recordset.records[0] in names


def test_set_and_unset_at_once(site: Site) -> None:
    """In the end there is a record or there is none."""
    item = site.floatingip()
    site.ptr(item, "vm.example.org.")
    for _ in range(TIMES):
        made, gone = at_once(
            [partial(site.ptr, item, "vm.example.org."), partial(site.ptr, item, None)]
        )
        assert isinstance(made, Ptr)
        assert gone is None or isinstance(gone, NotFound)
        left = site.everywhere(type="PTR")
        zone = site.central.zones.find(ADMIN, Query()).items[0]
        assert zone.recordset_count == 2 + len(left) == site.rows_of(zone)
        if not left:
            site.ptr(item, "vm.example.org.")


def test_many_floating_ips_are_found_in_few_statements(site: Site) -> None:
    """A project may have more than one statement names."""
    items = [site.floatingip(f"10.0.{n >> 8}.{n & 255}") for n in range(600)]
    for item in (items[0], items[-1]):
        site.ptr(item, "vm.example.org.", ttl=60)
    site.floatingip("10.0.0.1", "p2")
    found = site.central.floatingips.find(caller())
    assert [named.floatingip for named in found] == items
    assert [named.floatingip for named in found if named.ptr] == [items[0], items[-1]]
    assert {named.ptr.ttl for named in found if named.ptr} == {60}


def test_an_address_changes_hands_while_both_set_it(site: Site) -> None:
    """Whoever comes last has the record, and the other none."""
    old = site.floatingip()
    site.ptr(old, "old.example.org.")
    new = site.floatingip(old.address, "p2")
    for _ in range(TIMES):
        made = at_once(
            [
                partial(site.ptr, old, "old.example.org."),
                partial(site.ptr, new, "new.example.org.", caller("p2")),
            ]
        )
        assert [type(ptr) for ptr in made] == [Ptr, Ptr]
        (recordset,) = site.everywhere(type="PTR")
        named = {
            project: site.central.floatingips.find(caller(project))[0].ptr
            for project in ("p1", "p2")
        }
        assert [project for project, ptr in named.items() if ptr] == [recordset.project_id]
        assert site.fresh_of(recordset).recordset_count == 3
