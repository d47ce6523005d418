# SPDX-License-Identifier: Apache-2.0
"""Puts the producer together."""

from designate.conf.producer import Settings
from designate.producer import journal_pruning
from designate.producer.journal_pruning import JournalPruning
from designate.producer.schedule import Schedule, Task
from designate.producer.zone_purge import ZonePurge
from designate.storage.unit_of_work import Store


def build(store: Store, settings: Settings) -> Schedule:
    """The schedule of all periodic tasks, or of those that the configuration names."""
    tasks: list[Task] = [
        JournalPruning(store, settings.tasks[journal_pruning.NAME]),
        ZonePurge(store, settings.tasks["zone_purge"]),
    ]
    enabled = settings.enabled_tasks
    return Schedule([task for task in tasks if not enabled or task.name in enabled])
