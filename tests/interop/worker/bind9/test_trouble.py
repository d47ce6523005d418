# SPDX-License-Identifier: Apache-2.0
"""Servers that are away, ahead of us, or hold somebody else's zone: all of it heals by itself."""

from pathlib import Path

from designate.model.zones import Zone
from tests.interop.worker.bind9.conftest import NewSite
from tests.interop.worker.bind9.site import eventually
from tests.servers.bind9 import Bind9

ZONE_FILE = """$TTL 60
@ IN SOA ns1.example.net. admin.example.net. {serial} 3600 600 86400 3600
@ IN NS ns1.example.net.
elsewhere IN A 192.0.2.66
"""
FUTURE = 500_000


def overwrite(server: Bind9, file: Path, serial: int) -> None:
    """Make the server come up with another version of a zone."""
    server.stop()
    file.write_text(ZONE_FILE.format(serial=serial), "ascii")
    server.start()


def file_of(server: Bind9, zone: Zone) -> Path:
    """Where the server keeps the zone."""
    return server.directory / f"slave.{zone.name}{zone.id}"


def test_a_server_that_is_away_is_named_and_heals(new_site: NewSite) -> None:
    """Creating a zone while BIND is away gives ERROR with a reason, and ACTIVE once it is back."""
    site = new_site()
    server = site.servers[0]
    server.stop()
    zone = site.create("example.org.")
    reason = site.becomes(zone, "ERROR").status_reason or ""
    assert reason.startswith("127.0.0.1: rndc addzone: connect failed")
    server.start()
    healed = site.becomes(zone, "ACTIVE", within=10.0)
    assert healed.status_reason is None
    assert server.serial("example.org.") == healed.serial


def test_a_change_while_the_server_is_away_waits_for_it(new_site: NewSite) -> None:
    """A silent name server makes the change fail, its return makes it ACTIVE."""
    site = new_site()
    server = site.servers[0]
    zone = site.create("example.org.")
    site.becomes(zone, "ACTIVE")
    server.stop()
    site.add(zone, "www", "192.0.2.1")
    reason = site.becomes(zone, "ERROR", within=12.0).status_reason
    assert reason == f"127.0.0.1#{server.port} does not answer"
    server.start()
    healed = site.becomes(zone, "ACTIVE", within=10.0)
    assert server.serial("example.org.") == healed.serial
    eventually(lambda: [r for r in site.facts(zone).rows if r.error_code], until=lambda r: not r)


def test_a_server_that_slept_through_delete_and_create_gets_the_new_zone(
    new_site: NewSite,
) -> None:
    """With half the servers the old zone is deleted; the other half is caught up with later."""
    site = new_site(2, threshold=50)
    sleeper = site.servers[1]
    old = site.create("example.org.")
    site.becomes(old, "ACTIVE")
    eventually(lambda: sleeper.serial("example.org."))
    sleeper.stop()
    site.delete(old)
    site.becomes(old, "DELETED")
    assert [row.zone_id for row in site.facts(old).rows] == [old.id]
    new = site.becomes(site.create("example.org."), "ACTIVE")
    sleeper.start()
    rows = eventually(
        lambda: site.facts(new).rows, until=lambda rows: not any(r.error_code for r in rows)
    )
    assert {row.zone_id for row in rows} == {new.id}
    assert file_of(sleeper, new).name in sleeper.rndc("showzone", "example.org")
    assert sleeper.serial("example.org.") == new.serial


def test_a_deleted_zone_is_removed_from_a_server_that_returns(new_site: NewSite) -> None:
    """Its tombstone outlives the zone and goes when the server has forgotten it."""
    site = new_site(2, threshold=50)
    sleeper = site.servers[1]
    zone = site.create("example.org.")
    site.becomes(zone, "ACTIVE")
    eventually(lambda: sleeper.serial("example.org."))
    sleeper.stop()
    site.delete(zone)
    site.becomes(zone, "DELETED")
    sleeper.start()
    eventually(lambda: site.facts(zone).rows, until=lambda rows: rows == ())
    assert sleeper.serial("example.org.") is None


