# SPDX-License-Identifier: Apache-2.0
"""Filters leave one pool, and it must be fit to serve (API.md 6.5)."""

from collections.abc import Mapping, Sequence

import pytest

from designate.errors import (
    BadRequest,
    ConfigurationError,
    Forbidden,
    MultiplePoolsFound,
    NoFiltersConfigured,
    NoServersConfigured,
    NoValidPoolFound,
)
from designate.model.pools import NsRecord, Pool
from designate.scheduler.pool_choice import Scheduler
from tests.unit.central.site import caller

NS = [NsRecord(priority=1, hostname="ns1.pool.")]
DEFAULT = Pool(id="default", name="default", ns_records=NS)
GOLD = Pool(id="gold", name="gold", ns_records=NS, owns_tsigkey=True, attributes={"tier": "gold"})
FAST = Pool(
    id="fast",
    name="fast",
    ns_records=NS,
    owns_tsigkey=True,
    attributes={"tier": "gold", "ssd": "True"},
)
OTHERS = Pool(id="others", name="others", ns_records=NS, owns_tsigkey=True, project_id="p2")
POOLS = [DEFAULT, GOLD, FAST, OTHERS]


def choose(
    names: Sequence[str],
    attributes: Mapping[str, str] | None = None,
    candidates: Sequence[Pool] = POOLS,
    *,
    all_projects: bool = False,
    may_force: bool = False,
) -> str:
    """The id of the pool that these filters choose for p1."""

    def force() -> None:
        if not may_force:
            raise Forbidden

    ctx = caller("p1", all_projects=all_projects)
    return Scheduler(names, "default").choose(ctx, attributes or {}, candidates, force).id


def test_the_default_pool_ignores_everything() -> None:
    """That is what a site without other filters has."""
    assert choose(["default_pool"], {"tier": "gold", "pool_id": "gold"}) == "default"


@pytest.mark.parametrize(
    ("names", "attributes", "error"),
    [
        ([], {}, NoFiltersConfigured),
        (["attribute"], {}, MultiplePoolsFound),
        (["attribute"], {"tier": "gold"}, MultiplePoolsFound),
        (["pool_id_attribute"], {"pool_id": "gold"}, Forbidden),
        (["pool_id_attribute"], {"pool_id": "nowhere"}, NoValidPoolFound),
        (["pool_id_attribute"], {"pool_id": "others"}, NoValidPoolFound),
    ],
)
def test_what_leaves_no_pool_or_several_is_told(
    names: Sequence[str], attributes: Mapping[str, str], error: type[Exception]
) -> None:
    """Another project's pool is as absent as one that does not exist."""
    with pytest.raises(error):
        choose(names, attributes)


@pytest.mark.parametrize(
    ("names", "attributes", "expected"),
    [
        (["attribute", "fallback"], {"tier": "none"}, "default"),
        (["attribute", "in_doubt_default_pool"], {"tier": "gold"}, "default"),
        (["attribute"], {"tier": "gold", "ssd": "yes"}, ["default", "fast"]),
        (["attribute", "random"], {"tier": "gold"}, ["default", "fast", "gold"]),
        (["random"], {}, ["default", "fast", "gold"]),
        (["in_doubt_default_pool"], {}, "default"),
    ],
)
def test_filters_run_in_their_order(
    names: Sequence[str], attributes: Mapping[str, str], expected: str | list[str]
) -> None:
    """Words for true are equal; a pool without attributes suits everybody."""
    if isinstance(expected, str):
        assert choose(names, attributes) == expected
    else:
        chosen = {choose([*names, "random"], attributes) for _ in range(100)}
        assert sorted(chosen) == expected


def test_a_forced_pool_must_be_among_the_candidates() -> None:
    """What a filter before has taken out stays out."""
    wish = {"pool_id": "gold"}
    assert choose(["pool_id_attribute"], wish, may_force=True) == "gold"
    with pytest.raises(NoValidPoolFound):
        choose(["default_pool", "pool_id_attribute"], wish, may_force=True)


def test_all_projects_sees_all_pools() -> None:
    """Those of other projects too."""
    wish = {"pool_id": "others"}
    assert choose(["pool_id_attribute"], wish, all_projects=True, may_force=True) == "others"


def test_the_pool_must_be_fit_to_serve() -> None:
    """A TSIG key of its own unless it is the default, and NS records."""
    keyless = Pool(id="keyless", name="keyless")
    with pytest.raises(BadRequest, match="TSIG"):
        choose(["random"], candidates=[keyless])
    bare = Pool(id="default", name="default")
    with pytest.raises(NoServersConfigured):
        choose(["default_pool"], candidates=[bare])


def test_an_unknown_filter_is_a_mistake_of_the_site() -> None:
    """It is told when the service starts."""
    with pytest.raises(ConfigurationError, match="fastest"):
        Scheduler(["default_pool", "fastest"], "default")
