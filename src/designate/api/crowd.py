# SPDX-License-Identifier: Apache-2.0
"""Connections of clients, also when there are as many as the process may have files.

cheroot then fails without a pause, and closes no connection, however long it has been idle.
"""

import errno
import logging
import math
import resource
from time import monotonic, sleep
from typing import Any

from cheroot.connections import ConnectionManager

LOG = logging.getLogger(__name__)

PAUSE = 0.1
"""Seconds until the next client is accepted when nothing is left for one."""
AT_ONCE = 64
"""Idle connections that are closed for those who wait: those that have been idle for longest."""
RESERVE = 64
"""Files that are left for what a request opens itself: its database, its broker, its spool."""
QUIET = 10.0
"""Seconds in which the log says once that there are too many."""
_TOO_MANY = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Crowd(ConnectionManager):
    """Makes room for new clients."""

    _selector: Any
    _said_at = -QUIET

    def _from_server_socket(self, server_socket: Any) -> Any:
        try:
            # cheroot has no other place for it, and no types.
            conn = super()._from_server_socket(server_socket)  # type: ignore[misc]
        except OSError as error:
            if error.errno not in _TOO_MANY:
                raise
            if not self._make_room(error):
                sleep(PAUSE)
            return None
        # The system gives the lowest number that is free.
        if conn is not None and conn.socket.fileno() >= _files() - RESERVE:
            self._make_room("Nearly too many open files")
        return conn

    def _make_room(self, why: object) -> int:
        """Close idle connections; returns how many."""
        # What something has arrived on, or has ended, is about to be given to a thread.
        ready = {fd for fd, _ in self._selector.select(timeout=0)}
        idle = [(fd, conn) for fd, conn in self._selector.connections if fd not in ready]
        idle = [(fd, conn) for fd, conn in idle if conn is not self.server]
        longest = sorted(idle, key=lambda each: each[1].last_used)[:AT_ONCE]
        for fd, conn in longest:
            self._selector.unregister(fd)
            conn.close()
        if monotonic() - self._said_at >= QUIET:
            self._said_at = monotonic()
            LOG.warning("%s: %d of %d idle connections are closed", why, len(longest), len(idle))
        return len(longest)


def _files() -> float:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if soft == resource.RLIM_INFINITY else soft
