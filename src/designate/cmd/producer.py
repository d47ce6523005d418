# SPDX-License-Identifier: Apache-2.0
"""Puts the producer together."""

from designate.conf.producer import Settings
from designate.producer import drift_audit, journal_pruning, worker_periodic_recovery
from designate.producer.drift_audit import DriftAudit
from designate.producer.journal_pruning import JournalPruning
from designate.producer.schedule import Schedule, Task
from designate.producer.worker_periodic_recovery import WorkerPeriodicRecovery
from designate.producer.zone_purge import ZonePurge
from designate.storage.unit_of_work import Store


def build(store: Store, settings: Settings) -> Schedule:
    """The schedule of all periodic tasks, or of those that the configuration names."""
    of = settings.tasks
    tasks: list[Task] = [
        DriftAudit(store, of[drift_audit.NAME]),
        JournalPruning(store, of[journal_pruning.NAME]),
        WorkerPeriodicRecovery(store, of[worker_periodic_recovery.NAME]),
        ZonePurge(store, of[ZonePurge.name]),
    ]
    enabled = settings.enabled_tasks
    return Schedule([task for task in tasks if not enabled or task.name in enabled])
