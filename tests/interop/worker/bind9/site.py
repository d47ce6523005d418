# SPDX-License-Identifier: Apache-2.0
"""Central, mdns and the worker over a database of the test's own, for the name servers given."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from prometheus_client import CollectorRegistry

from designate import conf
from designate.backends.plugins import installed
from designate.cmd import central as central_root
from designate.mdns.server import MdnsServer
from designate.model.context import Context
from designate.model.pools import Endpoint, Nameserver, NsRecord, Pool, Target
from designate.model.recordsets import NewRecordSet
from designate.model.zones import NewZone, Zone
from designate.policy.enforcer import Enforcer
from designate.storage import pools, schema, zones
from designate.storage.engine import open_engine
from designate.storage.servers import Facts, load
from designate.storage.unit_of_work import Store
from designate.storage.work import Queue, queue
from designate.worker.service import WorkerService
from tests.servers.bind9 import Bind9

TENANT = Context(request_id="req-1", project_id="tenant", user_id="user", roles=("admin",))
Result = TypeVar("Result")


def eventually(
    probe: Callable[[], Result], *, within: float = 15.0, until: Callable[[Result], bool] = bool
) -> Result:
    """The first value that will do; fails with the last one when none came in time."""
    deadline = time.monotonic() + within
    while True:
        found = probe()
        if until(found):
            return found
        assert time.monotonic() < deadline, f"still {found!r} after {within} s"
        time.sleep(0.005)


class Site:
    """One installation; `servers` are both the targets and the name servers of its pool."""

    def __init__(self, directory: Path, servers: Sequence[Bind9], *, threshold: int = 100) -> None:
        config = conf.load([], search=False)
        config.set_override("listen", ["127.0.0.1:0"], "service:mdns")
        config.set_override("threshold_percentage", threshold, "service:worker")
        for quota in ("zones", "zone_recordsets", "zone_records", "recordset_records"):
            config.set_override(f"quota_{quota}", -1)
        self.settings = conf.settings(config)
        self.servers = servers
        self.engine = open_engine(f"sqlite:///{directory / 'designate.sqlite'}")
        schema.upgrade(self.engine)
        self.store = Store(self.engine)
        self.central = central_root.build(self.store, Enforcer(config), self.settings).central
        self.registry = CollectorRegistry()
        self.worker = self._worker()
        self.mdns = MdnsServer(
            self.store, self.settings.mdns, self.worker, self.registry, writes_here=True
        )

    def _worker(self) -> WorkerService:
        return WorkerService(
            self.store,
            self.settings.worker,
            backends=installed(),
            registry=self.registry,
        )

    def start(self) -> None:
        """Serve, and work on what is due."""
        self.mdns.start()
        self.put_pool(self.pool())
        self.store.subscribe(self.worker.wake)
        self.worker.start()

    def stop(self) -> None:
        """Stop all but the name servers."""
        self.worker.stop()
        self.mdns.stop()
        self.engine.dispose()

    def pool(self) -> Pool:
        """The pool as it is for all the servers."""
        master = Endpoint(host="127.0.0.1", port=self.mdns.addresses[0][1])
        return Pool(
            id=self.settings.central.default_pool_id,
            name="default",
            ns_records=[NsRecord(priority=1, hostname="ns1.example.net.")],
            nameservers=[Nameserver(host=s.host, port=s.port) for s in self.servers],
            targets=[
                Target(type="bind9", masters=[master], options=server.options())
                for server in self.servers
            ],
        )

    def put_pool(self, pool: Pool) -> None:
        """Make this the pool."""
        self.store.write(lambda tx: pools.put(tx, pool))

    def create(self, name: str) -> Zone:
        """Create a zone."""
        return self.central.zones.create(TENANT, NewZone(name=name, email="admin@example.net"))

    def add(self, zone: Zone, label: str, address: str) -> None:
        """Add an A record."""
        new = NewRecordSet(name=f"{label}.{zone.name}", type="A", records=[address])
        self.central.recordsets.create(TENANT, zone.id, new)

    def delete(self, zone: Zone) -> None:
        """Delete a zone."""
        self.central.zones.delete(TENANT, zone.id)

    def zone(self, zone: Zone) -> Zone:
        """The zone as it is now, also when it is deleted."""
        with self.store.read() as connection:
            found = zones.get_any(connection, zone.id)
        assert found is not None
        return found

    def status(self, zone: Zone) -> str:
        """The status of a zone now."""
        return self.zone(zone).status

    def becomes(self, zone: Zone, status: str, *, within: float = 15.0) -> Zone:
        """Wait until the zone has this status."""
        eventually(lambda: self.status(zone), within=within, until=lambda seen: seen == status)
        return self.zone(zone)

    def facts(self, zone: Zone) -> Facts:
        """What is known of the zone's name on servers."""
        with self.store.read() as connection:
            return load(connection, [zone.name_key], {})[zone.name_key]

    def queue(self) -> Queue:
        """What waits for the worker."""
        with self.store.read() as connection:
            return queue(connection)
