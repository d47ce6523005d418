# SPDX-License-Identifier: Apache-2.0
"""`designate-producer`: periodic work, shared out over zones and processes."""

import contextlib
import logging
import sys
from collections.abc import Mapping, Sequence

from designate.cmd import members as members_root
from designate.cmd import service
from designate.cmd.service import Process, Program
from designate.conf import ConfigOpts, Settings
from designate.conf.producer import IDLE, RETIRED
from designate.contracts.producer import Producer
from designate.errors import ConfigurationError
from designate.events.notifier import Notifier
from designate.producer import (
    drift_audit,
    journal_pruning,
    periodic_cleanup_stopped_service_status,
    periodic_exists,
    periodic_secondary_refresh,
    worker_periodic_recovery,
    zone_purge,
)
from designate.producer.drift_audit import DriftAudit
from designate.producer.journal_pruning import JournalPruning
from designate.producer.periodic_cleanup_stopped_service_status import (
    PeriodicCleanupStoppedServiceStatus,
)
from designate.producer.periodic_exists import PeriodicExists
from designate.producer.periodic_secondary_refresh import PeriodicSecondaryRefresh
from designate.producer.schedule import Schedule, Task
from designate.producer.worker_periodic_recovery import WorkerPeriodicRecovery
from designate.producer.zone_purge import ZonePurge
from designate.runtime import plugins
from designate.storage.unit_of_work import Store

OURS = (drift_audit.NAME, journal_pruning.NAME)
"""Tasks that upstream does not have, so that no list from there names them."""
SERVICES = ("producer",)
"""What a process reports itself as."""
LOG = logging.getLogger(__name__)
GROUP = "designate.producer_tasks"
"""The entry points of tasks that others wrote: classes that are made without arguments."""


def begin(
    stack: contextlib.ExitStack, store: Store, conf: ConfigOpts, settings: Settings, *, alone: bool
) -> Schedule:
    """Run the periodic tasks until `stack` ends; `alone`: no other process does.

    Not to be called before a fork. Raises ConfigurationError.
    """
    members = members_root.build(store, settings, "producer", alone=alone)
    notifier = Notifier(conf, f"producer.{settings.default.host}")
    stack.callback(notifier.close)
    known = built_in(store, settings, notifier) | installed()
    tasks = chosen(known, settings.producer.enabled_tasks)
    if not notifier.is_on:
        # When it is on again, the periods until then are not asked for without end.
        tasks = [task for task in tasks if task.name != periodic_exists.NAME]
    schedule = Schedule(store, members, tasks, settings.producer.threads)
    members.start()
    # What runs is left to others before this process is a member no more.
    stack.callback(members.stop)
    schedule.start()
    stack.callback(schedule.stop)
    return schedule


def built_in(store: Store, settings: Settings, notifier: Notifier) -> dict[str, Task]:
    """The tasks of ours by name."""
    of, status = settings.producer.tasks, periodic_cleanup_stopped_service_status.NAME
    silence = of["periodic_check_service_status"].time_threshold or 0
    tasks: list[Task] = [
        DriftAudit(store, of[drift_audit.NAME]),
        JournalPruning(store, of[journal_pruning.NAME]),
        PeriodicCleanupStoppedServiceStatus(store, of[status], silence),
        PeriodicExists(store, of[periodic_exists.NAME], notifier.send),
        PeriodicSecondaryRefresh(store, of[periodic_secondary_refresh.NAME]),
        WorkerPeriodicRecovery(store, of[worker_periodic_recovery.NAME]),
        ZonePurge(store, of[zone_purge.NAME]),
    ]
    return {task.name: task for task in tasks}


def installed() -> dict[str, Task]:
    """Tasks that others wrote; raises ConfigurationError for one that is none."""
    return {made.name: made for make in plugins.load(GROUP, Task).values() for made in [make()]}


def chosen(tasks: Mapping[str, Task], enabled: Sequence[str]) -> list[Task]:
    """The tasks that the configuration names, all of them when it names none.

    Raises ConfigurationError when it names no task at all.
    """
    nothing_to_do = {**IDLE, **RETIRED}
    for name in enabled or tasks:
        if name in nothing_to_do:
            LOG.info("The task %s has nothing to do: %s", name, nothing_to_do[name])
    if not enabled:
        return list(tasks.values())
    unknown = [name for name in enabled if name not in tasks and name not in RETIRED]
    if len(unknown) == len(enabled):
        known = ", ".join(sorted({*tasks, *RETIRED}))
        raise ConfigurationError(
            f"[service:producer] enabled_tasks: no task has one of these names; there are {known}"
        )
    for name in unknown:
        LOG.warning("[service:producer] enabled_tasks: there is no task %s", name)
    for name in OURS:
        if name in tasks and name not in enabled:
            LOG.warning("[service:producer] enabled_tasks: %s is not run here", name)
    return [task for name, task in tasks.items() if name in enabled]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the periodic tasks in `[service:producer] workers` processes; the exit status."""
    return service.main(PROGRAM, argv)


def start(process: Process) -> str:
    """Run periodic tasks; tell others what comes of them."""
    store = process.open_store()
    bus = process.open_bus()
    bus.tell_commits(store)
    schedule = begin(process.stack, store, process.conf, process.settings, alone=False)
    process.health.turns("producer", schedule.trouble)
    bus.serve(Producer, None, process.settings.producer.topic)
    process.report(SERVICES, store)
    return "Running periodic tasks"


PROGRAM = Program(
    name="designate-producer",
    about=__doc__,
    section=lambda settings: settings.producer,
    services=lambda _: SERVICES,
    start=start,
)

if __name__ == "__main__":
    sys.exit(main())
