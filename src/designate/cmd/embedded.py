# SPDX-License-Identifier: Apache-2.0
"""Every service in one process: what `designate up` runs and system tests start.

The database is an SQLite file in the state folder, unless the configuration names another one.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter

from designate import conf as configuration
from designate.api.app import build as build_api
from designate.api.server import Server
from designate.backends import plugins
from designate.cmd import central as central_root
from designate.cmd import heartbeat
from designate.cmd import producer as producer_root
from designate.conf.addresses import Endpoint
from designate.conf.storage import GROUP as SECTION
from designate.contracts.central import Central
from designate.manage import database
from designate.manage import pools as pool_file
from designate.mdns.server import MdnsServer
from designate.model.pools import Nameserver, NsRecord, Pool, Target
from designate.policy.enforcer import Enforcer
from designate.runtime.state_dir import StateDir, database_url
from designate.storage import engine as engines
from designate.storage import imports, stores, tasks, work
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.worker.service import Place, WorkerService

LOG = logging.getLogger(__name__)
NS = "ns1.localhost."
"""The NS record of zones in a pool whose only name server is this process."""
THREADS = 12
SERVICES = ("api", "central", "mdns", "producer", "worker")
"""What this process reports itself as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `designate up` is told."""

    state_dir: Path
    api_listen: Endpoint
    dns_listen: Sequence[Endpoint]
    pools: Path | None = None
    config_files: Sequence[str] = ()
    auth: str | None = None


class Embedded:
    """The services of one process, started and stopped together."""

    def __init__(self, options: Options) -> None:
        """Read the configuration; raises ConfigurationError. Nothing runs yet."""
        self._conf = conf = configuration.load(options.config_files, search=False)
        _set_defaults(conf, options)
        self._settings = configuration.settings(conf)
        self._enforcer = Enforcer(conf)
        self._options = options
        self._backends = plugins.installed(self._settings.default.root_helper)
        self._running = contextlib.ExitStack()
        self.central: Central | None = None
        self.registry = CollectorRegistry()
        self.api_address: tuple[str, int] = ("", 0)
        self.dns_addresses: list[tuple[str, int]] = []

    @property
    def auth_strategy(self) -> str:
        """Who says who a client is: `keystone` or `noauth`."""
        return self._settings.api.auth_strategy

    def start(self, pause: Callable[[float], None] = time.sleep) -> None:
        """Start everything; raises ConfigurationError or OSError with nothing left running.

        `pause` is how to wait for a database that does not answer yet; it may raise.
        """
        with contextlib.ExitStack() as stack:
            self._start(stack, pause)
            self._running = stack.pop_all()

    def stop(self) -> None:
        """Take nothing new, finish what is in flight, and end: the API first."""
        self._running.close()

    def _start(self, stack: contextlib.ExitStack, pause: Callable[[float], None]) -> None:
        settings = self._settings
        state = StateDir(self._options.state_dir)
        stack.callback(state.release)
        # Another database than the folder's may have other processes, whose leases decide.
        alone = settings.storage.connection == database_url(state.path)
        store = self._open_store(stack, pause)
        if alone:
            store.write(_take_over)
        projects = central_root.projects(self._conf)
        built = central_root.build(store, self._enforcer, settings, projects)
        self.central = central = built.central
        worker = WorkerService(
            store,
            settings.worker,
            registry=self.registry,
            backends=self._backends,
            place=Place(zone=settings.default.availability_zone),
        )
        mdns = MdnsServer(store, settings.mdns, worker, self.registry, writes_here=alone)
        mdns.start()
        stack.callback(mdns.stop)
        self.dns_addresses = list(mdns.addresses)
        pool_file.apply(store, self._pools(), settings.central.default_pool_id)
        store.subscribe(worker.wake)
        worker.start()
        stack.callback(worker.stop)
        central_root.begin_tasks(stack, store, built)
        producer_root.begin(stack, store, self._conf, settings, alone=alone)
        app = build_api(central, settings, self._enforcer, self.registry, self._conf)
        api = Server(app, self._options.api_listen, settings.api.threads)
        api.start()
        stack.callback(api.stop)
        self.api_address = api.address
        heartbeat.begin(stack, heartbeat.to(store, settings.default.host), settings, SERVICES)

    def _open_store(self, stack: contextlib.ExitStack, pause: Callable[[float], None]) -> Store:
        database.upgrade(self._settings.storage, pause=pause)
        engine = engines.configured(self._settings.storage)
        stack.callback(engine.dispose)
        store = stores.over(stack, engine, self._settings.storage)
        self._count_versions(store)
        return store

    def _pools(self) -> list[Pool]:
        if self._options.pools:
            return pool_file.read(self._options.pools, self._backends)
        host, port = self.dns_addresses[0]
        pool = Pool(
            id=self._settings.central.default_pool_id,
            name="default",
            description="This process",
            ns_records=[NsRecord(priority=1, hostname=NS)],
            nameservers=[Nameserver(host=host, port=port)],
            targets=[Target(type="embedded")],
        )
        return [pool]

    def _count_versions(self, store: Store) -> None:
        versions = Counter(
            "designate_zone_versions", "Zone versions made.", ["kind"], registry=self.registry
        )

        def count(kinds: Sequence[str]) -> None:
            for kind in kinds:
                versions.labels(kind).inc()

        store.subscribe_versions(count)


def _set_defaults(conf: configuration.ConfigOpts, options: Options) -> None:
    """What holds here unless the configuration says otherwise, and what always does."""
    for resource in ("zones", "zone_recordsets", "zone_records", "recordset_records"):
        conf.set_default(f"quota_{resource}", -1)
    conf.set_default("quota_api_export_size", -1)
    conf.set_default("auth_strategy", "noauth", "service:api")
    conf.set_default("threads", THREADS, "service:api")
    conf.set_default("connection", database_url(options.state_dir), SECTION)
    conf.set_default("max_pool_size", 2 * THREADS, SECTION)
    if options.auth:
        conf.set_override("auth_strategy", options.auth, "service:api")
    if conf["service:api"].auth_strategy == "noauth":
        # Without tokens there is nobody for Neutron to ask about.
        conf.set_default("network_api", "fake")
    conf.set_override("listen", [str(options.api_listen)], "service:api")
    conf.set_override("listen", [str(at) for at in options.dns_listen], "service:mdns")


def _take_over(tx: Transaction) -> None:
    """Give back what an ended process had taken: the state folder's lock says that none lives."""
    work.release_all(tx)
    tasks.release_all(tx)
    imports.remove_abandoned_chunks(tx)
