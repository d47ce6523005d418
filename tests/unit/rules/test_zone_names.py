# SPDX-License-Identifier: Apache-2.0
"""Which names zones may have, and how a new zone begins."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designate.errors import DuplicateZone, IllegalChild, IllegalParent, InvalidZoneName, OverQuota
from designate.model.names import suffixes
from designate.rules import quota, ttl
from designate.rules.admission import first_serial
from designate.rules.zone_names import check_owners, check_shape, check_tlds

SERIALS = st.integers(0, (1 << 32) - 1)


@pytest.mark.parametrize("name", ["example.", "com."])
def test_one_label_is_too_few(name: str) -> None:
    """A zone stands below a top-level domain."""
    with pytest.raises(InvalidZoneName, match="two labels"):
        check_shape(name, 255)


@pytest.mark.parametrize(
    ("tlds", "name", "allowed"),
    [
        ((), "anything.", True),
        (("com",), "example.com.", True),
        (("com",), "a.b.example.com.", True),
        (("com",), "com.", False),
        (("com",), "example.org.", False),
        (("com",), "examplecom.", False),
        (("com", "co.uk"), "example.co.uk.", True),
        (("com", "co.uk"), "co.uk.", False),
        (("co.uk",), "example.uk.", False),
        (("uk", "co.uk"), "other.uk.", True),
    ],
)
def test_names_stand_below_a_tld(tlds: tuple[str, ...], name: str, *, allowed: bool) -> None:
    """Where there are TLDs at all; a TLD of several labels is one too."""
    bare = {suffix.rstrip(".") for suffix in suffixes(name)}
    above = bare & set(tlds)
    if allowed:
        check_tlds(name, above, restricted=bool(tlds))
    else:
        with pytest.raises(InvalidZoneName):
            check_tlds(name, above, restricted=bool(tlds))


ME: dict[str, Any] = {
    "same": [],
    "has_ancestor": False,
    "nearest_ancestor": None,
    "descendants": [],
}


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({}, None),
        ({"same": ["me"], "descendants": ["me"]}, None),
        ({"same": ["me", "other"]}, DuplicateZone),
        ({"has_ancestor": True, "nearest_ancestor": "me"}, None),
        ({"has_ancestor": True, "nearest_ancestor": "other"}, IllegalChild),
        ({"has_ancestor": True, "nearest_ancestor": None}, IllegalChild),
        ({"descendants": ["me", "other"]}, IllegalParent),
        ({"descendants": [None]}, IllegalParent),
    ],
)
def test_a_tree_has_one_owner(facts: Mapping[str, Any], error: type[Exception] | None) -> None:
    """A zone that belongs to nobody is another's, too."""
    if error is None:
        check_owners("me", **{**ME, **facts})
    else:
        with pytest.raises(error):
            check_owners("me", **{**ME, **facts})


@given(SERIALS, st.none() | SERIALS)
def test_a_first_serial_is_newer_than_the_last(wanted: int, last: int | None) -> None:
    """The wanted one where that is newer (RFC 1982)."""
    first = first_serial(wanted, last)
    if last is None or 0 < (wanted - last) % (1 << 32) < 1 << 31:
        assert first == wanted
    else:
        assert 0 < (first - last) % (1 << 32) < 1 << 31


@pytest.mark.parametrize(
    ("limit", "wanted", "over"), [(-1, 10**9, False), (0, 0, False), (0, 1, True), (2, 2, False)]
)
def test_a_quota_is_a_ceiling_unless_negative(limit: int, wanted: int, *, over: bool) -> None:
    """Every exceeded resource is named."""
    limits = {"zones": limit, "zone_records": limit}
    if over:
        with pytest.raises(OverQuota, match=r"zones, zone_records\.$"):
            quota.check(limits, zones=wanted, zone_records=wanted)
    else:
        quota.check(limits, zones=wanted, zone_records=wanted)


@pytest.mark.parametrize(("value", "low"), [(None, False), (60, False), (59, True), (0, True)])
def test_an_inherited_ttl_is_never_too_low(value: int | None, *, low: bool) -> None:
    """What is inherited was checked with the zone."""
    assert ttl.is_low(value, 60) == low
