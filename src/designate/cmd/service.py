# SPDX-License-Identifier: Apache-2.0
"""The frame of the programs of services: from the command line to the exit status.

A program says what it starts; everything else is here: options, logs, processes, signals, health,
reports, systemd. docs/services.md tells operators of it.
"""

import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry

from designate import conf as configuration
from designate.cmd import health as told
from designate.cmd import heartbeat
from designate.cmd.bus import Bus
from designate.conf import ConfigOpts, ConfigurationError, Settings
from designate.conf.addresses import Endpoint
from designate.contracts.central import Central
from designate.errors import ConfigurationError as BadConfiguration
from designate.runtime import life, logs, memory, open_files, reports, signals, systemd, workers
from designate.runtime.health import Health
from designate.storage import engine as engines
from designate.storage import schema, stores
from designate.storage.unit_of_work import Store

LOG = logging.getLogger(__name__)


class Section(Protocol):
    """What the section of every service has."""

    @property
    def workers(self) -> int | None:
        """Processes; None: one."""

    @property
    def health_listen(self) -> tuple[Endpoint, ...]:
        """Where its health is told."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a program, as its `start` gets it.

    What `start` opens it puts on `stack`, which ends in reverse order. `place` is 1 and up where
    several processes do the same and share its addresses, 0 where it is alone. `pause` is how to
    wait for a database that does not answer yet; it may raise. `checks`: whether to wait for it at
    all and look at its tables, which one process does for those that are forked from it.
    """

    conf: ConfigOpts
    settings: Settings
    stack: contextlib.ExitStack
    place: int = 0
    pause: Callable[[float], None] = time.sleep
    checks: bool = True
    health: Health = field(default_factory=Health)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    @property
    def several(self) -> bool:
        """Whether there are others."""
        return self.place > 0

    def open_store(self) -> Store:
        """The database, once it answers; raises BadConfiguration when it lacks our tables."""
        options = self.settings.storage
        engine = engines.configured(options)
        self.stack.callback(engine.dispose)
        self.health.needs("database", lambda: engines.trouble(engine))
        if self.checks:
            engines.connect(engine, options, self.pause)
            schema.check(engine)
        return stores.over(self.stack, engine, options)

    def open_bus(self) -> Bus:
        """The broker, where there is one; nothing waits for it."""
        host = self.settings.default.host
        name = f"{host}.{self.place}" if self.several else host
        return Bus(self.stack, self.health, self.conf, self.settings, name)

    def report(self, services: Sequence[str], to: Store | Central) -> None:
        """Say again and again that these services are up."""
        tell = heartbeat.to(to, self.settings.default.host)
        heartbeat.begin(self.stack, tell, self.settings, services, says_end=not self.several)


def unopened(process: Process) -> Store:
    """The database, without waiting for it or looking at its tables."""
    engine = engines.configured(process.settings.storage)
    process.stack.callback(engine.dispose)
    return Store(engine)


@dataclass(frozen=True, slots=True)
class Program:
    """A program: its name and docstring, its section, what it reports itself as.

    `start` begins the work of a process and returns what the log is to say of it. `prepare` is
    called before there are several processes. `reports_to` is where the last of them says that all
    have ended.
    """

    name: str
    about: str | None
    section: Callable[[Settings], Section]
    services: Callable[[Settings], Sequence[str]]
    start: Callable[[Process], str]
    prepare: Callable[[ConfigOpts, Settings], Settings] = lambda _, settings: settings
    reports_to: Callable[[Process], Store | Central] = unopened


def main(program: Program, argv: Sequence[str] | None = None) -> int:
    """Run a program until SIGTERM or SIGINT; returns the exit status."""
    memory.share_arenas()
    open_files.allow_many()
    try:
        conf = configuration.read(program.name, argv, program.about)
        logs.start(conf)
        configuration.check(conf)
        settings = program.prepare(conf, configuration.settings(conf))
        reports.begin(conf, program.name)
    except ConfigurationError as error:
        return _fail(program, error)
    if settings.default.log_options:
        logs.show_options(conf)
    count = program.section(settings).workers or 1
    if count == 1:
        return _alone(program, conf, settings)
    return _several(program, conf, settings, count)


def _alone(program: Program, conf: ConfigOpts, settings: Settings) -> int:
    manager = systemd.Manager(os.environ)

    def begin(process: Process) -> None:
        listen = program.section(settings).health_listen
        answer = told.answers_of(process.health, process.registry)

        def ask(question: str) -> told.Answers:
            return [workers.Said(process.place, os.getpid(), answer(question))]

        told.serve(process.stack, listen, ask, process.registry)

    return _live(program, conf, settings, _Role(begin, manager.ready, manager))


def _several(program: Program, conf: ConfigOpts, settings: Settings, count: int) -> int:
    manager = systemd.Manager(os.environ)

    def work(child: workers.Child) -> int:
        def begin(process: Process) -> None:
            child.link.serve(told.answers_of(process.health, process.registry))

        reports.begin(conf, program.name)
        role = _Role(begin, child.begun, systemd.Manager({}), child.place)
        return _live(program, conf, settings, role)

    limit = settings.default.graceful_shutdown_timeout
    family = workers.Workers(count, work, lambda: logs.reload(conf), limit, manager)
    with contextlib.ExitStack() as stack:

        def beside() -> Callable[[], None]:
            registry = CollectorRegistry()
            registry.register(told.OfChildren(family.ask))
            listen = program.section(settings).health_listen
            return told.serve(stack, listen, family.ask, registry)

        try:
            status = family.run(beside)
        except OSError as error:
            return _fail(program, error)
    if status == 0:
        _report_end(program, conf, settings)
    return status


def _report_end(program: Program, conf: ConfigOpts, settings: Settings) -> None:
    with contextlib.ExitStack() as stack:
        to = program.reports_to(Process(conf, settings, stack))
        tell = heartbeat.to(to, settings.default.host)
        heartbeat.end(tell, settings, program.services(settings))


@dataclass(frozen=True, slots=True)
class _Role:
    """What differs between a process that is alone and one of several."""

    begin: Callable[[Process], None]
    begun: Callable[[], None]
    manager: systemd.Manager
    place: int = 0


def _live(program: Program, conf: ConfigOpts, settings: Settings, role: _Role) -> int:
    """The life of one process; the exit status."""
    with signals.Signals(signal.SIGHUP) as noted, contextlib.ExitStack() as stack:
        process = Process(conf, settings, stack, role.place, noted.pause)
        try:
            role.begin(process)
            said = program.start(process)
        except (ConfigurationError, BadConfiguration, OSError) as error:
            return _fail(program, error)
        except signals.Ended:
            return 0
        process.health.begun()
        LOG.info("%s", said)
        role.begun()
        reload: dict[int, Callable[[], None]] = {signal.SIGHUP: lambda: _reload(conf, role.manager)}
        life.attend(noted, role.manager, reload, lambda: process.health.is_live)
        process.health.stopping()
        # Of several, the parent knows whether a second signal is one.
        if not process.several:
            noted.obey_at_once()
        life.end_within(settings.default.graceful_shutdown_timeout)
    return 0


def _reload(conf: ConfigOpts, manager: systemd.Manager) -> None:
    manager.reloading()
    logs.reload(conf)
    manager.ready()


def _fail(program: Program, problem: Exception) -> int:
    print(f"{program.name}: {problem}", file=sys.stderr)
    return workers.CANNOT_START


def start_logging() -> None:
    """Log to stderr, unless somebody has set up logging already: for a person at a terminal."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
