# SPDX-License-Identifier: Apache-2.0
"""A Galera node goes away under load: whoever was on it goes on with another, and clients go on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from designate.conf.storage import Settings
from designate.storage.engine import configured
from designate.storage.tables import journal
from tests.servers.designate import Designate
from tests.servers.galera import Galera, Node
from tests.servers.haproxy import CHECK_USER, HaProxy
from tests.system.site import eventually
from tests.system.test_crashes import Crash

pytestmark = pytest.mark.slow

MORE = 40
"""Changes until a node that was away comes back."""


@dataclass(slots=True)
class Site:
    """An installation that is led to the first node as long as that is part of the cluster."""

    designate: Designate
    first: Node
    engine: Engine
    """The database on another node."""

    def goes_on(self) -> None:
        """Wait until more changes are made."""

        def made() -> int:
            with self.engine.connect() as connection:
                return int(connection.execute(select(func.count(journal.c.id))).scalar_one())

        goal = made() + MORE
        eventually(made, until=lambda now: now >= goal)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Three nodes behind a proxy that asks them whether they are ready."""
    with Galera(3) as cluster:
        cluster.nodes[0].execute(f"CREATE USER {CHECK_USER}")
        first, second, _ = cluster.create("designate")
        proxy = HaProxy()
        nodes = {f"node{n}": (node.host, node.port) for n, node in enumerate(cluster.nodes)}
        port = proxy.galera(nodes, balance="first")
        url = first.replace(f":{cluster.nodes[0].port}/", f":{port}/")
        conf = tmp_path / "designate.conf"
        conf.write_text(
            f"[storage:sqlalchemy]\nconnection = {url}\nmysql_wsrep_sync_wait = 7\n", "utf-8"
        )
        designate = Designate(tmp_path / "designate", "--config-file", str(conf))
        engine = configured(replace(Settings.default(second), mysql_wsrep_sync_wait=7))
        with proxy:
            designate.start()
            yield Site(designate, cluster.nodes[0], engine)
            designate.stop()
        engine.dispose()


def test_a_node_that_leaves_costs_no_client_an_error(site: Site) -> None:
    """Killed, and parted from the others: writes wait some seconds, and every one is accepted."""
    leave: dict[Callable[[], None], Callable[[], None]] = {
        site.first.kill: site.first.start,
        site.first.isolate: lambda: site.first.isolate(really=False),
    }
    ways = cycle(leave.items())
    back: list[Callable[[], None]] = []

    def away() -> None:
        way, end = next(ways)
        way()
        back.append(end)
        site.goes_on()

    def come_back() -> None:
        back.pop()()

    crash = Crash(site.designate, site.engine, away, come_back, 2)
    tally = crash.run()
    assert (tally.unanswered, tally.away) == ([], 0)
    assert "Traceback" not in site.designate.log()
