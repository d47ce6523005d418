# SPDX-License-Identifier: Apache-2.0
"""Configuration: upstream's files, sections, names and defaults, read into frozen settings.

There is no global configuration. A program calls `load`, may set defaults or overrides of its own,
then `settings`, and hands each constructor the section it needs.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from oslo_config import cfg
from oslo_log import log

from designate import __version__
from designate.conf import (
    api,
    central,
    coordination,
    default,
    fake_network,
    heartbeat_emitter,
    libraries,
    mdns,
    middleware,
    neutron,
    producer,
    storage,
    tls,
    worker,
)
from designate.conf.files import files_of
from designate.conf.ignored import ignored_options, read_sections
from designate.conf.section import ConfigurationError

__all__ = [
    "ConfigError",
    "ConfigOpts",
    "ConfigurationError",
    "Settings",
    "check",
    "default_files",
    "list_opts",
    "load",
    "names_a_broker",
    "of_program",
    "read",
    "publish",
    "read_again",
    "settings",
    "undeclared",
]

LOG = logging.getLogger(__name__)
DOLLAR = "a $ stands before what is no option; $$ is a dollar sign"
FILE = "designate.conf"

SECTIONS = (
    default,
    api,
    central,
    worker,
    mdns,
    producer,
    coordination,
    storage,
    middleware,
    neutron,
    fake_network,
    heartbeat_emitter,
    tls,
)
"""One module for each section."""

OPTIONS: tuple[tuple[str, cfg.Opt], ...] = (
    *((section.GROUP, option) for section in SECTIONS for option in section.OPTIONS),
    *((storage.SECOND_GROUP, option) for option in storage.OPTIONS),
    *(
        (producer.task_group(name), option)
        for name, options in producer.TASKS.items()
        for option in options
    ),
    *libraries.OPTIONS,
)
"""Every option of ours with its section."""


ConfigOpts = cfg.ConfigOpts
ConfigError = cfg.Error
"""The options as they were read, for libraries that take them whole."""


@dataclass(frozen=True)
class Settings:
    """Every section."""

    default: default.Settings
    api: api.Settings
    central: central.Settings
    worker: worker.Settings
    mdns: mdns.Settings
    producer: producer.Settings
    coordination: coordination.Settings
    storage: storage.Settings
    middleware: middleware.Settings
    tls: tls.Settings
    neutron: neutron.Settings
    fake_network: fake_network.Settings
    heartbeat_emitter: heartbeat_emitter.Settings

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """All sections of a configuration without bad values."""
        return cls(
            default=default.Settings.read(conf),
            api=api.Settings.read(conf),
            central=central.Settings.read(conf),
            worker=worker.Settings.read(conf),
            mdns=mdns.Settings.read(conf),
            producer=producer.Settings.read(conf),
            coordination=coordination.Settings.read(conf),
            storage=storage.Settings.read(conf),
            middleware=middleware.Settings.read(conf),
            tls=tls.Settings.read(conf),
            neutron=neutron.Settings.read(conf),
            fake_network=fake_network.Settings.read(conf),
            heartbeat_emitter=heartbeat_emitter.Settings.read(conf),
        )


def load(argv_files: Sequence[str], *, search: bool = True) -> cfg.ConfigOpts:
    """Reads the files given, or with `search` those of the search path when none is given.

    Options that nothing reads are logged, one warning each. Raises ConfigurationError when a file
    cannot be read or a value breaks its rule; it lists every such value.
    """
    conf = cfg.ConfigOpts()
    register(conf)
    files = list(argv_files) or (default_files() if search else [])
    _parse(conf, [], files, [])
    check(conf)
    return conf


def read(
    program: str,
    argv: Sequence[str] | None,
    about: str | None,
    commands: Callable[[Any], None] | None = None,
) -> cfg.ConfigOpts:
    """Reads what a program's command line asks for; `argv` None: that of the process.

    A program with `commands` adds them to the subparsers of argparse that it is given; what one
    was called with is then in `conf.command`.

    These are `--config-file` and `--config-dir`, each repeatable, else the usual places; and what
    oslo.log has for logging. Ends the process after `--help` and `--version`, and for a flag that
    does not exist. Raises ConfigurationError when a file cannot be read. The caller starts logging
    and calls `check` next.
    """
    conf = cfg.ConfigOpts()
    register(conf)
    conf.register_cli_opt(default.WATCH_LOG_FILE)
    if commands is not None:
        conf.register_cli_opt(cfg.SubCommandOpt("command", title="commands", handler=commands))
    arguments = sys.argv[1:] if argv is None else list(argv)
    folders = cfg.find_config_dirs("designate", program)
    _parse(conf, arguments, default_files(), folders, program, about)
    return conf


def check(conf: cfg.ConfigOpts) -> None:
    """Logs options that nothing reads, one warning each; raises as `check_values`."""
    for sentence in ignored_options(conf, OPTIONS, read_sections(files_of(conf))):
        LOG.warning("%s", sentence)
    check_values(conf)


def _parse(
    conf: cfg.ConfigOpts,
    arguments: list[str],
    files: list[str],
    folders: list[str],
    program: str | None = None,
    about: str | None = None,
) -> None:
    try:
        conf(
            arguments,
            project="designate",
            version=__version__,
            default_config_files=files,
            default_config_dirs=folders,
            prog=program,
            description=about,
        )
    except cfg.Error as error:
        raise ConfigurationError([str(error)]) from error
    except UnicodeDecodeError as error:
        places = ", ".join([*files, *folders])
        raise ConfigurationError([f"{places}: not UTF-8 ({error.reason})"]) from error
    except SystemExit as error:
        # Options that are flags too go through argparse, which would end the process.
        if _is_of_an_option(error.__context__):
            raise ConfigurationError([f"[DEFAULT] {error.__context__}"]) from error
        raise


def _is_of_an_option(reason: BaseException | None) -> bool:
    """Whether argparse has complained of an option's value, and not of a command."""
    if isinstance(reason, argparse.ArgumentError):
        return (reason.argument_name or "-").startswith("-")
    return isinstance(reason, ValueError)


