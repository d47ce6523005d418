# SPDX-License-Identifier: Apache-2.0
"""Options of `[DEFAULT]`: identity of the host, zone defaults, quotas, record types."""

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from oslo_config import cfg

from designate.conf.section import read_section

GROUP = "DEFAULT"
MAX_INT32 = 2**31 - 1

RECORD_TYPES = [
    *("A", "AAAA", "CNAME", "MX", "SRV", "TXT", "SPF", "NS", "PTR", "SSHFP", "SOA", "NAPTR"),
    *("CAA", "CERT", "HTTPS", "SVCB", "TLSA"),
]


def source_root() -> Path:
    """The folder that holds the package, or the top of the source tree it runs from."""
    folder = Path(__file__).resolve().parents[2]
    return folder.parent if folder.name == "src" else folder


def seconds(name: str, default: int, about: str, deprecated_name: str | None = None) -> cfg.IntOpt:
    """An option of whole seconds that fits a DNS timer (RFC 2181 section 8)."""
    return cfg.IntOpt(
        name,
        default=default,
        min=0,
        max=MAX_INT32,
        help=about,
        deprecated_name=deprecated_name,
    )


def quota(name: str, default: int, about: str) -> cfg.IntOpt:
    """A default quota; -1 is no limit."""
    return cfg.IntOpt(name, default=default, min=-1, max=MAX_INT32, help=f"{about}; -1: no limit.")


WATCH_LOG_FILE = cfg.BoolOpt(
    "watch-log-file",
    default=False,
    help="Accepted, as scripts of upstream's give it: a log file is always watched for rotation.",
)

OPTIONS = (
    cfg.StrOpt(
        "host",
        default=platform.node(),
        sample_default="the machine's hostname",
        help="Name of this host in service reports, messages and locks.",
    ),
    cfg.StrOpt(
        "availability_zone",
        help="Where this host is: its worker tells servers first that are in the same one.",
    ),
    cfg.StrOpt(
        "pybasedir",
        default=str(source_root()),
        sample_default="the folder of the sources",
        help="Folder of the sources; a base for other paths.",
    ),
    cfg.StrOpt(
        "state_path", default="/var/lib/designate", help="Folder for files kept while running."
    ),
    seconds("default_ttl", 3600, "TTL of a zone that is created without one."),
    seconds(
        "default_soa_refresh_min",
        3500,
        "Shortest SOA refresh of a new zone; the value is drawn between this and the longest.",
        deprecated_name="default_soa_refresh",
    ),
    seconds("default_soa_refresh_max", 3600, "Longest SOA refresh of a new zone."),
    seconds("default_soa_retry", 600, "SOA retry of a new zone."),
    seconds("default_soa_expire", 86400, "SOA expire of a new zone."),
    seconds("default_soa_minimum", 3600, "SOA minimum (negative caching TTL) of a new zone."),
    cfg.ListOpt(
        "supported_record_type", default=RECORD_TYPES, help="Record types that may be created."
    ),
    cfg.IntOpt("backlog", default=4096, min=1, help="Connections waiting to be accepted."),
    cfg.IntOpt(
        "graceful_shutdown_timeout",
        default=60,
        min=0,
        help="Seconds that a program has to finish what is in flight when it is told to end; 0:"
        " as long as it takes.",
    ),
    cfg.BoolOpt("log_options", default=True, help="Log all options at start, when debugging."),
    cfg.StrOpt(
        "root_helper",
        default="sudo designate-rootwrap /etc/designate/rootwrap.conf",
        help="Put before commands that need privileges, such as rndc.",
    ),
    cfg.StrOpt("network_api", default="neutron", help="Where floating IPs are looked up."),
    cfg.BoolOpt(
        "notify_api_faults",
        default=False,
        help="No effect yet: whether to send a notification for API faults.",
    ),
    cfg.StrOpt(
        "notification_plugin",
        default="default",
        help="No effect yet: form of the notifications sent.",
    ),
    cfg.StrOpt(
        "quota_driver",
        default="storage",
        choices=("storage", "noop"),
        help="Where quotas are kept; noop: nowhere, and nothing is limited.",
    ),
    quota("quota_zones", 10, "Zones of a project"),
    quota("quota_zone_recordsets", 500, "Recordsets of a zone"),
    quota("quota_zone_records", 500, "Records of a zone"),
    quota("quota_recordset_records", 20, "Records of a recordset"),
    quota("quota_api_export_size", 1000, "Recordsets of a zone that is exported"),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[DEFAULT]`; times in seconds."""

    host: str
    availability_zone: str | None
    pybasedir: str
    state_path: str
    default_ttl: int
    default_soa_refresh_min: int
    default_soa_refresh_max: int
    default_soa_retry: int
    default_soa_expire: int
    default_soa_minimum: int
    supported_record_type: tuple[str, ...]
    backlog: int
    graceful_shutdown_timeout: int
    log_options: bool
    root_helper: str
    network_api: str
    notify_api_faults: bool
    notification_plugin: str
    quota_driver: str
    quota_zones: int
    quota_zone_recordsets: int
    quota_zone_records: int
    quota_recordset_records: int
    quota_api_export_size: int

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)

    def problems(self) -> list[str]:
        """What is wrong with values taken together."""
        if self.default_soa_refresh_min <= self.default_soa_refresh_max:
            return []
        return ["[DEFAULT] default_soa_refresh_min: greater than default_soa_refresh_max"]
