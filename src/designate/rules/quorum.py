# SPDX-License-Identifier: Apache-2.0
"""How many name servers make a version confirmed (decision 3a.5)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Served:
    """The newest generation a name server was seen serving; 0: none.

    `joined` is False for a server that came to the pool later and has not served the zone yet.
    """

    generation: int
    joined: bool = True


def needed(servers: int, threshold: int) -> int:
    """How many of `servers` must agree; `threshold` is in percent. At least one."""
    return max(1, -(-servers * threshold // 100))


def confirmed_generation(previous: int, servers: Sequence[Served], threshold: int) -> int:
    """The newest generation that enough servers serve; never below `previous`.

    Servers that have not joined do not count, unless no server has.
    """
    counted = [server for server in servers if server.joined] or list(servers)
    if not counted:
        return previous
    best_first = sorted((server.generation for server in counted), reverse=True)
    return max(previous, best_first[needed(len(counted), threshold) - 1])


def is_absent(absent: int, servers: int, threshold: int) -> bool:
    """Whether enough of the servers say that they do not have the zone."""
    return servers == 0 or absent >= needed(servers, threshold)