def list_opts() -> list[tuple[str, list[cfg.Opt]]]:
    """Returns our options by section, for oslo-config-generator: the entry point oslo.config.opts.

    Options of libraries have entry points of their own.
    """
    sections: dict[str, list[cfg.Opt]] = {}
    for group, option in OPTIONS:
        if (group, option) not in libraries.OPTIONS and group != middleware.GROUP:
            sections.setdefault(group, []).append(option)
    return list(sections.items())


def of_program() -> cfg.ConfigOpts:
    """The configuration that a program of a library has read, by `--config-file`."""
    return cfg.CONF


def publish(conf: cfg.ConfigOpts) -> None:
    """Reads the files of a configuration into oslo.config's global object.

    Filters of WSGI that others wrote read that one; nothing of ours does.
    """
    _read_files(cfg.CONF, conf)


def read_again(conf: cfg.ConfigOpts) -> cfg.ConfigOpts:
    """The same files without our options, for a library that is to have options of its own."""
    copy = cfg.ConfigOpts()
    _read_files(copy, conf)
    return copy


def names_a_broker(conf: cfg.ConfigOpts) -> bool:
    """Whether `[DEFAULT] transport_url` is set."""
    return bool(undeclared(conf, "transport_url"))


def undeclared(conf: cfg.ConfigOpts, name: str, section: str | None = None) -> str | None:
    """The value of an option that a library declares when it is used, and maybe elsewhere."""
    copy = read_again(conf)
    copy.register_opt(cfg.StrOpt(name, secret=True), section)
    value: str | None = (copy[section] if section else copy)[name]
    return value


def _read_files(into: cfg.ConfigOpts, conf: cfg.ConfigOpts) -> None:
    into([], project="designate", default_config_files=files_of(conf), default_config_dirs=[])


def settings(conf: cfg.ConfigOpts) -> Settings:
    """The frozen settings; raises ConfigurationError when values contradict one another."""
    check_values(conf)
    found = Settings.read(conf)
    if problems := found.default.problems():
        raise ConfigurationError(problems)
    return found


def register(conf: cfg.ConfigOpts) -> None:
    """Declares every option, those of logging too."""
    log.register_options(conf)
    for group, option in OPTIONS:
        conf.register_opt(option, group_key(group))
    libraries.set_defaults(conf)
    # oslo.service says three times which threads it has, wherever oslo.messaging is imported.
    quiet = ["alembic=WARNING", "oslo_service.backend=WARNING"]
    conf.set_default("default_log_levels", [*log.get_default_log_levels(), *quiet])


def group_key(group: str) -> str | None:
    """The group as oslo.config wants it, which knows [DEFAULT] as None."""
    return None if group == default.GROUP else group


def default_files() -> list[str]:
    """The files of the search path that exist; a later one wins over an earlier."""
    root = default.source_root()
    folders = (Path.cwd(), root / "etc/designate", root / "etc", root, Path("/etc/designate"))
    files = dict.fromkeys(folder / FILE for folder in folders)
    return [str(file) for file in files if file.is_file()]


def check_values(conf: cfg.ConfigOpts) -> None:
    """Raises ConfigurationError with a sentence for each value that breaks its option's rule."""
    problems = []
    for group, option in OPTIONS:
        try:
            conf.get_location(option.dest, group_key(group))
        except cfg.ConfigSourceValueError as error:
            rule = error.__context__ or error
            problems.append(f"[{group}] {option.name}: {rule}")
        except (cfg.NoSuchOptError, cfg.NoSuchGroupError):
            # The reason would repeat what is behind the $, perhaps a piece of a password.
            problems.append(f"[{group}] {option.name}: {DOLLAR}")
    if problems:
        raise ConfigurationError(problems)
