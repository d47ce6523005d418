# SPDX-License-Identifier: Apache-2.0
"""A changed pools.yaml is work that heals itself, for zones that were there before."""

from pathlib import Path

import yaml

from tests.servers.bind9 import Bind9
from tests.system.site import Site, addresses, eventually, served


def test_a_new_server_of_a_pool_gets_the_zones_that_exist(tmp_path: Path) -> None:
    """A zone made while this process was the only server is served by a BIND that joins later."""
    bind = Bind9(tmp_path / "bind")
    bind.start()
    site = Site(tmp_path / "designate", [bind])
    file = site.directory / "pools.yaml"
    with_bind = file.read_text("utf-8")
    (alone,) = yaml.safe_load(with_bind)
    alone["targets"] = [{"type": "embedded"}]
    alone["nameservers"] = [{"host": site.dns[0], "port": site.dns[1]}]
    file.write_text(yaml.safe_dump([alone]), "utf-8")
    try:
        site.start()
        zone = site.new_zone("early.example.", "www")
        site.stop()
        file.write_text(with_bind, "utf-8")
        site.start()
        eventually(lambda: addresses(bind, "www.early.example."), until=lambda found: found != [])
        site.add(zone, "later")
        site.settled(zone)
        assert served(bind, zone["name"]) == site.listed(zone)
    finally:
        site.stop()
        bind.stop()
