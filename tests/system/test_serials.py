# SPDX-License-Identifier: Apache-2.0
"""Serials only rise for BIND and Knot, whatever happens to clocks, imports and databases.

Decisions 3a.3 and 3a.4. After each step both servers have exactly what the API lists.
"""

import shutil
import time
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from designate.wire.serial import MODULUS, is_newer
from tests.servers.clock import FakeClock
from tests.servers.knot import Knot
from tests.system.conftest import NewSite
from tests.system.site import Site, eventually, rcode, served

HOUR = 3600
FUTURE = 500_000
DATE = 2026112501
"""A serial made of a date, which is ahead of the Unix time until 2034."""
LAST = MODULUS - 1
NAME = "serials.example."
IMPORTED = """$ORIGIN {name}
$TTL 300
@ IN SOA ns1.example.net. dns.{name} {serial} 3600 600 86400 300
@ IN NS ns1.example.net.
www IN A 192.0.2.80
"""


def new_zone(site: Site, name: str = NAME) -> Any:
    """A zone that every server follows."""
    follow(site, name)
    return agreed(site, site.new_zone(name, "first"))


def imported(site: Site, serial: int, name: str = NAME) -> Any:
    """A zone from a file with this serial, which every server follows."""
    follow(site, name)
    task = site.import_zone(IMPORTED.format(name=name, serial=serial).encode())
    assert task["status"] == "COMPLETE", task
    zone = agreed(site, {"id": task["zone_id"], "name": name})
    assert zone["serial"] == serial
    return zone


def follow(site: Site, name: str) -> None:
    """Have those servers follow a zone that nobody tells of it."""
    for knot in site.followers:
        knot.add(name)


AHEAD = 60
"""Versions of a zone that are made at once: so many seconds its serial is ahead of the clock."""


def agreed(site: Site, zone: Any) -> Any:
    """The zone once it is ACTIVE: each server has its serial and its content."""
    now = site.settled(zone)
    for server in site.nameservers:
        assert server.serial(zone["name"]) == now["serial"]
        assert served(server, zone["name"]) == site.listed(zone)
    return now


def written(site: Site, zone: Any, *labels: str) -> list[int]:
    """The serials of the zone after each of these was added, and was served."""
    serials = []
    for label in labels:
        site.add(zone, label)
        serials.append(agreed(site, zone)["serial"])
    return serials


def all_rise(site: Site, name: str = NAME) -> None:
    """Every server took ever newer versions, as RFC 1982 counts."""
    for server in site.nameservers:
        serials = server.transferred(name)
        assert len(serials) >= 2, serials
        assert [pair for pair in pairwise(serials) if not is_newer(pair[1], pair[0])] == []


def caught_up(site: Site, zone: Any) -> Any:
    """The zone once it is ACTIVE, and those servers that need not be waited for have it as well."""
    now = site.settled(zone)
    for server in site.nameservers:
        eventually(partial(server.serial, zone["name"]), until=partial(equals, now["serial"]))
        assert served(server, zone["name"]) == site.listed(zone)
    return now


both = pytest.mark.parametrize(
    "knots", [0, pytest.param(1, marks=pytest.mark.slow)], ids=["bind", "bind-knot"]
)
slow = [pytest.param(number, marks=pytest.mark.slow) for number in (0, 1)]
slow_both = pytest.mark.parametrize("knots", slow, ids=["bind", "bind-knot"])


@both
def test_a_clock_that_is_set_back_and_forth(
    new_site: NewSite, clock: FakeClock, knots: int
) -> None:
    """Back, the serial rises by one; ahead, it is the time; and the next is one more again."""
    site = new_site(knots=knots, clock=clock)
    zone = new_zone(site)
    clock.ahead(-HOUR)
    serials = [zone["serial"], *written(site, zone, "b0", "b1", "b2")]
    assert serials == list(range(zone["serial"], zone["serial"] + 4))
    clock.ahead(HOUR)
    [ahead] = written(site, zone, "a0")
    assert abs(ahead - time.time() - HOUR) < 60
    clock.ahead(0)
    assert written(site, zone, "n0", "n1") == [ahead + 1, ahead + 2]
    all_rise(site)


@both
def test_an_imported_date_goes_on_by_ones(new_site: NewSite, knots: int) -> None:
    """It is ahead of the time, so that the time would take it back."""
    site = new_site(knots=knots)
    zone = imported(site, DATE)
    assert written(site, zone, "a", "b", "c") == [DATE + 1, DATE + 2, DATE + 3]
    all_rise(site)


@slow_both
def test_the_end_of_the_serials_is_stepped_over(
    new_site: NewSite, clock: FakeClock, knots: int
) -> None:
    """Where the time is no newer, one by one over the end, without 0; then to the time."""
    site = new_site(knots=knots, clock=clock)
    zone = imported(site, LAST - 5)
    # In 2038 the time is half the circle away.
    clock.ahead((1 << 31) + 1000 - int(time.time()))
    expected = [*range(LAST - 4, LAST + 1), *range(1, 8)]
    assert written(site, zone, *(f"w{number}" for number in expected)) == expected
    clock.ahead(0)
    [now] = written(site, zone, "now")
    assert abs(now - time.time()) < 60
    all_rise(site)


