# SPDX-License-Identifier: Apache-2.0
"""How central is put together."""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from designate.cmd import central
from designate.errors import ConfigurationError
from designate.model.pools import NsRecord, Pool
from designate.scheduler.filters import FILTERS, Facts
from designate.scheduler.pool_choice import Scheduler
from tests.unit.central.site import caller

NS = [NsRecord(hostname="ns1.pool.")]
POOLS = [Pool(id="a", name="a", ns_records=NS), Pool(id="b", name="b", ns_records=NS)]


class Last:
    """A filter of another package."""

    def keep(self, facts: Facts, pools: Sequence[Pool]) -> Sequence[Pool]:
        """The last pool."""
        return pools[-1:]


class Nothing:
    """No filter."""


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with a filter, one with a name of ours, and one that is none."""
    points = [
        EntryPoint("last", f"{__name__}:Last", central.GROUP),
        EntryPoint("random", f"{__name__}:Last", central.GROUP),
        EntryPoint("nothing", f"{__name__}:Nothing", central.GROUP),
    ]
    monkeypatch.setattr(central, "entry_points", lambda group: EntryPoints(points))


@pytest.mark.usefixtures("installed")
def test_a_filter_of_another_package_is_used_by_its_name() -> None:
    """One that nobody names is not even loaded, and ours keep their names."""
    names = ["last", "random"]
    known = central.filters(names)
    chosen = Scheduler(names, "b", known).choose(caller(), {}, POOLS, lambda: None)
    assert chosen.id == "b"
    assert known["random"] is FILTERS["random"]


@pytest.mark.usefixtures("installed")
def test_what_is_no_filter_is_named() -> None:
    """At the start, not with the first zone."""
    with pytest.raises(ConfigurationError, match=r"nothing \(.*\) lacks keep"):
        central.filters(["nothing"])
