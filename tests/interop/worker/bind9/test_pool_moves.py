# SPDX-License-Identifier: Apache-2.0
"""A zone moves from one BIND to another without a moment in which none serves it."""

import msgspec

from designate.model.pools import Nameserver, Pool
from designate.model.tsigkeys import NewTsigKey
from designate.model.zones import Zone
from tests.interop.worker.bind9.conftest import NewSite
from tests.interop.worker.bind9.site import TENANT, Site, eventually
from tests.servers.bind9 import Bind9

OTHER = "11111111-2222-4333-8444-555555555555"


def two_pools(site: Site) -> None:
    """Give each of the two servers a pool of its own; zones are made in that of the first."""
    whole = site.pool()

    def part(pool: Pool, server: Bind9, number: int) -> Pool:
        return msgspec.structs.replace(
            pool,
            nameservers=[Nameserver(host=server.host, port=server.port)],
            targets=[whole.targets[number]],
        )

    first, second = site.servers
    site.put_pool(part(whole, first, 0))
    other = msgspec.structs.replace(whole, id=OTHER, name="other")
    site.put_pool(part(other, second, 1))
    key = NewTsigKey(
        name="key", algorithm="hmac-sha256", secret="c2VjcmV0", scope="POOL", resource_id=OTHER
    )
    site.central.tsigkeys.create(TENANT, key)


def served_by(site: Site, zone: Zone) -> list[bool]:
    """Which of the servers serve the zone."""
    return [server.serial(zone.name) is not None for server in site.servers]


def test_a_moved_zone_is_served_by_its_new_pool_alone(new_site: NewSite) -> None:
    """The old server is emptied once the new one serves the version that says so."""
    site = new_site(2)
    two_pools(site)
    zone = site.create("example.org.")
    site.add(zone, "www", "192.0.2.1")
    site.becomes(zone, "ACTIVE")
    assert served_by(site, zone) == [True, False]
    site.central.zones.move(TENANT, zone.id, OTHER)
    eventually(lambda: served_by(site, zone), until=lambda found: found == [False, True])
    moved = site.becomes(zone, "ACTIVE")
    assert (moved.pool_id, site.servers[1].serial(zone.name)) == (OTHER, moved.serial)
    eventually(site.queue, until=lambda queue: queue.names == 0)
    assert {row.server for row in site.facts(zone).rows} == {site.pool().targets[1].key}
    site.delete(zone)
    site.becomes(zone, "DELETED")
    assert served_by(site, zone) == [False, False]


def test_a_zone_stays_on_its_old_server_while_the_new_one_is_away(new_site: NewSite) -> None:
    """It is served all the time, changes and all, and moves when the new server is back."""
    site = new_site(2)
    two_pools(site)
    zone = site.create("example.org.")
    site.becomes(zone, "ACTIVE")
    site.servers[1].stop()
    site.central.zones.move(TENANT, zone.id, OTHER)
    site.becomes(zone, "ERROR")
    assert site.servers[0].serial(zone.name) is not None
    site.servers[1].start()
    eventually(
        lambda: served_by(site, zone), within=60.0, until=lambda found: found == [False, True]
    )


def test_an_abandoned_zone_stays_on_its_server(new_site: NewSite) -> None:
    """And one that is made anew in its place takes over what is there."""
    site = new_site()
    zone = site.create("example.org.")
    site.becomes(zone, "ACTIVE")
    site.central.zones.abandon(TENANT, zone.id)
    site.becomes(site.create("marker.example."), "ACTIVE")
    eventually(site.queue, until=lambda queue: queue.names == 0)
    assert site.servers[0].serial(zone.name) == zone.serial
    assert site.facts(zone).rows == ()
    again = site.becomes(site.create("example.org."), "ACTIVE")
    assert site.servers[0].serial(zone.name) == again.serial > zone.serial
