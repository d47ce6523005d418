# SPDX-License-Identifier: Apache-2.0
"""Who may transfer zones: this machine, the pools' servers, networks allowed (decision 3a.25)."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from designate.errors import DatabaseUnavailable
from designate.model.pools import Pool

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

REFRESH = 5.0
"""Seconds that the pools' servers are remembered."""
RESOLVE = 3.0
"""Seconds that the names among them may take to resolve."""
MAX_REMEMBERED = 10_000

LOG = logging.getLogger(__name__)


class Acl:
    """Decides by the address of the client; `pools` reads the pools as they are.

    `hosts` are the addresses of their servers as last read, as text. While the database is away
    they are as they were; raises DatabaseUnavailable where they were not read yet.
    """

    def __init__(
        self,
        pools: Callable[[], Iterable[Pool]],
        networks: Sequence[Network] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pools = pools
        self._networks = tuple(networks)
        self._clock = clock
        self._reading = threading.Lock()
        self._servers: frozenset[Address] = frozenset()
        self.hosts: frozenset[str] = frozenset()
        self._names: dict[str, frozenset[Address]] = {}
        self._read_at: float | None = None
        self._refused: set[Address] = set()

    def allows(self, host: str) -> bool:
        """Whether the client may transfer; the first refusal of an address is logged."""
        address = _address(host)
        if (
            address.is_loopback
            or any(address in network for network in self._networks)
            or address in self._current_servers()
        ):
            return True
        if address not in self._refused:
            if len(self._refused) >= MAX_REMEMBERED:
                self._refused.clear()
            self._refused.add(address)
            LOG.warning("Refused a zone transfer to %s: no server of a pool has this address", host)
        return False

    def is_server(self, host: str) -> bool:
        """Whether the client is a server of a pool."""
        return _address(host) in self._current_servers()

    def _current_servers(self) -> frozenset[Address]:
        """Read again when it is time, by one thread; the others go by what was read before."""
        if self._is_due() and self._reading.acquire(blocking=self._read_at is None):
            try:
                if self._is_due():
                    self._read()
            finally:
                self._reading.release()
        return self._servers

    def _is_due(self) -> bool:
        return self._read_at is None or self._clock() - self._read_at >= REFRESH

    def _read(self) -> None:
        now = self._clock()
        try:
            hosts = _hosts(self._pools())
        except DatabaseUnavailable:
            if self._read_at is None:
                raise
            # Whoever was a server is one; what else answers meanwhile is not to wait for it.
            self._read_at = self._clock()
            return
        self._servers = self._addresses(hosts)
        self.hosts = frozenset(map(str, self._servers))
        self._read_at = now

    def _addresses(self, hosts: set[str]) -> frozenset[Address]:
        found: set[Address] = set()
        named = []
        for host in hosts:
            try:
                found.add(_address(host))
            except ValueError:
                named.append(host)
        self._names = self._resolve(named)
        return frozenset(found.union(*self._names.values()))

    def _resolve(self, named: Sequence[str]) -> dict[str, frozenset[Address]]:
        """Addresses by name; a name that does not resolve in time keeps those it had."""
        known = {name: self._names.get(name, frozenset()) for name in named}
        if not named:
            return known
        resolvers = ThreadPoolExecutor(min(8, len(named)), "mdns-resolve")
        deadline = time.monotonic() + RESOLVE
        running = {name: resolvers.submit(_resolve, name) for name in named}
        for name, future in running.items():
            try:
                known[name] = future.result(max(0.0, deadline - time.monotonic()))
            except (OSError, TimeoutError) as error:
                LOG.warning("The address of the pool's server %s is not known: %s", name, error)
        resolvers.shutdown(wait=False, cancel_futures=True)
        return known


def _address(host: str) -> Address:
    address = ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _hosts(pools: Iterable[Pool]) -> set[str]:
    hosts: set[str] = set()
    for pool in pools:
        hosts.update(server.host for server in pool.nameservers)
        hosts.update(endpoint.host for endpoint in pool.also_notifies)
        hosts.update(target.endpoint.host for target in pool.targets)
    return hosts


def _resolve(name: str) -> frozenset[Address]:
    found = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    return frozenset(_address(str(sockaddr[0])) for *_, sockaddr in found)
