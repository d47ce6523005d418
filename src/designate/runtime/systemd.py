# SPDX-License-Identifier: Apache-2.0
"""Tells systemd how a service is (sd_notify(3)), without any library of its own."""

import logging
import os
import socket
import time
from collections.abc import Mapping

LOG = logging.getLogger(__name__)
TIMEOUT = 1.0
"""Seconds after which a message is given up."""
_MICROSECONDS = 1_000_000


class Manager:
    """The manager of services that started this process; without one, nothing is told."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET")
        self._interval = _interval(environment) if self._address else None

    @property
    def interval(self) -> float | None:
        """Seconds between two signs of life that it expects; None: it expects none."""
        return self._interval

    def ready(self) -> None:
        """The service has begun, or has read its configuration again."""
        self._tell("READY=1", f"MAINPID={os.getpid()}")

    def reloading(self) -> None:
        """The configuration is being read again; `ready` ends that."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell("RELOADING=1", f"MONOTONIC_USEC={now}")

    def stopping(self) -> None:
        """The service finishes what is in flight, and ends."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """A sign of life."""
        self._tell("WATCHDOG=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        # An address that begins with @ is an abstract one (unix(7)).
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
                sock.settimeout(TIMEOUT)
                sock.connect(address)
                sock.sendall("\n".join(lines).encode())
        except OSError as error:
            LOG.warning("systemd cannot be told: %s", error)


def _interval(environment: Mapping[str, str]) -> float | None:
    """Half of what WATCHDOG_USEC allows, where it is meant for this process."""
    allowed, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID")
    if not allowed.isdigit() or int(allowed) == 0 or pid not in (None, str(os.getpid())):
        return None
    return int(allowed) / _MICROSECONDS / 2
