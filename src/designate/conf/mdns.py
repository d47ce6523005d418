# SPDX-License-Identifier: Apache-2.0
"""Options of `[service:mdns]`: the hidden primary."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Self

from oslo_config import cfg

from designate.conf.addresses import ENDPOINT, NETWORK, Endpoint
from designate.conf.section import read_section

GROUP = "service:mdns"

OPTIONS = (
    cfg.IntOpt("workers", min=1, help="Processes; unset: one."),
    cfg.IntOpt("threads", default=1000, min=1, help="Most TCP connections served by a process."),
    cfg.ListOpt(
        "listen",
        item_type=ENDPOINT,
        default=["0.0.0.0:5354"],
        help="Where to listen, host:port; an IPv6 address in brackets.",
    ),
    cfg.IntOpt("tcp_backlog", default=100, min=1, help="Connections waiting to be accepted."),
    cfg.IntOpt("tcp_keepidle", min=1, help="Idle seconds before TCP keepalive; unset: none."),
    cfg.FloatOpt(
        "tcp_recv_timeout", default=0.5, min=0.001, help="Seconds a TCP client may stay silent."
    ),
    cfg.BoolOpt("query_enforce_tsig", default=False, help="Refuse queries without TSIG."),
    cfg.IntOpt(
        "max_message_size", default=65535, min=512, max=65535, help="Largest message, in bytes."
    ),
    cfg.ListOpt(
        "allow_transfer",
        item_type=NETWORK,
        default=[],
        help="Networks that may transfer zones, beside the servers of the pools and this machine.",
    ),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[service:mdns]`; times in seconds, sizes in bytes."""

    workers: int | None
    threads: int
    listen: tuple[Endpoint, ...]
    tcp_backlog: int
    tcp_keepidle: int | None
    tcp_recv_timeout: float
    query_enforce_tsig: bool
    max_message_size: int
    allow_transfer: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
