# SPDX-License-Identifier: Apache-2.0
"""Lists: query parameters in, envelope out."""

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from designate import errors
from designate.api.paging import Collection, Paging, envelope
from designate.model.listing import Page, Query
from tests.unit.api.requests import request

ZONES = Collection("zones", frozenset({"name", "type"}), ("created_at", "name", "tenant_id"))
PAGING = Paging(default_limit=20, max_limit=1000)
MARKER = "11111111-2222-3333-4444-555555555555"


def parsed(query: str) -> Query:
    return PAGING.query(request(query_string=query), ZONES)


@dataclass(frozen=True)
class Thing:
    id: str


def test_nothing_asked_for_is_the_first_page_by_age() -> None:
    assert parsed("") == Query(filters={}, sort_key="created_at", sort_dir="asc", limit=20)


def test_parameters_are_filters_order_and_place() -> None:
    query = f"name=a*&type=&sort_key=name&sort_dir=desc&limit=5&marker={MARKER.upper()}"
    assert parsed(query) == Query(
        filters={"name": "a*", "type": ""},
        sort_key="name",
        sort_dir="desc",
        limit=5,
        marker=MARKER,
    )


@pytest.mark.parametrize(
    ("limit", "size"),
    [("1", 1), ("max", 1000), ("MAX", 1000), ("5000", 1000), (str(2**63 - 1), 1000)],
)
def test_a_limit_is_cut_at_the_installations_own(limit: str, size: int) -> None:
    assert parsed(f"limit={limit}").limit == size


def test_a_default_limit_is_cut_as_well() -> None:
    paging = Paging(default_limit=20, max_limit=10)
    assert paging.query(request(), ZONES).limit == 10
    assert paging.query(request(query_string="name=a"), ZONES).limit == 10


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("limit=0", errors.InvalidLimit),
        ("limit=-1", errors.InvalidLimit),
        ("limit=1.5", errors.InvalidLimit),
        ("limit=ten", errors.InvalidLimit),
        (f"limit={2**63}", errors.InvalidLimit),
        ("limit=" + "9" * 5000, errors.InvalidLimit),
        ("limit=", errors.InvalidValue),
        ("limit=1&limit=1", errors.BadRequest),
        ("name=a&name=b", errors.BadRequest),
        ("marker=x", errors.InvalidMarker),
        ("marker=", errors.InvalidMarker),
        ("sort_key=colour", errors.InvalidSortKey),
        ("sort_key=", errors.InvalidSortKey),
        ("sort_dir=DESC", errors.InvalidSortDirection),
        ("colour=red", errors.BadRequest),
        ("Limit=5", errors.BadRequest),
        ("name=a%00b", errors.BadRequest),
    ],
)
def test_each_bad_parameter_has_its_error(query: str, error: type[errors.BadRequest]) -> None:
    with pytest.raises(errors.BadRequest) as caught:
        parsed(query)
    assert type(caught.value) is error


def test_ordering_by_project_needs_all_projects() -> None:
    asked = request(query_string="sort_key=tenant_id")
    assert PAGING.query(asked, ZONES).sort_key == "created_at"
    asked.caller = replace(asked.caller, all_projects=True)
    assert PAGING.query(asked, ZONES).sort_key == "tenant_id"


def shown(
    ids: str, limit: int, arguments: list[tuple[str, str]], total: int | None = 9
) -> dict[str, object]:
    page = Page([Thing(letter) for letter in ids], total)
    found = Query(limit=limit), page
    return envelope(ZONES, "http://h/v2/zones", arguments, found, lambda thing: {"id": thing.id})


def test_a_full_page_links_to_the_next() -> None:
    assert shown("ab", 2, []) == {
        "zones": [{"id": "a"}, {"id": "b"}],
        "links": {"self": "http://h/v2/zones", "next": "http://h/v2/zones?marker=b"},
        "metadata": {"total_count": 9},
    }


def test_a_page_that_is_not_full_ends_the_list() -> None:
    assert shown("ab", 3, [])["links"] == {"self": "http://h/v2/zones"}


def test_a_marker_is_replaced_where_it_stands() -> None:
    arguments = [("name", "a *"), ("marker", "z"), ("limit", "1")]
    assert shown("a", 1, arguments)["links"] == {
        "self": "http://h/v2/zones?name=a+%2A&marker=z&limit=1",
        "next": "http://h/v2/zones?name=a+%2A&marker=a&limit=1",
    }


def test_a_total_that_is_not_known_is_not_told() -> None:
    assert shown("a", 2, [], total=None)["metadata"] == {}


def test_a_pattern_has_an_end() -> None:
    """What has no wildcard, such as a long key, is compared once."""
    for wildcard in "*%":
        assert parsed(f"name={'a' * 511}{wildcard}".replace("%", "%25")).filters
        with pytest.raises(errors.BadRequest, match="name: .* 512"):
            parsed(f"name={'a' * 512}{wildcard}".replace("%", "%25"))
    assert parsed(f"name={'a' * 5000}").filters
