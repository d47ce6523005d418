# SPDX-License-Identifier: Apache-2.0
"""Options of `[service:producer]` and of each periodic task, `[producer_task:NAME]`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from oslo_config import cfg

from designate.conf.addresses import Endpoint
from designate.conf.default import seconds
from designate.conf.health import health_listen
from designate.conf.section import frozen

GROUP = "service:producer"

OPTIONS = (
    health_listen(),
    cfg.IntOpt("workers", min=1, help="Processes; unset: one."),
    cfg.IntOpt("threads", default=20, min=1, help="Tasks run at once by a process."),
    cfg.ListOpt("enabled_tasks", help="Tasks to run; unset or empty: all of them."),
    cfg.StrOpt("topic", default="producer", help="Message topic of the producer."),
)

WEEK = 7 * 24 * 3600
MONTH = 30 * 24 * 3600
DAY = 24 * 3600


def task_options(
    interval: int,
    *,
    time_threshold: int | None = None,
    batch_size: int | None = None,
    max_versions: int | None = None,
    max_missed: int | None = None,
) -> tuple[cfg.IntOpt, ...]:
    """Options of one task; None: the task has no such option."""
    options = [
        cfg.IntOpt("interval", default=interval, min=1, help="Seconds between two runs."),
        cfg.IntOpt("per_page", default=100, min=1, help="Zones read at once."),
    ]
    if time_threshold is not None:
        options.append(seconds("time_threshold", time_threshold, "Age at which the task acts."))
    if batch_size is not None:
        options.append(
            cfg.IntOpt("batch_size", default=batch_size, min=1, help="Zones taken up at once.")
        )
    if max_versions is not None:
        words = "Most versions kept of a zone, whatever still asks for more."
        options.append(cfg.IntOpt("max_versions", default=max_versions, min=10_000, help=words))
    if max_missed is not None:
        words = "Most periods that are made up for when no producer was there."
        options.append(cfg.IntOpt("max_missed", default=max_missed, min=1, help=words))
    return tuple(options)


TASKS: Mapping[str, tuple[cfg.IntOpt, ...]] = MappingProxyType(
    {
        "periodic_exists": task_options(3600, max_missed=24),
        "periodic_secondary_refresh": task_options(3600),
        "worker_periodic_recovery": task_options(120),
        "zone_purge": task_options(3600, time_threshold=WEEK, batch_size=100),
        "drift_audit": task_options(60, batch_size=100),
        "journal_pruning": task_options(DAY, time_threshold=MONTH, max_versions=100_000),
        "periodic_check_service_status": task_options(3600, time_threshold=1800),
        "periodic_cleanup_stopped_service_status": task_options(2 * DAY, time_threshold=WEEK),
    }
)


IDLE: Mapping[str, str] = MappingProxyType(
    {"periodic_secondary_refresh": "zones are not transferred in yet"}
)
"""Tasks that find nothing to do so far, and why."""

RETIRED: Mapping[str, str] = MappingProxyType(
    {
        "increment_serial": "a serial advances with its change",
        "delayed_notify": "workers gather changes themselves",
        "periodic_check_service_status": "a service that is silent is down at once, by its"
        " time_threshold",
    }
)
"""Tasks of upstream's that nothing is left of to do: what takes their place."""

NOTHING = ("", "None")
"""What templates write where a list has no elements."""


def task_group(name: str) -> str:
    """The section of a task."""
    return f"producer_task:{name}"


@dataclass(frozen=True)
class TaskSettings:
    """Values of one `[producer_task:NAME]`; times in seconds, None where a task has no such."""

    interval: int
    per_page: int
    time_threshold: int | None = None
    batch_size: int | None = None
    max_versions: int | None = None
    max_missed: int | None = None


@dataclass(frozen=True)
class Settings:
    """Values of `[service:producer]`, and those of each task by its name."""

    workers: int | None
    health_listen: tuple[Endpoint, ...]
    threads: int
    enabled_tasks: tuple[str, ...]
    """Empty: all tasks."""
    topic: str
    tasks: Mapping[str, TaskSettings]

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        group = conf[GROUP]
        return cls(
            workers=group.workers,
            health_listen=frozen(group.health_listen),
            threads=group.threads,
            enabled_tasks=frozen([n for n in group.enabled_tasks or [] if n not in NOTHING]),
            topic=group.topic,
            tasks=MappingProxyType(
                {name: TaskSettings(**conf[task_group(name)]) for name in TASKS}
            ),
        )
