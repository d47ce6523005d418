# SPDX-License-Identifier: Apache-2.0
"""Lists of recordsets, in a zone and over all: filters, values of records, pages."""

import re
from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.model.listing import Page, Query
from designate.model.recordsets import RecordSet, RecordSetChange
from designate.model.zones import Zone
from designate.storage import recordset_lists, recordsets, search, zones
from tests.contract.storage.listing import (
    has_number,
    has_text,
    has_wildcard,
    in_order,
    is_like,
    walk,
)
from tests.unit.central.site import Site, caller

NAMES = ["a", "A-b", "a_b", "axb", "*.w", "_dmarc", "b.a"]
TEXTS = ['"v=spf1 -all"', "V=DKIM1", "100%", "a_b", "axb", "x" * 300, "x" * 299 + "y", "é"]
TEXTS += ["É" * 300, "Éx" * 150]
NOWHERE = ("nothing", "x" * 255, "é" * 300, "*éx")
SORTS = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "id": "id",
    "zone_id": "zone_id",
    "tenant_id": "project_id",
    "name": "name_key",
    "type": "type",
    "ttl": "ttl",
}
FIELDS: dict[str, Callable[[RecordSet, str], bool]] = {
    "name": lambda item, wanted: has_text(item.name, wanted, folded=True),
    "type": lambda item, wanted: has_text(item.type, wanted),
    "ttl": lambda item, wanted: has_number(item.ttl, wanted),
    "description": lambda item, wanted: has_text(item.description, wanted),
    "status": lambda item, wanted: has_word(item.status, wanted),
    "action": lambda item, wanted: has_word(item.action, wanted),
    "zone_id": lambda item, wanted: has_text(item.zone_id, wanted),
}
VALUES: dict[str, Sequence[str]] = {
    "name": [f"{name}.z.example." for name in NAMES]
    + ["z.example.", "!a.z.example.", "A*", "*E."]
    + ["!a*", "!*.z.*", "!%"],
    "type": ["A", "TXT", "!A", "T*", "SOA", "!t*"],
    "ttl": ["60", ">0", "BETWEEN 0,60", "6*", "!6*"],
    "description": ["x", "*", "!x", "!X*", "!%y"],
    "status": ["ACTIVE", "PENDING", "ERROR", "!ACTIVE", "p*", "*", "NOSUCH", "!act*", "!NOSUCH"],
    "action": ["NONE", "CREATE", "UPDATE", "!NONE", "*E", "!*E", "!*"],
    "zone_id": ["*", "nowhere", "!*", "!nowhere*"],
}


def has_word(value: str, wanted: str) -> bool:
    """A derived value: equal, like, or not."""
    if has_wildcard(wanted):
        return is_like(value, wanted)
    return value != wanted[1:] if wanted.startswith("!") else value == wanted


def has_value(item: RecordSet, wanted: str) -> bool:
    """Whether any of the records is, or is like, the value; the SOA's content is no record."""
    texts = [] if item.type == "SOA" else item.records
    if wanted.startswith("!"):
        return not has_value(item, wanted[1:])
    return any(is_like(text, wanted, _case(text)) for text in texts)


def _case(text: str) -> re.RegexFlag:
    """In long values only that of ASCII does not count."""
    long = len(text.lower()) >= search.MAX_KEY
    return re.IGNORECASE | re.ASCII if long else re.IGNORECASE


@pytest.fixture
def zone(site: Site) -> Zone:
    """A zone, half of it confirmed, and another one of another project."""
    site.limit("p1", zone_recordsets=-1, zone_records=-1)
    made = site.zone("z.example.")
    chance = Random(7)
    items = []
    for half in range(2):
        for name in NAMES:
            rtype = ("A", "TXT")[half]
            records = ["192.0.2.1"] if rtype == "A" else chance.sample(TEXTS, 6)
            items.append(
                site.recordset(
                    made,
                    name,
                    rtype,
                    *records,
                    ttl=chance.choice([None, 0, 60]),
                    description=chance.choice([None, "x"]),
                )
            )
        if half == 0:
            site.confirm(made)
        site.clock.advance(1)
    for item in items[::3]:
        change = RecordSetChange(records=[] if item.type == "A" else ["w", "100%"])
        site.central.recordsets.update(caller(), made.id, item.id, change)
    site.recordset(site.zone("other.example.", caller("p2")), "a", "A", "192.0.2.1")
    return site.fresh(made)


