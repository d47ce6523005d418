# SPDX-License-Identifier: Apache-2.0
"""Addresses as they are written in options: `host:port`, and networks."""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple

from oslo_config import types


class Endpoint(NamedTuple):
    """Where a service listens; the host is an address without brackets, or a name."""

    host: str
    port: int

    def __str__(self) -> str:
        """As written in an option: an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def endpoint(text: str) -> Endpoint:
    """Parses `192.0.2.1:5354`, `[2001:db8::1]:5354` or `name:5354`; raises ValueError.

    Port 0 is allowed: the system chooses one.
    """
    host, colon, port = text.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is not host:port with a port from 0 to 65535")
    if not bracketed and ":" in host:
        raise ValueError(f"{text!r}: an IPv6 address is written in brackets, as [::1]:5354")
    if bracketed:
        host = str(ip_address(host[1:-1]))
    return Endpoint(host, int(port))


def network(text: str) -> IPv4Network | IPv6Network:
    """Parses `192.0.2.0/24`, `2001:db8::/32` or one address; raises ValueError.

    Bits of the address outside the prefix are ignored.
    """
    return ip_network(text.strip(), strict=False)


class Parsed(types.ConfigType):
    """A type of oslo.config from a function that reads text and raises ValueError."""

    def __init__(self, parse: Callable[[str], Any], type_name: str) -> None:
        super().__init__(type_name)
        self.parse = parse

    def __call__(self, value: Any) -> Any:
        """The value parsed; one that was parsed before comes out as it is."""
        return self.parse(str(value))

    def __eq__(self, other: object) -> bool:
        """Equal options may be registered twice."""
        return isinstance(other, Parsed) and self.parse is other.parse

    def __hash__(self) -> int:
        """As equality."""
        return hash(self.parse)

    def _formatter(self, value: Any) -> str:
        return str(value)


ENDPOINT = Parsed(endpoint, "host:port")
NETWORK = Parsed(network, "network")