def test_a_server_that_is_ahead_is_moved_past(new_site: NewSite) -> None:
    """A serial from the future is not taken for ours: the zone moves past it and is served."""
    site = new_site(extra_options="masterfile-format text;")
    server = site.servers[0]
    zone = site.create("example.org.")
    before = site.becomes(zone, "ACTIVE")
    overwrite(server, file_of(server, zone), before.serial + FUTURE)
    assert server.serial("example.org.") == before.serial + FUTURE
    site.add(zone, "www", "192.0.2.1")
    healed = site.becomes(zone, "ACTIVE")
    assert healed.serial > before.serial + FUTURE
    assert server.serial("example.org.") == healed.serial
    assert not server.query("elsewhere.example.org.", "A").answer


def test_a_zone_that_somebody_else_has_there_is_taken_over(new_site: NewSite) -> None:
    """ "Already exists" is not believed: the zone is replaced whole, also for the next start."""
    site = new_site()
    server = site.servers[0]
    by_hand = server.directory / "by-hand"
    by_hand.write_text(ZONE_FILE.format(serial=4_000_000_000), "ascii")
    server.rndc("addzone", 'example.org { type primary; file "by-hand"; };')
    zone = site.becomes(site.create("example.org."), "ACTIVE")
    assert server.serial("example.org.") == zone.serial < 4_000_000_000
    assert by_hand.exists()
    server.restart()
    assert file_of(server, zone).name in server.rndc("showzone", "example.org")
    assert server.serial("example.org.") == zone.serial


def test_a_zone_of_named_conf_stays_and_is_the_reason(new_site: NewSite) -> None:
    """An added zone beside it would keep named from starting: its operator has to remove it."""
    site = new_site()
    server = site.servers[0]
    (server.directory / "by-hand").write_text(ZONE_FILE.format(serial=4_000_000_000), "ascii")
    configuration = server.directory / "named.conf"
    without = configuration.read_text("utf-8")
    configuration.write_text(
        without + 'zone "example.org" { type primary; file "by-hand"; };\n', "utf-8"
    )
    server.rndc("reconfig")
    zone = site.create("example.org.")
    reason = site.becomes(zone, "ERROR").status_reason
    assert reason == "127.0.0.1: example.org. is there already, not ours but in named.conf"
    assert server.serial("example.org.") == 4_000_000_000
    configuration.write_text(without, "utf-8")
    server.rndc("reconfig")
    site.becomes(zone, "ACTIVE")
    assert server.serial("example.org.") == site.zone(zone).serial


def test_a_left_over_incarnation_is_replaced(new_site: NewSite) -> None:
    """A zone of ours that should be gone, far ahead, is replaced whole by the present one."""
    site = new_site(extra_options="masterfile-format text;")
    server = site.servers[0]
    left = server.directory / "slave.example.org.0b0c0d0e"
    left.write_text(ZONE_FILE.format(serial=3_500_000_000), "ascii")
    masters = f"127.0.0.1 port {site.mdns.addresses[0][1]};"
    server.rndc(
        "addzone", f'example.org {{ type slave; masters {{ {masters} }}; file "{left.name}"; }};'
    )
    assert server.serial("example.org.") == 3_500_000_000
    zone = site.becomes(site.create("example.org."), "ACTIVE")
    assert server.serial("example.org.") == zone.serial < 3_500_000_000
    assert not server.query("elsewhere.example.org.", "A").answer


def test_a_zone_lost_by_its_server_is_given_back(new_site: NewSite) -> None:
    """A server that has no such zone any more is told of it again at the next change."""
    site = new_site()
    server = site.servers[0]
    zone = site.create("example.org.")
    site.becomes(zone, "ACTIVE")
    server.rndc("delzone", "example.org")
    site.add(zone, "www", "192.0.2.1")
    site.becomes(zone, "ACTIVE", within=4.0)
    assert server.serial("example.org.") == site.zone(zone).serial


def test_a_name_server_that_nobody_tells_is_named(new_site: NewSite) -> None:
    """A name server that refuses the zone is the reason, and half of the servers are not all."""
    site = new_site(2)
    stranger = site.servers[1]
    pool = site.pool()
    pool.targets.pop()
    site.put_pool(pool)
    zone = site.create("example.org.")
    reason = site.becomes(zone, "ERROR", within=12.0).status_reason
    assert reason == f"127.0.0.1#{stranger.port} answers REFUSED"
