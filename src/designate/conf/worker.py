# SPDX-License-Identifier: Apache-2.0
"""Options of `[service:worker]`: publishing, polling and transfers in."""

from dataclasses import dataclass
from typing import Self

from oslo_config import cfg, types

from designate.conf.addresses import Endpoint
from designate.conf.default import seconds
from designate.conf.health import health_listen
from designate.conf.section import read_section

GROUP = "service:worker"

_THRESHOLD = cfg.IntOpt(
    "threshold_percentage",
    deprecated_name="threshold-percentage",
    default=100,
    min=0,
    max=100,
    help="Share of a pool's name servers that must serve a change before it is active.",
)
# oslo.config adds the spelling with an underscore, which is the option's own.
_THRESHOLD.deprecated_opts = [
    known for known in _THRESHOLD.deprecated_opts if known.name != _THRESHOLD.name
]

OPTIONS = (
    health_listen(),
    cfg.IntOpt("workers", min=1, help="Processes; unset: one."),
    cfg.IntOpt(
        "threads",
        default=200,
        min=1,
        help="Calls of backends, such as rndc, that a process makes at once.",
    ),
    _THRESHOLD,
    seconds(
        "poll_timeout",
        30,
        "How long one answer of a name server is waited for, at most; never longer than 2 seconds.",
    ),
    seconds("poll_retry_interval", 15, "Longest pause between two polls of a name server."),
    cfg.IntOpt(
        "poll_max_retries",
        default=10,
        min=0,
        help="No effect: zones are tried for ever, ever more rarely.",
    ),
    seconds("poll_delay", 5, "Longest pause before the first poll."),
    cfg.BoolOpt("export_synchronous", default=True, help="No effect: every export is made."),
    cfg.StrOpt("topic", default="worker", help="Message topic the worker listens to."),
    seconds("xfr_timeout", 10, "No effect yet: how long a transfer from a master may stand still."),
    cfg.IntOpt(
        "serial_max_retries",
        default=3,
        min=0,
        help="No effect yet: tries to read a master's serial.",
    ),
    seconds("serial_retry_delay", 1, "No effect yet: pause between those tries."),
    seconds("serial_timeout", 1, "No effect yet: how long a master's serial is waited for."),
    cfg.IntOpt(
        "max_calls_per_target",
        default=6,
        min=1,
        help="Calls of a backend, such as rndc, that one target has from all workers at once.",
    ),
    cfg.IntOpt(
        "max_notifies_per_server",
        default=128,
        min=1,
        help="Zones that one server has been notified of, by all workers, and does not serve yet; "
        "one that has not come after 2 s leaves its place to another.",
    ),
    cfg.IntOpt(
        "max_queries_per_server",
        default=128,
        min=1,
        help="SOA queries that one name server has from all workers at once.",
    ),
    cfg.Opt(
        "project_weights",
        type=types.Dict(types.Integer(min=1)),
        default={},
        help="Turns of a project among those whose changes wait, as PROJECT:TURNS; unset: one.",
    ),
    cfg.BoolOpt("all_tcp", default=False, help="Send NOTIFY and SOA queries over TCP."),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[service:worker]`; times in seconds."""

    workers: int | None
    health_listen: tuple[Endpoint, ...]
    threads: int
    threshold_percentage: int
    poll_timeout: int
    poll_retry_interval: int
    poll_max_retries: int
    poll_delay: int
    export_synchronous: bool
    topic: str
    xfr_timeout: int
    serial_max_retries: int
    serial_retry_delay: int
    serial_timeout: int
    max_calls_per_target: int
    max_notifies_per_server: int
    max_queries_per_server: int
    project_weights: dict[str, int]
    all_tcp: bool

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
