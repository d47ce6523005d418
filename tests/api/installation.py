# SPDX-License-Identifier: Apache-2.0
"""The API over the real central and SQLite, in this process, without a worker."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from designate import conf
from designate.api import app
from designate.cmd import central
from designate.contracts.central import Central
from designate.model.pools import NsRecord, Pool
from designate.model.service_statuses import UP
from designate.policy.enforcer import Enforcer
from designate.storage import pools, service_statuses
from designate.storage.engine import open_engine
from designate.storage.tables import metadata
from designate.storage.unit_of_work import Store

WITH_ADMIN: Mapping[str, Mapping[str, Any]] = {
    "service:api": {
        "enable_api_admin": True,
        "enabled_extensions_admin": ["quotas", "reports", "zones"],
    }
}
"""Options that switch the whole admin API on."""


class Installation:
    """Everything behind one URL; `overrides` are options by section.

    It closes the `engine` that it is given; without one it has a new SQLite file. Without a
    configuration `file` nobody authenticates; those that are `also` read come after it. `reach` is
    how the API gets at central.
    """

    def __init__(
        self,
        overrides: Mapping[str, Mapping[str, Any]],
        engine: Engine | None = None,
        file: Path | None = None,
        also: Sequence[Path] = (),
        reach: Callable[[Central], Central] = lambda central: central,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        config = conf.load([str(each) for each in (file, *also) if each])
        if file is None:
            config.set_override("auth_strategy", "noauth", "service:api")
        for section, options in overrides.items():
            for name, value in options.items():
                config.set_override(name, value, None if section == "DEFAULT" else section)
        self.settings = conf.settings(config)
        self.engine = engine or self._open()
        store = Store(self.engine)
        default = self.settings.central.default_pool_id
        self.add_pool(default, "default", "ns1.pool.example.", "ns2.pool.example.")
        store.write(lambda tx: service_statuses.report(tx, "node-1", ["api", "central"], UP))
        self.enforcer = Enforcer(config)
        self.config = config
        projects = central.projects(config)
        self.central = central.build(store, self.enforcer, self.settings, projects).central
        try:
            self.app = app.build(
                reach(self.central), self.settings, self.enforcer, CollectorRegistry(), config
            )
        except conf.ConfigurationError:
            self.close()
            raise

    def _open(self) -> Engine:
        engine = open_engine(f"sqlite:///{Path(self._folder.name, 'designate.sqlite')}")
        metadata.create_all(engine)
        return engine

    def add_pool(self, pool_id: str, name: str, *hostnames: str) -> None:
        """Add a pool with these NS records."""
        records = [NsRecord(priority=1 + n, hostname=host) for n, host in enumerate(hostnames)]
        pool = Pool(id=pool_id, name=name, ns_records=records)
        Store(self.engine).write(lambda tx: pools.put(tx, pool))

    def work(self) -> None:
        """Carry out the tasks that wait."""
        central = self.central
        queues = (central.imports, central.exports, central.transfer_accepts)
        while any(queue.run_next() for queue in queues):
            pass

    def close(self) -> None:
        """Remove everything."""
        self.engine.dispose()
        self._folder.cleanup()
