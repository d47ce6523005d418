# SPDX-License-Identifier: Apache-2.0
"""What changed behind our back is found without a change of ours, and healed."""

import shutil
from functools import partial
from typing import Any

import pytest

from designate.wire.serial import is_newer
from tests.servers.bind9 import HOST, Bind9, free_port
from tests.servers.clock import FakeClock
from tests.system.conftest import NewSite
from tests.system.site import Site, addresses, eventually, served
from tests.system.test_outages import ELSEWHERE, add_by_hand

AUDIT = "[producer_task:drift_audit]\ninterval = 1\n"
RECOVERY = "[producer_task:worker_periodic_recovery]\ninterval = 1\n"
NAME = "drift.example."
HOUR = 3600


def agree(site: Site, zone: Any) -> bool:
    """Whether BIND has what the API lists, and the zone is settled."""
    now = site.show(zone)
    [server] = site.servers
    same = server.serial(NAME) == now["serial"] and served(server, NAME) == site.listed(zone)
    return same and now["status"] == "ACTIVE"


def test_a_restored_database_is_noticed(new_site: NewSite) -> None:
    """BIND is ahead of it with content that is lost; nobody writes, and it is taken back."""
    site = new_site(conf=AUDIT)
    [server] = site.servers
    zone = site.new_zone(NAME, "kept")
    assert site.stop() == 0
    shutil.copytree(site.directory / "state", site.directory / "copy")
    site.start()
    site.add(zone, "lost")
    lost = site.settled(zone)["serial"]
    assert site.stop() == 0
    shutil.rmtree(site.directory / "state")
    (site.directory / "copy").rename(site.directory / "state")
    assert addresses(server, f"lost.{NAME}") == ["192.0.2.1"]
    site.start()
    eventually(partial(agree, site, zone))
    assert is_newer(site.show(zone)["serial"], lost)
    assert addresses(server, f"lost.{NAME}") == []


@pytest.mark.slow
@pytest.mark.parametrize("serial", [1, ELSEWHERE])
def test_a_zone_of_somebody_else_in_the_place_of_ours_is_noticed(
    new_site: NewSite, serial: int
) -> None:
    """Whether its serial is lower or higher; and a zone that is gone from BIND as well."""
    site = new_site(conf=AUDIT)
    [server] = site.servers
    zone = site.new_zone(NAME, "ours")
    server.rndc("delzone", "drift.example")
    eventually(partial(agree, site, zone))
    server.rndc("delzone", "drift.example")
    add_by_hand(server, NAME, serial)
    eventually(partial(agree, site, zone))
    assert addresses(server, f"elsewhere.{NAME}") == []


@pytest.mark.slow
def test_an_audit_changes_nothing_where_all_is_well(new_site: NewSite) -> None:
    """The zone stays ACTIVE at its version, and BIND transfers nothing."""
    site = new_site(conf=AUDIT)
    [server] = site.servers
    server.rndc("querylog", "on")
    zone = site.new_zone(NAME, "ours")
    seen = server.log_text().count(f"query: {NAME.rstrip('.')} IN SOA")
    states = set()

    def audited() -> bool:
        now = site.show(zone)
        states.add((now["status"], now["serial"], now["updated_at"]))
        return server.log_text().count(f"query: {NAME.rstrip('.')} IN SOA") >= seen + 3

    eventually(audited)
    assert states == {("ACTIVE", zone["serial"], zone["updated_at"])}
    assert len(server.transferred(NAME)) == len(set(server.transferred(NAME)))


def transfer_from(server: Bind9, zone: Any, port: int) -> None:
    """Have BIND look for new versions of the zone at another port."""
    name, file = zone["name"].rstrip("."), f"slave.{zone['name']}{zone['id']}"
    masters = f"{HOST} port {port};"
    server.rndc("modzone", f'{name} {{ type slave; masters {{ {masters} }}; file "{file}"; }};')


@pytest.mark.slow
def test_work_that_a_clock_put_off_is_done(new_site: NewSite, clock: FakeClock) -> None:
    """A retry that was planned while the clock was ahead does not wait for that hour to come."""
    site = new_site(clock=clock, conf=RECOVERY)
    [server] = site.servers
    zone = site.new_zone(NAME, "ours")
    transfer_from(server, zone, free_port())
    clock.ahead(HOUR)
    site.add(zone, "new")
    site.failed(zone, reason=f"serves serial {zone['serial']}, not")
    clock.ahead(0)
    transfer_from(server, zone, site.dns[1])
    eventually(partial(agree, site, zone))
    assert site.show(zone)["serial"] > zone["serial"] + HOUR // 2
