# SPDX-License-Identifier: Apache-2.0
"""Response rate limiting: answers over UDP that one network gets too many of (as BIND and Knot).

What is counted are answers alike: the same data, the denials of one zone, or any failure, to one
network of clients. A network gets so many a second and may save up those of one second; it owes
for what it was refused, at most for the window. Every so many refusals it is told to come over
TCP, which an address that is not its own cannot.
"""

import time
from collections.abc import Callable
from enum import Enum
from ipaddress import ip_address

from designate.conf.mdns import Settings
from designate.mdns.acl import Address

ACCOUNTS = 50_000
"""Accounts and clients remembered; when they are more, those longest unused are forgotten."""
SAVED = 1.0
"""Seconds for which answers can be saved up."""


def network(address: Address, prefix: int) -> bytes:
    """What stands for the network of so many bits that an address is in."""
    number = int(address) >> (address.max_prefixlen - prefix)
    return bytes((address.version,)) + number.to_bytes(16)


class Verdict(Enum):
    """What becomes of an answer."""

    SEND = "as it is"
    SLIP = "cut, so that the client comes over TCP or with a cookie"
    DROP = "not sent"


class RateLimit:
    """Accounts of networks; `servers` are addresses without a limit.

    An account is the time until which its answers are paid for. Threads share them without a
    lock: now and then an answer goes uncounted.
    """

    def __init__(
        self,
        settings: Settings,
        servers: Callable[[], frozenset[str]] = frozenset,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_on = settings.rate_limit_per_second > 0
        self._settings = settings
        self._cost = 1 / settings.rate_limit_per_second if self.is_on else 0.0
        self._prefixes = {4: settings.rate_limit_ipv4_prefix, 6: settings.rate_limit_ipv6_prefix}
        self._servers = servers
        self._clock = clock
        self._networks: dict[str, bytes] = {}
        self._accounts: dict[int, float] = {}
        self._older: dict[int, float] = {}
        self._turn = clock()
        self._refused = 0

    def judge(self, host: str, alike: bytes) -> Verdict:
        """Count an answer; `alike` is what it shares with those that count together."""
        now = self._clock()
        if now - self._turn > self._settings.rate_limit_window + SAVED:
            self._forget(now)
        network = self._networks.get(host)
        if network is None:
            if len(self._networks) >= ACCOUNTS:
                self._forget(now)
            network = self._networks[host] = self._network(host)
        # The hash of bytes is keyed anew in each process: nobody can aim at another's account.
        if not network or self._pays(hash((network, alike)), now):
            return Verdict.SEND
        self._refused += 1
        slip = self._settings.rate_limit_slip
        return Verdict.SLIP if slip and self._refused % slip == 0 else Verdict.DROP

    def _pays(self, account: int, now: float) -> bool:
        paid = self._accounts.get(account) or self._older.get(account, 0.0)
        paid = max(paid, now - SAVED) + self._cost
        self._accounts[account] = min(paid, now + self._settings.rate_limit_window)
        if len(self._accounts) >= ACCOUNTS:
            self._forget(now)
        return paid <= now

    def _forget(self, now: float) -> None:
        """Drop what was not used since the last time: such debts are paid."""
        self._older, self._accounts = self._accounts, {}
        self._networks = {}
        self._turn = now

    def _network(self, host: str) -> bytes:
        """The network of a client; empty where it has no limit."""
        address = ip_address(host.partition("%")[0])
        if host in self._servers() or any(
            address in network for network in self._settings.rate_limit_exempt
        ):
            return b""
        return network(address, self._prefixes[address.version])
