# SPDX-License-Identifier: Apache-2.0
"""Options of `[heartbeat_emitter]`: how services report themselves."""

from dataclasses import dataclass
from typing import Self

from oslo_config import cfg

from designate.conf.section import read_section

GROUP = "heartbeat_emitter"
RPC = "rpc"
NOOP = "noop"

OPTIONS = (
    cfg.FloatOpt("heartbeat_interval", default=10.0, min=0.1, help="Seconds between two reports."),
    cfg.StrOpt(
        "emitter_type",
        default=RPC,
        choices=(RPC, NOOP),
        help="rpc: services report themselves; noop: they do not.",
    ),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[heartbeat_emitter]`; the interval in seconds."""

    heartbeat_interval: float
    emitter_type: str

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
