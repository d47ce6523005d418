# SPDX-License-Identifier: Apache-2.0
"""`designate-central`: policy, quotas, placement and versions, which the API asks for."""

import contextlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points

from designate.central.blacklists import Blacklists
from designate.central.exports import Exports
from designate.central.floatingips import FloatingIPs
from designate.central.imports import Imports
from designate.central.leftovers import Leftovers
from designate.central.limits import Limits
from designate.central.nameservers import Nameservers
from designate.central.pools import Pools
from designate.central.projects import BelievedProjects
from designate.central.quotas import Quotas
from designate.central.recordsets import RecordSets
from designate.central.reports import Reports
from designate.central.service_statuses import ServiceStatuses
from designate.central.shares import Shares
from designate.central.tlds import Tlds
from designate.central.transfer_accepts import TransferAccepts
from designate.central.transfer_requests import TransferRequests
from designate.central.tsigkeys import TsigKeys
from designate.central.zones import Zones
from designate.cmd import service
from designate.cmd.bus import Bus
from designate.cmd.service import Process, Program
from designate.conf import ConfigOpts, Settings
from designate.contracts.central import Central
from designate.contracts.projects import Projects
from designate.model.quotas import UNLIMITED
from designate.network import plugins
from designate.network.projects import KeystoneProjects
from designate.policy.enforcer import Enforcer
from designate.rules import quota
from designate.rules.admission import Defaults
from designate.runtime.plugins import load
from designate.runtime.tasks import Task, Tasks
from designate.scheduler.filters import FILTERS, Filter, PoolFilter
from designate.scheduler.pool_choice import Scheduler
from designate.storage.copies import Copies
from designate.storage.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Built:
    """What central offers others, and the background work of its own."""

    central: Central
    tasks: tuple[Task, ...]


SERVICES = ("central",)
"""What a process reports itself as."""
GROUP = "designate.scheduler.filters"
"""The entry points of filters that others wrote: see `PoolFilter`."""
_BELIEVED = BelievedProjects()


def projects(conf: ConfigOpts) -> Projects:
    """The projects of Keystone, where it knows the callers."""
    if conf["service:api"].auth_strategy == "keystone":
        return KeystoneProjects(conf)
    return _BELIEVED


def filters(names: Sequence[str]) -> Mapping[str, Filter]:
    """Our filters, and those of these names that are installed; raises ConfigurationError."""
    others = [
        point
        for point in entry_points(group=GROUP)
        if point.name in names and point.name not in FILTERS
    ]
    installed = load(GROUP, PoolFilter, others)
    return {**FILTERS, **{name: made().keep for name, made in installed.items()}}


def build(
    store: Store, enforcer: Enforcer, settings: Settings, projects: Projects = _BELIEVED
) -> Built:
    """Put central together over a database; raises ConfigurationError."""
    site, own = settings.default, settings.central
    shown = {name: int(getattr(site, f"quota_{name}")) for name in quota.RESOURCES}
    kept = site.quota_driver == "storage"
    limits = shown if kept else UNLIMITED
    asked = projects if settings.api.quotas_verify_project_id else _BELIEVED
    names = own.scheduler_filters
    scheduler = Scheduler(names, own.default_pool_id, filters(names))
    defaults, refreshes = _defaults(settings)
    supported = frozenset(site.supported_record_type)
    accepts = TransferAccepts(store, enforcer, limits)
    exports, pools = Exports(store, enforcer, limits), Pools(store, enforcer)
    imports = Imports(
        store=store,
        enforcer=enforcer,
        scheduler=scheduler,
        limits=limits,
        supported=supported,
        defaults=defaults,
        max_name=own.max_recordset_name_len,
        refreshes=refreshes,
    )
    central = Central(
        zones=Zones(store, enforcer, scheduler, limits, defaults, refreshes),
        recordsets=RecordSets(
            store, enforcer, limits, supported, own.max_recordset_name_len, own.min_ttl
        ),
        nameservers=Nameservers(store, enforcer),
        shares=Shares(store, enforcer, projects),
        transfer_requests=TransferRequests(store, enforcer),
        transfer_accepts=accepts,
        imports=imports,
        exports=exports,
        reports=Reports(store, enforcer),
        limits=Limits(store, shown, _installation(settings), kept),
        quotas=Quotas(store, enforcer, shown, asked, kept),
        floatingips=_floatingips(store, enforcer, scheduler, settings),
        service_statuses=ServiceStatuses(store, enforcer, _silence(settings)),
        pools=pools,
        tlds=Tlds(store, enforcer),
        blacklists=Blacklists(store, enforcer),
        tsigkeys=TsigKeys(store, enforcer),
    )
    return Built(central, (imports, imports.small(), exports, accepts, pools, Leftovers(store)))


