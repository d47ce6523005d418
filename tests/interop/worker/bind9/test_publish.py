# SPDX-License-Identifier: Apache-2.0
"""The worker drives a real BIND: what is written is served, and what is served is known."""

from tests.interop.worker.bind9.conftest import NewSite
from tests.interop.worker.bind9.site import Site, eventually
from tests.servers.bind9 import Bind9, binary


def addresses(server: Bind9, name: str) -> list[str]:
    """The A records that the server answers with."""
    return sorted(str(rdata) for rrset in server.query(name, "A").answer for rdata in rrset)


def test_a_new_zone_is_served_and_active(new_site: NewSite) -> None:
    """BIND has the zone at our serial when its status is ACTIVE, and the queue is empty."""
    site = new_site()
    zone = site.becomes(site.create("example.org."), "ACTIVE")
    assert site.servers[0].serial("example.org.") == zone.serial
    assert (zone.action, zone.confirmed_generation) == ("NONE", zone.generation)
    eventually(site.queue, until=lambda queue: queue.names == 0)


def test_a_change_is_served_when_it_is_active(new_site: NewSite) -> None:
    """The record is there as soon as the zone is ACTIVE again."""
    site = new_site()
    zone = site.create("example.org.")
    site.becomes(zone, "ACTIVE")
    site.add(zone, "www", "192.0.2.1")
    assert site.status(zone) == "PENDING"
    site.becomes(zone, "ACTIVE")
    assert addresses(site.servers[0], "www.example.org.") == ["192.0.2.1"]


def test_a_burst_of_changes_ends_active_at_the_last(new_site: NewSite) -> None:
    """Each change is served, however they were taken together."""
    site = new_site()
    zone = site.create("example.org.")
    for number in range(50):
        site.add(zone, f"w{number}", f"192.0.2.{number}")
    zone = site.becomes(zone, "ACTIVE")
    assert site.servers[0].serial("example.org.") == zone.serial
    assert addresses(site.servers[0], "w49.example.org.") == ["192.0.2.49"]


def test_a_deleted_zone_is_gone_from_the_server(new_site: NewSite) -> None:
    """It is DELETED only once BIND no longer has it, and leaves no rows behind."""
    site = new_site()
    zone = site.create("example.org.")
    site.becomes(zone, "ACTIVE")
    site.delete(zone)
    site.becomes(zone, "DELETED")
    assert site.servers[0].serial("example.org.") is None
    assert site.facts(zone).rows == ()
    eventually(site.queue, until=lambda queue: queue.names == 0)


def test_a_zone_made_anew_replaces_the_old_one(new_site: NewSite) -> None:
    """The next zone of the name starts after the last serial of the one before."""
    site = new_site()
    first = site.create("example.org.")
    site.add(first, "old", "192.0.2.1")
    site.becomes(first, "ACTIVE")
    site.delete(first)
    last = site.becomes(first, "DELETED").serial
    second = site.becomes(site.create("example.org."), "ACTIVE")
    assert second.serial > last
    assert site.servers[0].serial("example.org.") == second.serial
    assert addresses(site.servers[0], "old.example.org.") == []


def test_many_zones_become_active(new_site: NewSite) -> None:
    """Zones that are created together do not wait for one another's polls."""
    site = new_site()
    zones = [site.create(f"z{number}.example.") for number in range(60)]

    def waiting(site: Site) -> list[str]:
        return [zone.name for zone in zones if site.status(zone) != "ACTIVE"]

    eventually(lambda: waiting(site), within=30.0, until=lambda names: not names)
    assert {site.servers[0].serial(zone.name) for zone in zones} == {
        site.zone(zone).serial for zone in zones
    }


def test_new_masters_of_the_pool_reach_every_zone(new_site: NewSite) -> None:
    """A change of the pool's configuration is carried to zones that nobody touched."""
    site = new_site()
    zone = site.create("example.org.")
    site.becomes(zone, "ACTIVE")
    pool = site.pool()
    pool.targets[0].masters.append(type(pool.targets[0].masters[0])(host="127.0.0.9", port=5354))
    site.put_pool(pool)
    shown = eventually(
        lambda: site.servers[0].rndc("showzone", "example.org"),
        until=lambda text: "127.0.0.9 port 5354" in text,
    )
    assert f"127.0.0.1 port {site.mdns.addresses[0][1]}" in shown


def test_the_program_rndc_is_used_where_its_path_is_given(new_site: NewSite) -> None:
    """It does what our own use of the control channel does."""
    site = new_site()
    pool = site.pool()
    pool.targets[0].options["rndc_bin_path"] = binary("rndc")
    site.put_pool(pool)
    zone = site.create("example.org.")
    site.becomes(zone, "ACTIVE")
    assert site.servers[0].serial("example.org.") == site.zone(zone).serial
    site.delete(zone)
    site.becomes(zone, "DELETED")
    assert site.servers[0].serial("example.org.") is None
