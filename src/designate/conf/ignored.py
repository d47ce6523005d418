# SPDX-License-Identifier: Apache-2.0
"""Options found in files that have no effect: those that are gone, and those nobody knows.

An old configuration must start: each such option is one warning, never an error.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from oslo_config import cfg

Declared = Sequence[tuple[str, cfg.Opt]]
"""Options with their sections."""

Sections = dict[str, dict[str, list[str]]]
"""Section, option, values as written."""

GONE = {
    ("DEFAULT", "allowed_remote_exmods"): "errors cross services by their code",
    ("DEFAULT", "allowed_rpc_exception_modules"): "errors cross services by their code",
    ("DEFAULT", "watch_log_file"): "the log file is always watched",
    ("DEFAULT", "storage_driver"): "there is one storage",
    ("service:api", "api_host"): "use listen",
    ("service:api", "api_port"): "use listen",
    ("service:api", "max_header_line"): "the WSGI server limits headers",
    (
        "service:api",
        "secure_proxy_ssl_header",
    ): "use [oslo_middleware] enable_proxy_headers_parsing",
    ("service:api", "override_proto"): "use api_base_uri",
    ("service:api", "enable_api_v1"): "version 1 is gone",
    ("service:api", "pecan_debug"): "there is no Pecan",
    ("service:mdns", "host"): "use listen",
    ("service:mdns", "port"): "use listen",
    ("service:mdns", "notify"): "workers send NOTIFY",
    ("service:mdns", "all_tcp"): "use [service:worker] all_tcp",
    ("service:mdns", "xfr_timeout"): "use [service:worker] xfr_timeout",
    ("service:mdns", "slave_nameserver_ips_and_ports"): "the pool lists its name servers",
    ("service:producer", "export_synchronous"): "use [service:worker] export_synchronous",
    ("service:worker", "enabled"): "start the service or do not",
    ("service:worker", "notify"): "it always does",
    ("producer_task:increment_serial", "*"): "a serial advances with its change",
    ("producer_task:delayed_notify", "*"): "workers gather changes themselves",
    ("service:pool_manager", "*"): "workers do this",
    ("service:zone_manager", "*"): "the producer does this",
    ("zone_manager_task:*", "*"): "use [producer_task:NAME]",
    ("pool_manager_cache:*", "*"): "nothing is cached there",
    ("service:agent", "*"): "agents are gone",
    ("backend:agent:*", "*"): "agents are gone",
    ("backend:infoblox", "*"): "the pool's targets say this",
    ("backend:powerdns", "*"): "the pool's targets say this",
    ("backend:powerdns:*", "*"): "the pool's targets say this",
    ("monasca:statsd", "*"): "metrics are offered to Prometheus",
    ("network_api:neutron", "admin_username"): "the caller's token is used",
    ("network_api:neutron", "admin_password"): "the caller's token is used",
    ("network_api:neutron", "admin_tenant_name"): "the caller's token is used",
    ("network_api:neutron", "auth_url"): "the caller's token is used",
    ("network_api:neutron", "auth_strategy"): "the caller's token is used",
    ("storage:sqlalchemy", "connection_trace"): "SQL carries no Python stack",
    ("storage:sqlalchemy", "use_db_reconnect"): "it always does",
    ("storage:sqlalchemy", "synchronous_reader"): "reads after a write are causal",
    ("database", "connection_trace"): "SQL carries no Python stack",
    ("database", "use_db_reconnect"): "it always does",
    ("database", "synchronous_reader"): "reads after a write are causal",
}
"""(section, option) patterns of former options: what takes their place."""

LIBRARY_SECTIONS = (
    "cors",
    "healthcheck",
    "keystone_authtoken",
    "oslo_concurrency",
    "oslo_messaging_*",
    "oslo_policy",
    "oslo_reports",
)
"""Sections that a library registers itself, when it is used."""

LIBRARY_DEFAULTS = (
    "control_exchange",
    "executor_thread_pool_size",
    "log_config",
    "logdir",
    "logfile",
    "rpc_*",
    "transport_url",
)
"""Options of oslo.messaging in [DEFAULT], and former names of those of oslo.log."""


def read_sections(files: Iterable[str]) -> Sections:
    """What the files set, as written: section, option, values. The files were read before."""
    sections: Sections = {}
    for file in files:
        cfg.ConfigParser(file, sections).parse()
    return sections


def ignored_options(conf: cfg.ConfigOpts, declared: Declared, sections: Sections) -> Iterator[str]:
    """A sentence for each option that is set and does nothing; values are not shown."""
    former = former_names(declared)
    for section, options in sections.items():
        known = names_read(conf, section)
        for option in options:
            if reason := why_gone(section, option):
                yield f"Option [{section}] {option} is ignored, it was removed: {reason}"
            elif not (
                option.replace("-", "_") in known
                or (section, option) in former
                or is_of_library(section, option)
            ):
                yield f"Option [{section}] {option} is ignored: nothing reads it"


def names_read(conf: cfg.ConfigOpts, section: str) -> Container[str]:
    """The options of a section that are read, by the names they have today."""
    if section == "DEFAULT":
        return conf
    names: Container[str] = conf[section] if section in conf else ()  # noqa: SIM401 (no KeyError)
    return names


def why_gone(section: str, option: str) -> str | None:
    """What took the place of a former option; None when it is not one of those."""
    for (section_pattern, option_pattern), reason in GONE.items():
        if fnmatchcase(section, section_pattern) and fnmatchcase(option, option_pattern):
            return reason
    return None


def is_of_library(section: str, option: str) -> bool:
    """Whether a library reads the option when it is used."""
    patterns = LIBRARY_DEFAULTS if section == "DEFAULT" else LIBRARY_SECTIONS
    name = option if section == "DEFAULT" else section
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def former_names(declared: Declared) -> set[tuple[str, str]]:
    """Former spellings that are still read."""
    return {
        (former.group or group, former.name or option.name)
        for group, option in declared
        for former in option.deprecated_opts
    }