@slow_both
def test_the_time_is_taken_over_the_end(new_site: NewSite, knots: int) -> None:
    """Today it comes after the last serials, as RFC 1982 counts."""
    site = new_site(knots=knots)
    zone = imported(site, LAST - 5)
    first, second, third = written(site, zone, "a", "b", "c")
    assert abs(first - time.time()) < 60
    assert first < second < third
    all_rise(site)


@slow_both
def test_a_zone_that_is_created_again_goes_on_from_its_last_serial(
    new_site: NewSite, clock: FakeClock, knots: int
) -> None:
    """Although the clock was set back meanwhile, and although half of the servers kept the old."""
    site = new_site(knots=knots, clock=clock, threshold=50)
    follow(site, NAME)
    old = site.new_zone(NAME, "old")
    last = caught_up(site, old)["serial"]
    # BIND takes no commands of a clock that is a minute off.
    clock.ahead(-30)
    remove(site, old)
    new = caught_up(site, site.new_zone(NAME, "new"))
    assert is_newer(new["serial"], last)
    site.add(new, "newer")
    caught_up(site, new)
    all_rise(site)


@pytest.mark.slow
def test_a_knot_that_slept_through_delete_and_create(new_site: NewSite) -> None:
    """It comes back with the old zone, and takes the new one whole."""
    site = new_site(knots=1, threshold=50)
    [knot] = site.followers
    follow(site, NAME)
    old = site.new_zone(NAME, "old")
    caught_up(site, old)
    knot.stop()
    remove(site, old)
    new = site.new_zone(NAME, "new")
    knot.start()
    caught_up(site, new)
    all_rise(site)


@pytest.mark.slow
def test_a_knot_that_is_ahead_is_moved_past(new_site: NewSite) -> None:
    """Somebody changed the zone on it; the next change of ours is newer, and all it has."""
    site = new_site(knots=1)
    [knot] = site.followers
    zone = new_zone(site)
    foreign = zone["serial"] + FUTURE
    put_by_hand(knot, foreign)
    assert knot.serial(NAME) == foreign
    [healed] = written(site, zone, "ours")
    assert is_newer(healed, foreign)
    assert f"a server is ahead with serial {foreign}" in site.log()
    written(site, zone, "more")
    all_rise(site)


@slow_both
def test_servers_ahead_of_a_restored_database_are_moved_past(new_site: NewSite, knots: int) -> None:
    """They have serials that the database does not know any more, and content that is lost."""
    site = new_site(knots=knots)
    zone = new_zone(site)
    assert site.stop() == 0
    shutil.copytree(site.directory / "state", site.directory / "copy")
    site.start()
    for number in range(AHEAD):
        # Faster than the clock, which else may have come to just the last serial by the restore.
        site.add(zone, f"lost{number}")
    [lost] = written(site, zone, "last")
    assert lost > time.time() + AHEAD / 2
    assert site.stop() == 0
    shutil.rmtree(site.directory / "state")
    (site.directory / "copy").rename(site.directory / "state")
    site.start()
    [healed] = written(site, zone, "new")
    assert is_newer(healed, lost)
    all_rise(site)


def test_a_clock_that_bind_does_not_take_commands_of_is_named(
    new_site: NewSite, clock: FakeClock
) -> None:
    """A new zone waits for the clock, with the reason; changes do not, they are transferred."""
    site = new_site(clock=clock)
    zone = new_zone(site)
    for offset in (-HOUR, HOUR):
        clock.ahead(offset)
        written(site, zone, f"w{offset}")
        name = f"new{offset}.example."
        new = site.create("/v2/zones", {"name": name, "email": "dns@example.net"})
        site.failed(new, reason="is our clock right?")
        clock.ahead(0)
        agreed(site, new)
    all_rise(site)


def equals(wanted: object, found: object) -> bool:
    """Whether two are equal."""
    return wanted == found


def remove(site: Site, zone: Any) -> None:
    """Delete a zone, and wait until enough servers have it no more."""
    assert site.call("DELETE", f"/v2/zones/{zone['id']}").status == 202
    site.wait_gone(f"/v2/zones/{zone['id']}")
    assert rcode(site.servers[0], zone["name"]) == "REFUSED"


def put_by_hand(knot: Knot, serial: int) -> None:
    """Change the zone on the server itself."""
    soa = f"ns1.example.net. admin.example.net. {serial} 3600 600 86400 3600"
    knot.control("zone-begin", NAME)
    knot.control("zone-unset", NAME, "@", "SOA")
    knot.control("zone-set", NAME, "@", "60", "SOA", *soa.split())
    knot.control("zone-set", NAME, "elsewhere", "60", "A", "192.0.2.66")
    knot.control("zone-commit", NAME)
