# SPDX-License-Identifier: Apache-2.0
"""Options of `[service:mdns]`: the hidden primary."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Self

from oslo_config import cfg

from designate.conf.addresses import ENDPOINT, NETWORK, Endpoint, Parsed
from designate.conf.health import health_listen
from designate.conf.section import read_section

GROUP = "service:mdns"
_digits = re.compile(r"[0-9a-f]{32}").fullmatch


def cookie_secret(text: str) -> str:
    """Parses the 32 hexadecimal digits of a secret; raises ValueError, which does not tell it."""
    digits = text.strip().lower()
    if not _digits(digits):
        raise ValueError("a secret has 32 hexadecimal digits")
    return digits


OPTIONS = (
    health_listen(),
    cfg.IntOpt("workers", min=1, help="Processes; unset: one."),
    cfg.IntOpt(
        "threads",
        default=1000,
        min=1,
        help="Most TCP connections served by a process; a tenth is kept for the pools' servers.",
    ),
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
    cfg.IntOpt(
        "tcp_connections_per_address",
        default=100,
        min=0,
        help="Most TCP connections of one address, over IPv6 of one network; 0: no limit, as for"
        " the pools' servers.",
    ),
    cfg.BoolOpt("dns_cookies", default=True, help="Give DNS cookies to clients that send one."),
    cfg.ListOpt(
        "cookie_secret",
        item_type=Parsed(cookie_secret, "secret"),
        default=[],
        secret=True,
        help="Secrets of the cookies, 32 hexadecimal digits each, the same in all processes that"
        " share an address: the first makes cookies, all are taken. Unset: a random one.",
    ),
    cfg.BoolOpt(
        "require_server_cookie",
        default=False,
        help="Send away UDP clients that know cookies and have none of ours, with BADCOOKIE.",
    ),
    cfg.IntOpt(
        "rate_limit_per_second",
        default=0,
        min=0,
        help="Answers alike over UDP to one network of clients; 0: no limit.",
    ),
    cfg.IntOpt(
        "rate_limit_window", default=15, min=1, max=3600, help="Seconds that an excess counts."
    ),
    cfg.IntOpt(
        "rate_limit_slip",
        default=2,
        min=0,
        max=10,
        help="Of so many answers over the limit one is sent cut, the others not; 0: none.",
    ),
    cfg.IntOpt("rate_limit_ipv4_prefix", default=24, min=1, max=32, help="Bits of a network."),
    cfg.IntOpt("rate_limit_ipv6_prefix", default=56, min=1, max=128, help="Bits of a network."),
    cfg.ListOpt(
        "rate_limit_exempt",
        item_type=NETWORK,
        default=["127.0.0.0/8", "::1/128"],
        help="Networks without a limit, beside the servers of the pools.",
    ),
    cfg.StrOpt("topic", default="mdns", help="Message topic the DNS servers listen to."),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[service:mdns]`; times in seconds, sizes in bytes."""

    workers: int | None
    health_listen: tuple[Endpoint, ...]
    threads: int
    listen: tuple[Endpoint, ...]
    tcp_backlog: int
    tcp_keepidle: int | None
    tcp_recv_timeout: float
    query_enforce_tsig: bool
    max_message_size: int
    allow_transfer: tuple[IPv4Network | IPv6Network, ...]
    tcp_connections_per_address: int
    dns_cookies: bool
    cookie_secret: tuple[str, ...] = field(repr=False)
    require_server_cookie: bool
    rate_limit_per_second: int
    rate_limit_window: int
    rate_limit_slip: int
    rate_limit_ipv4_prefix: int
    rate_limit_ipv6_prefix: int
    rate_limit_exempt: tuple[IPv4Network | IPv6Network, ...]
    topic: str

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
