# SPDX-License-Identifier: Apache-2.0
"""`designate-api`: the REST API apart, with a server of its own.

It embeds central over the configured database. Name servers are driven by workers elsewhere, which
find in the database what is to be done.
"""

import sys
from collections.abc import Sequence

from designate.api import tls
from designate.api.app import build
from designate.api.server import Server
from designate.cmd import central as central_root
from designate.cmd import service
from designate.cmd.service import Process, Program
from designate.policy.enforcer import Enforcer

SERVICES = ("api", "central")
"""What a process reports itself as."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve with `[service:api] workers` processes on the same addresses; the exit status."""
    return service.main(PROGRAM, argv)


def start(process: Process) -> str:
    """Serve HTTP."""
    settings, conf = process.settings, process.conf
    secure = tls.configured(settings.tls)
    enforcer = Enforcer(conf)
    store = process.open_store()
    central = central_root.begin(process, store, enforcer).central
    app = build(central, settings, enforcer, process.registry, conf)
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
    process.report(store, SERVICES)
    scheme = "https" if secure else "http"
    return "Serving " + ", ".join(f"{scheme}://{at}" for at in settings.api.listen)


PROGRAM = Program(
    name="designate-api",
    about=__doc__,
    section=lambda settings: settings.api,
    services=SERVICES,
    start=start,
)

if __name__ == "__main__":
    sys.exit(main())
