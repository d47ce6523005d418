# SPDX-License-Identifier: Apache-2.0
"""`designate-api`: the REST API apart, with a server of its own.

With `[service:api] central = rpc` it asks central over the broker and needs no database. With
`local` it embeds central over the database, and works on central's queues as well.
"""

import dataclasses
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from designate.api import tls
from designate.api.app import build
from designate.api.server import Server
from designate.cmd import central as central_root
from designate.cmd import service
from designate.cmd.service import Process, Program
from designate.conf import ConfigOpts, ConfigurationError, Settings, names_a_broker
from designate.conf.api import LOCAL, RPC
from designate.contracts.central import Central
from designate.policy.enforcer import Enforcer
from designate.storage.unit_of_work import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BROKER = 3.0
"""Seconds that the first request, and the end of all processes, wait for a broker."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve with `[service:api] workers` processes on the same addresses; the exit status."""
    return service.main(PROGRAM, argv)


def start(process: Process) -> str:
    """Serve HTTP."""
    settings = process.settings
    secure = tls.configured(settings.tls)
    app = compose(process)
    for at in settings.api.listen:
        server = Server(
            app,
            at,
            settings.api.threads,
            backlog=settings.default.backlog,
            tls=secure,
            shared=process.several,
        )
        server.start()
        process.stack.callback(server.stop)
        process.health.turns(f"http {at}", server.trouble)
    scheme = "https" if secure else "http"
    return "Serving " + ", ".join(f"{scheme}://{at}" for at in settings.api.listen)


def compose(process: Process, *, works: bool = True) -> "WSGIApplication":
    """The application and what reports it; `works`: on central's queues, where that is here."""
    enforcer = Enforcer(process.conf)
    bus = process.open_bus()
    reports_to: Store | Central
    if process.settings.api.central == RPC:
        reports_to = central = bus.central()
        # Else requests would be refused only because this process has just begun.
        bus.wait(BROKER)
    else:
        reports_to = process.open_store()
        central = central_root.begin(process, reports_to, enforcer, bus, works=works).central
    process.report(services(process.settings), reports_to)
    return build(central, process.settings, enforcer, process.registry, process.conf)


def services(settings: Settings) -> Sequence[str]:
    """What a process reports itself as."""
    return ("api",) if settings.api.central == RPC else ("api", "central")


def place_central(conf: ConfigOpts, settings: Settings) -> Settings:
    """Settings that say where central is; raises ConfigurationError."""
    broker, chosen = names_a_broker(conf), settings.api.central
    if chosen == RPC and not broker:
        raise ConfigurationError(["[service:api] central = rpc needs [DEFAULT] transport_url"])
    where = chosen or (RPC if broker else LOCAL)
    return dataclasses.replace(settings, api=dataclasses.replace(settings.api, central=where))


def reports_to(process: Process) -> Store | Central:
    """Where the last of several processes says that all have ended."""
    if process.settings.api.central == LOCAL:
        return service.unopened(process)
    bus = process.open_bus()
    bus.wait(BROKER)
    return bus.central()


PROGRAM = Program(
    name="designate-api",
    about=__doc__,
    section=lambda settings: settings.api,
    services=services,
    start=start,
    prepare=place_central,
    reports_to=reports_to,
)

if __name__ == "__main__":
    sys.exit(main())
