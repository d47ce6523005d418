# SPDX-License-Identifier: Apache-2.0
"""Quotas: whose they are, who sets them, and that several are set as one."""

from collections.abc import Callable

import pytest

from designate.central.quotas import Quotas
from designate.errors import Forbidden, InvalidProject, MissingProject
from designate.model.context import Context
from designate.model.quotas import QuotaChange
from tests.unit.central.site import Site, caller, enforcer

FIVE = QuotaChange(zones=5)
ALONE = caller("admins", "admin")


def operations(site: Site) -> list[Callable[[Context, str], object]]:
    """What a switch is needed for where the quotas are another project's."""
    quotas = site.central.quotas
    return [quotas.get, lambda ctx, project: quotas.update(ctx, project, FIVE)]


@pytest.mark.parametrize("number", range(2))
def test_those_of_another_project_need_a_switch(site: Site, number: int) -> None:
    """All-projects, or sudo."""
    act = operations(site)[number]
    with pytest.raises(Forbidden):
        act(ALONE, "p1")
    act(ALONE, "admins")
    act(caller("admins", "admin", all_projects=True), "p1")
    act(caller("p1", "admin", original_project_id="admins"), "p1")


@pytest.mark.parametrize("number", range(2))
def test_without_a_project_there_are_no_own_ones(site: Site, number: int) -> None:
    """All-projects stands in for it."""
    act = operations(site)[number]
    with pytest.raises(MissingProject):
        act(caller(None, "admin"), "p1")
    act(caller(None, "admin", all_projects=True), "p1")


def test_they_are_set_back_without_a_switch(site: Site) -> None:
    """As upstream: the Tempest plug-in sends none (API.md section 20)."""
    site.central.quotas.reset(ALONE, "p1")
    with pytest.raises(Forbidden):
        site.central.quotas.reset(caller("p1"), "p1")


def test_policy_comes_before_the_project(site: Site) -> None:
    """Members set nothing; a reader with all-projects reads."""
    with pytest.raises(Forbidden):
        site.central.quotas.update(caller("p1"), "p1", FIVE)
    with pytest.raises(Forbidden):
        site.central.quotas.get(caller("p2"), "p1")
    everything = caller("p2", "reader", all_projects=True)
    assert site.central.quotas.get(everything, "p1").zones == 10


def test_projects_do_not_share_their_quotas(site: Site) -> None:
    """What one has is nothing to another, and goes with `reset` as a whole."""
    switch = caller("admins", "admin", all_projects=True)
    change = QuotaChange(zones=1, api_export_size=-1)
    site.central.quotas.update(switch, "p1", change)
    again = site.central.quotas.update(switch, "p1", QuotaChange(zones=2))
    assert (again.zones, again.api_export_size, again.zone_records) == (2, -1, 500)
    assert site.central.quotas.get(switch, "p2").zones == 10
    assert site.central.limits.get(caller("p1")).max_zones == 2
    site.central.quotas.reset(switch, "p1")
    assert site.central.quotas.get(switch, "p1") == site.central.quotas.get(switch, "p2")


class _OneProject:
    """A cloud with one project."""

    def check(self, ctx: Context, project_id: str) -> None:
        """See contracts.projects.Projects."""
        if project_id != "p1":
            raise InvalidProject("no such project")


def test_projects_are_asked_for_before_a_quota_is_set(site: Site) -> None:
    """After policy, so that nobody learns of projects here; not to read or set back."""
    asking = Quotas(site.store, enforcer(), defaults_of(site), _OneProject(), kept=True)
    switch = caller("admins", "admin", all_projects=True)
    assert asking.update(switch, "p1", FIVE).zones == 5
    with pytest.raises(InvalidProject):
        asking.update(switch, "p2", FIVE)
    with pytest.raises(Forbidden):
        asking.update(ALONE, "p2", FIVE)
    assert asking.get(switch, "p2").zones == 10
    asking.reset(switch, "p2")


def defaults_of(site: Site) -> dict[str, int]:
    """The limits of the configuration."""
    found = site.central.quotas.get(caller("nobody"))
    return {name: getattr(found, name) for name in found.__struct_fields__}


def test_any_name_of_a_project_has_quotas(site: Site) -> None:
    """Keystone's ids are free text to us."""
    name = "\U0001f431" * 255
    switch = caller(name, "admin")
    site.central.quotas.update(switch, name, FIVE)
    assert site.central.quotas.get(switch, name).zones == 5
