# SPDX-License-Identifier: Apache-2.0
"""Options of `[service:central]`: names, TTLs, the default pool and how one is chosen."""

from dataclasses import dataclass
from typing import Self

from oslo_config import cfg

from designate.conf.addresses import Endpoint
from designate.conf.default import seconds
from designate.conf.health import health_listen
from designate.conf.section import read_section

GROUP = "service:central"
NO_PROJECT = "00000000-0000-0000-0000-000000000000"

OPTIONS = (
    health_listen(),
    cfg.IntOpt("workers", min=1, help="Processes; unset: one."),
    cfg.IntOpt(
        "threads",
        default=100,
        min=1,
        help="Most calls of the API served at once by a process; it never serves more than 16.",
    ),
    cfg.IntOpt(
        "max_zone_name_len",
        default=255,
        min=1,
        max=255,
        help="Longest name of a zone, final dot included (RFC 1035 section 2.3.4).",
    ),
    cfg.IntOpt(
        "max_recordset_name_len",
        default=255,
        min=1,
        max=255,
        deprecated_name="max_record_name_len",
        help="Longest name of a recordset, final dot included.",
    ),
    cfg.StrOpt(
        "managed_resource_email",
        default="hostmaster@example.com",
        help="E-mail of zones that are made for floating IPs and of secondary zones.",
    ),
    cfg.StrOpt(
        "managed_resource_tenant_id",
        default=NO_PROJECT,
        help="Project that owns the reverse zones made for floating IPs.",
    ),
    cfg.IntOpt(
        "ipv4_ptr_zone_prefix_size",
        default=24,
        choices=(8, 16, 24),
        help="Bits of the address that the reverse zones of IPv4 floating IPs have in common.",
    ),
    cfg.IntOpt(
        "ipv6_ptr_zone_prefix_size",
        default=64,
        choices=tuple(range(4, 128, 4)),
        help="Bits of the address that the reverse zones of IPv6 floating IPs have in common.",
    ),
    seconds("min_ttl", 0, "Lowest TTL that needs no permission."),
    cfg.StrOpt(
        "default_pool_id",
        default="794ccc2c-d751-44fe-b57f-8894c9f5c842",
        help="Pool of zones for which no other is asked.",
    ),
    cfg.StrOpt("topic", default="central", help="Message topic central listens to."),
    cfg.ListOpt(
        "scheduler_filters",
        default=["default_pool"],
        help="Filters that choose the pool of a new zone, in this order.",
    ),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[service:central]`."""

    workers: int | None
    health_listen: tuple[Endpoint, ...]
    threads: int
    max_zone_name_len: int
    max_recordset_name_len: int
    managed_resource_email: str
    managed_resource_tenant_id: str
    ipv4_ptr_zone_prefix_size: int
    ipv6_ptr_zone_prefix_size: int
    min_ttl: int
    default_pool_id: str
    topic: str
    scheduler_filters: tuple[str, ...]

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
