# SPDX-License-Identifier: Apache-2.0
"""Sections whose options libraries declare and read: origins, health, Keystone, reports.

They are declared here with our defaults, so that a wrong value is found at start; the libraries get
the configuration as a whole. `[keystone_authtoken]` is declared when tokens are validated, and what
is in `LATER` when the broker, policy or a lock is used.
"""

import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import EntryPoint
from typing import Any

from keystoneauth1 import loading
from oslo_config import cfg
from oslo_middleware import cors
from oslo_middleware.healthcheck import opts as healthcheck
from oslo_reports import opts as reports
from oslo_service.backend import BackendType, register_backend_default_hook

CORS = "cors"
ORIGIN = "cors."
"""How the sections of further origins begin; they have the options of `[cors]`."""
HEALTHCHECK = "healthcheck"
KEYSTONE = "keystone"
TOKENS = "keystone_authtoken"
HEALTHCHECKS = frozenset({"disable_by_file", "disable_by_files_ports", "enable_by_files"})
"""The backends of `[healthcheck]` that the library has; those of others have other options."""

CORS_DEFAULTS: Mapping[str, Any] = {
    "allow_headers": [
        "X-Auth-Token",
        "X-Auth-Sudo-Tenant-ID",
        "X-Auth-Sudo-Project-ID",
        "X-Auth-All-Projects",
        "X-Designate-Edit-Managed-Records",
        "X-Designate-Hard-Delete",
        "X-Designate-Delete-Shares",
        "OpenStack-DNS-Hide-Counts",
    ],
    "expose_headers": ["X-OpenStack-Request-ID", "Host"],
    "allow_methods": ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"],
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    CORS: CORS_DEFAULTS,
    HEALTHCHECK: {
        "backends": ["disable_by_file"],
        "disable_by_file_path": "/etc/designate/healthcheck_disable",
    },
    # A call of another service that never ends would hold a thread.
    KEYSTONE: {"service_type": "identity", "timeout": 30},
}
"""Section, option, what holds here unless the configuration says otherwise."""

OPTIONS: tuple[tuple[str, cfg.Opt], ...] = (
    *((CORS, option) for option in cors.OPTS),
    *(
        (HEALTHCHECK, option)
        for option in (
            *healthcheck.HEALTHCHECK_OPTS,
            *healthcheck.DISABLE_BY_FILE_OPTS,
            *healthcheck.DISABLE_BY_FILES_OPTS,
        )
    ),
    *((KEYSTONE, option) for option in loading.get_session_conf_options()),
    *((KEYSTONE, option) for option in loading.get_adapter_conf_options()),
    *((section, option) for section, options in reports.list_opts() for option in options),
)

LATER = (
    ("DEFAULT", "oslo_log._options:list_opts"),
    ("DEFAULT", "oslo_messaging.opts:list_opts"),
    ("oslo_messaging_*", "oslo_messaging.opts:list_opts"),
    ("oslo_messaging_metrics", "oslo_messaging._metrics.client:oslo_messaging_metrics"),
    ("oslo_messaging_tracing", "oslo_messaging._tracing.client:oslo_messaging_tracing"),
    ("oslo_concurrency", "oslo_concurrency.opts:list_opts"),
    ("oslo_policy", "oslo_policy.opts:list_opts"),
    (HEALTHCHECK, "oslo_middleware.opts:list_opts_healthcheck"),
)
"""Sections, and where a library lists options of theirs that are not among `OPTIONS`."""


def declares(section: str, name: str) -> bool:
    """Whether a library has an option of this name, or had one that it still reads by it.

    The library is imported only now that one of its sections, or an option that nobody else knows,
    is in a file.
    """
    return any(
        (section, name) in _names(source, pattern)
        for pattern, source in LATER
        if fnmatchcase(section, pattern)
    )


def sections_of_plugins(files: Mapping[str, Mapping[str, Sequence[str]]]) -> set[str]:
    """Sections where any name may be right: what plug-ins of libraries read is not known here.

    `files`: section, option, values as written.
    """
    found = {TOKENS}
    for section, options in files.items():
        if section.lower() == TOKENS:
            found.update(named.lower() for named in options.get("auth_section", ()))
        if section.lower() == HEALTHCHECK:
            backends = ",".join(options.get("backends", ())).split(",")
            if not {"", *HEALTHCHECKS}.issuperset(backend.strip() for backend in backends):
                found.add(HEALTHCHECK)
    return found


@cache
def _names(source: str, section: str) -> frozenset[tuple[str, str]]:
    """Section and name of the options that a library lists, former names too.

    `section` is that of a bare list.
    """
    use_threads()
    listed = EntryPoint("", source, "").load()
    groups = listed() if callable(listed) else [(section, listed)]
    found = set()
    for group, options in groups:
        for option in options:
            found.add((group or "DEFAULT", option.dest))
            for former in option.deprecated_opts:
                name = former.name or option.name
                found.add((former.group or group or "DEFAULT", name))
    return frozenset(found)


def set_defaults_everywhere() -> None:
    """Put our defaults into the options of libraries: the entry point oslo.config.opts.defaults."""
    cors.set_defaults(**CORS_DEFAULTS)
    cfg.set_defaults(healthcheck.HEALTHCHECK_OPTS, backends=["disable_by_file"])


def set_defaults(conf: cfg.ConfigOpts) -> None:
    """Put our defaults into a configuration; those of the libraries stay as they are."""
    for section, values in DEFAULTS.items():
        for name, value in values.items():
            conf.set_default(name, value, section)


def use_threads() -> None:
    """Before oslo.messaging or tooz is imported: have them use threads, and find no eventlet.

    They look for it although nothing here runs on it. Importing it takes a second, and loads a
    dnspython of its own, whose classes are not those that others have. Who has imported it before
    knows what for.
    """
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"
    # None has an import fail, which the types of `sys.modules` do not know.
    sys.modules.setdefault("eventlet", None)  # type: ignore[arg-type]
    register_backend_default_hook(lambda: BackendType.THREADING)
    warnings.filterwarnings("ignore", "eventletutils module is deprecated")
