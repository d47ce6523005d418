# SPDX-License-Identifier: Apache-2.0
"""`designate-mdns`: the DNS server apart, over a database that other processes write."""

import dataclasses
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from designate.cmd import service
from designate.cmd.service import Process, Program
from designate.conf import ConfigOpts, Settings
from designate.contracts.mdns import Mdns
from designate.mdns.server import MdnsServer
from designate.storage.unit_of_work import Store

SERVICES = ("mdns",)
"""What a process reports itself as."""
_SECRET = 16


def main(argv: Sequence[str] | None = None) -> int:
    """Serve with `[service:mdns] workers` processes on the same addresses; the exit status."""
    return service.main(PROGRAM, argv)


def start(process: Process) -> str:
    """Answer DNS; tell workers who has transferred a zone, and forget what others change."""
    store = process.open_store()
    bus = process.open_bus()
    server = MdnsServer(store, process.settings.mdns, bus.worker(), process.registry)
    server.start()
    process.stack.callback(server.stop)
    process.health.turns("dns", server.trouble)
    bus.serve(Mdns, Forgetting(store), process.settings.mdns.topic)
    process.report(SERVICES, store)
    return "Answering at " + ", ".join(f"{host} port {port}" for host, port in server.addresses)


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Implements `contracts.mdns.Mdns`: what is remembered of a zone that changed is dropped."""

    store: Store

    def changed(self, names: frozenset[str]) -> None:
        """See the contract."""
        self.store.heard(names)


def share_cookies(_conf: ConfigOpts, settings: Settings) -> Settings:
    """A cookie of one process must be good for all that share the address."""
    shared = settings.mdns.cookie_secret or (secrets.token_hex(_SECRET),)
    return dataclasses.replace(
        settings, mdns=dataclasses.replace(settings.mdns, cookie_secret=shared)
    )


PROGRAM = Program(
    name="designate-mdns",
    about=__doc__,
    section=lambda settings: settings.mdns,
    services=lambda _: SERVICES,
    start=start,
    prepare=share_cookies,
)

if __name__ == "__main__":
    sys.exit(main())
