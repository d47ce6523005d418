# SPDX-License-Identifier: Apache-2.0
"""Lists of zones: filters, order, pages (API.md section 4)."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.errors import BadRequest, InvalidSortKey, MarkerNotFound
from designate.model.listing import Page, Query
from designate.model.zones import Zone
from designate.storage import rows, zone_lists
from tests.contract.storage.listing import has_number, has_text, in_order, walk
from tests.unit.central.site import START, Site

LABELS = ["a", "ab", "a-b", "a_b", "axb", "B", "xn--a", "10", "_tcp.x", "b.ab"]
ENDS = ["example.", "Example.org.", "ex_mple.", "exbmple."]
SORTS = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "id": "id",
    "name": "name_key",
    "tenant_id": "project_id",
    "serial": "serial",
    "ttl": "ttl",
    "status": "status",
}
FIELDS: dict[str, Callable[[Zone, str], bool]] = {
    "name": lambda zone, wanted: has_text(zone.name, wanted, folded=True),
    "email": lambda zone, wanted: has_text(zone.email, wanted),
    "status": lambda zone, wanted: has_text(zone.status, wanted),
    "description": lambda zone, wanted: has_text(zone.description, wanted),
    "type": lambda zone, wanted: has_text(zone.type, wanted),
    "ttl": lambda zone, wanted: has_number(zone.ttl, wanted),
}
VALUES = {
    "name": [f"{one}.{end}" for one, end in product(LABELS, ENDS)],
    "email": ["a@example.org", "a_b@example.org"],
    "status": ["PENDING", "ACTIVE", "ERROR"],
    "description": ["", "web", "web_x"],
    "type": ["PRIMARY", "SECONDARY"],
    "ttl": ["0", "60", "600", "3600", "abc", "9" * 30, "60,600"],
}


@pytest.fixture
def known(site: Site) -> list[Zone]:
    """Zones with ties and NULLs in every column that has them."""
    chance = Random(7)
    made = []
    for label, end in product(LABELS, ENDS):
        zone = site.foreign(f"{label}.{end}", project=chance.choice(["p1", "p2", "p3"]))
        site.change(
            zone,
            email=chance.choice(VALUES["email"]),
            status=chance.choice(VALUES["status"]),
            description=chance.choice([None, *VALUES["description"]]),
            ttl=chance.choice([0, 60, 600, 3600]),
            serial=chance.choice([1, 2, 4294967295]),
            created_at=START + timedelta(microseconds=chance.randrange(3)),
            updated_at=chance.choice([None, START, START + timedelta(days=1)]),
        )
        made.append(site.fresh(zone))
    return made


@st.composite
def filter_values(draw: st.DrawFn, field: str) -> str:
    """A value of the field, a part of one with wildcards, or one behind an operator."""
    value = draw(st.sampled_from(VALUES[field]))
    shape = draw(st.sampled_from(["plain", "case", "prefix", "suffix", "inside", "operator"]))
    cut = draw(st.integers(0, len(value)))
    star = draw(st.sampled_from("*%"))
    if shape == "operator":
        other = draw(st.sampled_from(VALUES[field]))
        between = f"BETWEEN {value},{other}"
        unlike = f"!{value[:cut]}{star}"
        return draw(st.sampled_from([f"!{value}", f"<{value}", f">={value}", between, unlike]))
    return {
        "plain": value,
        "case": value.swapcase() if field == "name" else value,
        "prefix": value[:cut] + star,
        "suffix": star + value[cut:],
        "inside": value[: cut // 2] + star + value[cut:],
    }[shape]


filters = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda field: st.tuples(st.just(field), filter_values(field))
)
queries = st.builds(
    Query,
    filters=st.lists(filters, max_size=2).map(dict),
    sort_key=st.sampled_from(sorted(SORTS)),
    sort_dir=st.sampled_from(["asc", "desc"]),
    limit=st.sampled_from([1, 2, 3, 7, 100]),
)


def fetch(site: Site, query: Query, project: str | None = None) -> Page[Zone]:
    """A page of all zones, or of those that a project sees."""
    with site.store.read() as connection:
        return zone_lists.find(
            connection, query, project_id=project, all_projects=project is None, catalogs=True
        )


def test_pages_are_those_of_a_sorted_list(site: Site, known: list[Zone]) -> None:
    """Whatever filter, key, direction and page size: nothing twice, nothing missing."""

    @settings(max_examples=80, deadline=None)
    @given(queries)
    def holds(query: Query) -> None:
        wanted = [
            zone
            for zone in known
            if all(FIELDS[field](zone, value) for field, value in query.filters.items())
        ]
        expected = in_order(wanted, SORTS[query.sort_key], query.sort_dir)
        found = walk(lambda page: fetch(site, page), query)
        assert [zone.name for zone in found] == [zone.name for zone in expected]
        assert found == expected

    holds()


def test_a_marker_is_looked_up_among_what_the_caller_sees(site: Site, known: list[Zone]) -> None:
    """A filter does not hide it, another project's zone is none."""
    mine = next(zone for zone in known if zone.project_id == "p1")
    other = next(zone for zone in known if zone.project_id == "p2")
    query = Query(filters={"name": "no.such.name."}, marker=mine.id)
    assert fetch(site, query, "p1").items == []
    for marker in (other.id, rows.new_id()):
        with pytest.raises(MarkerNotFound):
            fetch(site, Query(marker=marker), "p1")


def test_what_is_no_filter_or_key_is_told(site: Site) -> None:
    """The message names what is unknown, and what may be sorted by."""
    with pytest.raises(BadRequest, match="nonsense"):
        fetch(site, Query(filters={"nonsense": "1"}))
    with pytest.raises(InvalidSortKey, match="tenant_id"):
        fetch(site, Query(sort_key="email"))


def test_a_total_is_exact_or_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients stop paging at a total that is too low; too many are not counted on."""
    monkeypatch.setattr("designate.storage.listing.MAX_COUNTED", 2)
    for n in range(2):
        site.foreign(f"z{n}.example.")
    assert fetch(site, Query(limit=1)).total == 2
    site.foreign("z2.example.")
    assert fetch(site, Query(limit=1)).total is None
    assert fetch(site, Query(count=False)).total is None


def test_shared_zones_are_seen(site: Site, known: list[Zone]) -> None:
    """Own and shared ones come in one order, each once, with the share told."""
    theirs = [zone for zone in known if zone.project_id == "p2"][:3]
    for zone in theirs:
        site.share(zone, "p1")
        site.share(zone, "p3")
    own = [zone.id for zone in known if zone.project_id == "p1"]
    found = walk(lambda page: fetch(site, page, "p1"), Query(sort_key="name", limit=4))
    assert {zone.id for zone in found} == {*own, *(zone.id for zone in theirs)}
    assert len(found) == len(own) + 3
    assert {zone.id for zone in found if zone.shared_with_caller} == {zone.id for zone in theirs}
