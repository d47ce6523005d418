# SPDX-License-Identifier: Apache-2.0
"""Addresses of servers that are given by name, looked up beside the loop that needs them."""

import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Callable

LOG = logging.getLogger(__name__)

KEPT = 60.0
"""Seconds until a name is looked up anew; meanwhile, and when that fails, the last answer holds."""

Lookup = Callable[[str], str]


def look_up(host: str) -> str:
    """The first address of a host; raises OSError."""
    found = socket.getaddrinfo(host.rstrip("."), None, type=socket.SOCK_DGRAM)
    return str(found[0][4][0])


class Addresses:
    """Never waits: a name that is not known yet has no address now."""

    def __init__(self, lookup: Lookup = look_up) -> None:
        self._lookup = lookup
        self._known: dict[str, str] = {}
        self._asked: dict[str, float] = {}
        self._lock = threading.Lock()

    def find(self, host: str) -> str | None:
        """The address of a host, None while its name is being looked up or has none."""
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            pass
        now = time.monotonic()
        with self._lock:
            if now - self._asked.get(host, -KEPT) >= KEPT:
                self._asked[host] = now
                threading.Thread(target=self._ask, args=(host,), daemon=True).start()
            return self._known.get(host)

    def _ask(self, host: str) -> None:
        try:
            address = self._lookup(host)
        except (OSError, UnicodeError) as error:
            LOG.warning("no address for %s: %s", host, error)
            return
        with self._lock:
            self._known[host] = address