def in_zone(site: Site, zone: Zone, query: Query) -> Page[RecordSet]:
    """A page of a zone's recordsets."""
    with site.store.read() as connection:
        fresh = zones.get(connection, zone.id)
        assert fresh is not None
        return recordset_lists.find(connection, fresh, query)


def everywhere(site: Site, query: Query, project: str | None = None) -> Page[RecordSet]:
    """A page of recordsets over all zones."""
    with site.store.read() as connection:
        return recordset_lists.find_all(connection, query, project)


filters = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda field: st.tuples(st.just(field), st.sampled_from(VALUES[field]))
)
queries = st.builds(
    Query,
    filters=st.lists(filters, max_size=2).map(dict),
    sort_key=st.sampled_from(sorted(SORTS)),
    sort_dir=st.sampled_from(["asc", "desc"]),
    limit=st.sampled_from([1, 3, 5, 100]),
)


def test_pages_are_those_of_a_sorted_list(site: Site, zone: Zone) -> None:
    """In a zone and over all zones, whatever filter, key, direction and page size."""
    mine = in_zone(site, zone, Query(limit=100)).items
    all_of_them = everywhere(site, Query(limit=100)).items
    assert len(all_of_them) == len(mine) + 3
    assert [item for item in all_of_them if item.zone_id == zone.id] == mine

    @settings(max_examples=60, deadline=None)
    @given(queries)
    def holds(query: Query) -> None:
        def expected(items: list[RecordSet]) -> list[RecordSet]:
            chosen = [
                item
                for item in items
                if all(FIELDS[field](item, value) for field, value in query.filters.items())
            ]
            return in_order(chosen, SORTS[query.sort_key], query.sort_dir)

        assert walk(lambda page: in_zone(site, zone, page), query) == expected(mine)
        assert walk(lambda page: everywhere(site, page), query) == expected(all_of_them)

    holds()


@pytest.mark.parametrize(
    "wanted",
    [*TEXTS, "v=*", '*ALL"', "*=s*1 *", "a_*", "*_b", "A*B", "x*", "*y", "x" * 299 + "*", "*xxy"]
    + ["%", "1*%", "!w", "!v=*", "!x%", "x" * 300 + "*", "É", "É" * 299 + "*", "*" + "É" * 300]
    + ["ÉX" * 150, "*ÉX", "!É*", *NOWHERE],
)
def test_a_recordset_is_found_by_any_of_its_values(site: Site, zone: Zone, wanted: str) -> None:
    """Whole values, of any length; wildcards; case does not count and `_` is itself."""
    mine = in_zone(site, zone, Query(limit=100)).items
    expected = [item.id for item in mine if has_value(item, wanted)]
    assert expected or wanted in NOWHERE
    query = Query(filters={"data": wanted}, limit=100)
    assert [item.id for item in in_zone(site, zone, query).items] == expected


def test_an_empty_page_has_the_total_too(site: Site, zone: Zone) -> None:
    """Behind the last recordset the total is still that of the zone."""
    last = in_zone(site, zone, Query(limit=100)).items[-1]
    page = in_zone(site, zone, Query(marker=last.id))
    assert (page.items, page.total) == ([], zone.recordset_count)


def test_recordsets_of_a_deleted_zone_are_gone(site: Site, zone: Zone) -> None:
    """From lists over zones and from look-ups by id."""
    item = in_zone(site, zone, Query()).items[0]
    with site.store.read() as connection:
        assert recordsets.locate(connection, item.id) == zone.id
    site.remove(zone)
    assert {found.zone_name for found in everywhere(site, Query()).items} == {"other.example."}
    with site.store.read() as connection:
        assert recordsets.locate(connection, item.id) is None
