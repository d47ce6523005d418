# SPDX-License-Identifier: Apache-2.0
"""The lines of a BIND, so that it can be parted from workers and mdns, and they from it."""

from collections.abc import Sequence
from typing import Any

from tests.servers.bind9 import HOST, Bind9
from tests.servers.link import Link
from tests.servers.managed import Managed
from tests.servers.relay import Address, Relay


class Lines(Managed):
    """All that a pool says of `bind`; who only looks at it uses its own addresses.

    By two lines workers send NOTIFY, ask for serials and give commands. By each of `masters` it
    asks and transfers from an mdns; who starts that mdns opens this line, and shuts it when that
    mdns ends: BIND leaves a master that refuses sooner than one that is silent. All lines begin and
    end at the one address of loopback, by which mdns knows BIND and BIND its masters.
    """

    def __init__(self, bind: Bind9, mdns: Sequence[Address]) -> None:
        self._bind = bind
        self.dns = Relay((bind.host, bind.port))
        self._commands = Link((HOST, bind.rndc_port))
        self.masters = [Relay(at) for at in mdns]

    def start(self) -> None:
        """Open those by which workers reach it."""
        self.dns.start()

    def close(self) -> None:
        """End all."""
        for line in self._all:
            line.close()

    def silence(self) -> None:
        """Let nobody reach it, and it nobody."""
        for line in self._all:
            line.silence()

    def heal(self) -> None:
        """Let all through again."""
        for line in self._all:
            line.heal()

    def nameserver(self) -> dict[str, Any]:
        """Its entry among the name servers of a pool."""
        return {"host": HOST, "port": self.dns.port}

    def target(self) -> dict[str, Any]:
        """Its entry among the targets of a pool."""
        ports = {"port": str(self.dns.port), "rndc_port": str(self._commands.port)}
        return {
            "type": "bind9",
            "masters": [{"host": HOST, "port": line.port} for line in self.masters],
            "options": self._bind.options() | ports,
        }

    @property
    def _all(self) -> list[Link | Relay]:
        return [self.dns, self._commands, *self.masters]