def _defaults(settings: Settings) -> tuple[Defaults, range]:
    """What new zones begin with, and the SOA refresh values to draw from."""
    site, own = settings.default, settings.central
    lowest = site.default_soa_refresh_min
    defaults = Defaults(
        max_zone_name_len=own.max_zone_name_len,
        min_ttl=own.min_ttl,
        ttl=site.default_ttl,
        refresh=lowest,
        retry=site.default_soa_retry,
        expire=site.default_soa_expire,
        minimum=site.default_soa_minimum,
        secondary_email=own.managed_resource_email,
    )
    return defaults, range(lowest, max(site.default_soa_refresh_max, lowest + 1))


def _floatingips(
    store: Store, enforcer: Enforcer, scheduler: Scheduler, settings: Settings
) -> FloatingIPs:
    own = settings.central
    defaults, refreshes = _defaults(settings)
    return FloatingIPs(
        store=store,
        enforcer=enforcer,
        network=plugins.chosen(settings),
        scheduler=scheduler,
        defaults=defaults,
        refreshes=refreshes,
        project_id=own.managed_resource_tenant_id,
        email=own.managed_resource_email,
        prefixes={4: own.ipv4_ptr_zone_prefix_size, 6: own.ipv6_ptr_zone_prefix_size},
    )


def _installation(settings: Settings) -> dict[str, int]:
    """The limits that no project changes."""
    own = settings.central
    return {
        "min_ttl": own.min_ttl,
        "max_zone_name_length": own.max_zone_name_len,
        "max_recordset_name_length": own.max_recordset_name_len,
        "max_page_limit": settings.api.max_limit_v2,
    }


def _silence(settings: Settings) -> timedelta:
    """For how long a service may be silent before it is taken to be down."""
    task = settings.producer.tasks["periodic_check_service_status"]
    return timedelta(seconds=task.time_threshold or 0)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve with `[service:central] workers` processes; the exit status."""
    return service.main(PROGRAM, argv)


def start(process: Process) -> str:
    """Serve the API and others; work on what waits in central's queues."""
    store = process.open_store()
    bus = process.open_bus()
    central = begin(process, store, Enforcer(process.conf), bus).central
    own = process.settings.central
    bus.serve(Central, central, own.topic, own.threads, once=Copies(store).once)
    process.report(SERVICES, store)
    return "Serving the rules of the business"


def begin(
    process: Process, store: Store, enforcer: Enforcer, bus: Bus, *, works: bool = True
) -> Built:
    """Central in a process of its own or in the API's; `works`: on the queues too."""
    built = build(store, enforcer, process.settings, projects(process.conf))
    bus.tell_commits(store)
    if works:
        tasks = begin_tasks(process.stack, store, built)
        process.health.turns("tasks", tasks.trouble)
    return built


def begin_tasks(stack: contextlib.ExitStack, store: Store, built: Built) -> Tasks:
    """Work on central's queues until `stack` ends, woken by commits of this process."""
    tasks = Tasks(built.tasks)
    store.subscribe_tasks(tasks.wake)
    tasks.start()
    stack.callback(tasks.stop)
    return tasks


PROGRAM = Program(
    name="designate-central",
    about=__doc__,
    section=lambda settings: settings.central,
    services=lambda _: SERVICES,
    start=start,
)

if __name__ == "__main__":
    sys.exit(main())
