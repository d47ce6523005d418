# SPDX-License-Identifier: Apache-2.0
"""Options found in files that have no effect: those that are gone or idle, and those nobody knows.

An old configuration must start: each such option is one warning, never an error.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from oslo_config import cfg

from designate.conf import libraries, producer

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
    ("service:producer", "export_synchronous"): "every export is made",
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

SILENT = "periodic_check_service_status"
"""The task that is never run, although its time_threshold is obeyed."""

NO_EFFECT = {
    ("service:api", "default_limit_admin"): "lists below /admin have no pages",
    ("service:api", "max_limit_admin"): "lists below /admin have no pages",
    ("service:worker", "export_synchronous"): "every export is made",
    ("service:worker", "poll_max_retries"): "zones are tried for ever, ever more rarely",
    ("producer_task:zone_purge", "per_page"): "use batch_size",
    **{
        (producer.task_group(SILENT), option): producer.RETIRED[SILENT]
        for option in ("interval", "per_page")
    },
    **{
        (section, option): "a transaction that hit a deadlock is tried again for ten seconds"
        for section in ("storage:sqlalchemy", "database")
        for option in (
            "db_max_retries",
            "db_retry_interval",
            "db_inc_retry_interval",
            "db_max_retry_interval",
        )
    },
}
"""(section, option) that are declared, as upstream has them, and change nothing: why not."""

NO_EFFECT_YET = {
    ("DEFAULT", "notify_api_faults"): "notifications tell only which zones exist",
    ("DEFAULT", "notification_plugin"): "notifications tell only which zones exist",
    **{
        ("service:worker", option): "zones are not transferred in"
        for option in ("xfr_timeout", "serial_max_retries", "serial_retry_delay", "serial_timeout")
    },
}
"""The same of those that a later release is to obey."""

UNUSED = {
    ("oslo_messaging_notifications", "retry"): "the task sends again what could not be sent",
}
"""(section, option) of libraries that are not used here: why not."""

TO_COME = {
    ("service:sink", "*"): "there is no designate-sink",
    ("handler:*", "*"): "there is no designate-sink",
    ("backend:dynect", "*"): "there is no backend of this type",
    ("proxy", "*"): "there is no backend that asks through a proxy",
    ("profiler", "*"): "requests are not profiled",
    ("pqc", "*"): "keys and TLS are not looked at for how they withstand quantum computers",
}
"""(section, option) patterns of upstream's that are not declared yet: why not."""

_SAID = (
    (GONE, "is ignored, it was removed"),
    ({**NO_EFFECT, **UNUSED}, "has no effect"),
    ({**NO_EFFECT_YET, **TO_COME}, "has no effect yet"),
)


def read_sections(files: Iterable[str]) -> Sections:
    """What the files set, as written: section, option, values. The files were read before."""
    sections: Sections = {}
    for file in files:
        cfg.ConfigParser(file, sections).parse()
    return sections


def ignored_options(conf: cfg.ConfigOpts, declared: Declared, sections: Sections) -> Iterator[str]:
    """A sentence for each option that is set and does nothing; values are not shown."""
    former = former_names(declared)
    plugged = libraries.sections_of_plugins(sections)
    for written, options in sections.items():
        section = written if written == "DEFAULT" else written.lower()
        known = names_read(conf, section)
        for option in options:
            if said := why_in_vain(section, option):
                yield f"Option [{written}] {option} {said}"
            elif not (
                option in known
                or (section, option) in former
                or section in plugged
                or libraries.declares(section, option)
            ):
                yield f"Option [{written}] {option} is ignored: nothing reads it"


def names_read(conf: cfg.ConfigOpts, section: str) -> Container[str]:
    """The options of a section that are read, by the names they have today."""
    if section == "DEFAULT":
        return conf
    if section.startswith(libraries.ORIGIN):
        section = libraries.CORS
    names: Container[str] = conf[section] if section in conf else ()  # noqa: SIM401 (no KeyError)
    return names


def why_in_vain(section: str, option: str) -> str | None:
    """What there is to say of an option that is known to do nothing; None of others."""
    for patterns, said in _SAID:
        if reason := matching(patterns, section, option):
            return f"{said}: {reason}"
    return None


def matching(patterns: Mapping[tuple[str, str], str], section: str, option: str) -> str | None:
    """What is said of the first pattern that fits; None when there is none."""
    for (section_pattern, option_pattern), reason in patterns.items():
        if fnmatchcase(section, section_pattern) and fnmatchcase(option, option_pattern):
            return reason
    return None


def former_names(declared: Declared) -> set[tuple[str, str]]:
    """Former spellings that are still read."""
    return {
        (former.group or group, former.name or option.name)
        for group, option in declared
        for former in option.deprecated_opts
    }
