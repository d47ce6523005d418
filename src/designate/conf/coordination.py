# SPDX-License-Identifier: Apache-2.0
"""Options of `[coordination]`: membership of services that share work."""

from dataclasses import dataclass, field
from typing import Self

from oslo_config import cfg

from designate.conf.section import read_section

GROUP = "coordination"

OPTIONS = (
    cfg.StrOpt(
        "backend_url",
        secret=True,
        help="Where members find one another, as tooz writes it; unset: leases in the database.",
    ),
    cfg.FloatOpt("heartbeat_interval", default=5.0, min=0.1, help="Seconds between signs of life."),
    cfg.FloatOpt(
        "run_watchers_interval", default=10.0, min=0.1, help="Seconds between looks at the members."
    ),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[coordination]`; times in seconds."""

    backend_url: str | None = field(repr=False)
    heartbeat_interval: float
    run_watchers_interval: float

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
