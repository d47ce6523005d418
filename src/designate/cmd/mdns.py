# SPDX-License-Identifier: Apache-2.0
"""`designate-mdns`: the DNS server apart, over a database that other processes write."""

import dataclasses
import secrets
import sys
from collections.abc import Sequence

from designate.cmd import service
from designate.cmd.service import Process, Program
from designate.conf import Settings
from designate.mdns.server import MdnsServer

SERVICES = ("mdns",)
"""What a process reports itself as."""
_SECRET = 16


def main(argv: Sequence[str] | None = None) -> int:
    """Serve with `[service:mdns] workers` processes on the same addresses; the exit status."""
    return service.main(PROGRAM, argv)


def start(process: Process) -> str:
    """Answer DNS."""
    store = process.open_store()
    server = MdnsServer(store, process.settings.mdns, registry=process.registry)
    server.start()
    process.stack.callback(server.stop)
    process.health.turns("dns", server.trouble)
    process.report(store, SERVICES)
    return "Answering at " + ", ".join(f"{host} port {port}" for host, port in server.addresses)


def share_cookies(settings: Settings) -> Settings:
    """A cookie of one process must be good for all that share the address."""
    shared = settings.mdns.cookie_secret or (secrets.token_hex(_SECRET),)
    return dataclasses.replace(
        settings, mdns=dataclasses.replace(settings.mdns, cookie_secret=shared)
    )


PROGRAM = Program(
    name="designate-mdns",
    about=__doc__,
    section=lambda settings: settings.mdns,
    services=SERVICES,
    start=start,
    prepare=share_cookies,
)

if __name__ == "__main__":
    sys.exit(main())
