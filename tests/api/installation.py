# SPDX-License-Identifier: Apache-2.0
"""The API over the real central and SQLite, in this process, without a worker."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from designate import conf
from designate.api import app
from designate.central import exports, imports, limits, nameservers, recordsets, zones
from designate.contracts.central import Central
from designate.model.pools import NsRecord, Pool
from designate.policy.enforcer import Enforcer
from designate.rules.admission import Defaults
from designate.scheduler.pool_choice import Scheduler
from designate.storage import pools
from designate.storage.engine import open_engine
from designate.storage.tables import metadata
from designate.storage.unit_of_work import Store

QUOTAS = {
    "zones": "quota_zones",
    "zone_recordsets": "quota_zone_recordsets",
    "zone_records": "quota_zone_records",
    "recordset_records": "quota_recordset_records",
    "api_export_size": "quota_api_export_size",
}


class Installation:
    """Everything behind one URL; `overrides` are options by section."""

    def __init__(self, overrides: Mapping[str, Mapping[str, Any]]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        config = conf.load([])
        config.set_override("auth_strategy", "noauth", "service:api")
        for section, options in overrides.items():
            for name, value in options.items():
                config.set_override(name, value, None if section == "DEFAULT" else section)
        self.settings = conf.settings(config)
        self.engine = open_engine(f"sqlite:///{Path(self._folder.name, 'designate.sqlite')}")
        metadata.create_all(self.engine)
        store = Store(self.engine)
        self._add_pool(store)
        self.enforcer = Enforcer(config)
        self.central = _central(store, self.enforcer, self.settings)
        self.app = app.build(self.central, self.settings, self.enforcer, CollectorRegistry())

    def _add_pool(self, store: Store) -> None:
        pool = Pool(
            id=self.settings.central.default_pool_id,
            name="default",
            ns_records=[
                NsRecord(priority=1, hostname="ns1.pool.example."),
                NsRecord(priority=2, hostname="ns2.pool.example."),
            ],
        )
        store.write(lambda tx: pools.put(tx, pool))

    def work(self) -> None:
        """Carry out the imports and exports that wait."""
        while self.central.imports.run_next() or self.central.exports.run_next():
            pass

    def close(self) -> None:
        """Remove everything."""
        self.engine.dispose()
        self._folder.cleanup()


def _central(store: Store, enforcer: Enforcer, settings: conf.Settings) -> Central:
    default, own = settings.default, settings.central
    quotas = {resource: getattr(default, option) for resource, option in QUOTAS.items()}
    scheduler = Scheduler(own.scheduler_filters, own.default_pool_id)
    refreshes = range(default.default_soa_refresh_min, default.default_soa_refresh_max)
    defaults = Defaults(
        max_zone_name_len=own.max_zone_name_len,
        min_ttl=own.min_ttl,
        ttl=default.default_ttl,
        refresh=default.default_soa_refresh_min,
        retry=default.default_soa_retry,
        expire=default.default_soa_expire,
        minimum=default.default_soa_minimum,
    )
    installation = {
        "min_ttl": own.min_ttl,
        "max_zone_name_length": own.max_zone_name_len,
        "max_recordset_name_length": own.max_recordset_name_len,
        "max_page_limit": settings.api.max_limit_v2,
    }
    types = default.supported_record_type
    return Central(
        zones=zones.Zones(store, enforcer, scheduler, quotas, defaults, refreshes),
        recordsets=recordsets.RecordSets(
            store, enforcer, quotas, types, own.max_recordset_name_len, own.min_ttl
        ),
        nameservers=nameservers.Nameservers(store, enforcer),
        imports=imports.Imports(
            store=store,
            enforcer=enforcer,
            scheduler=scheduler,
            limits=quotas,
            supported=types,
            defaults=defaults,
            refreshes=refreshes,
        ),
        exports=exports.Exports(store, enforcer, quotas),
        limits=limits.Limits(store, quotas, installation),
    )
