# SPDX-License-Identifier: Apache-2.0
"""Connections of clients, also when there are as many as the process may have files.

cheroot then fails without a pause, and closes no connection, however long it has been idle.
"""

import errno
import logging
from time import monotonic, sleep
from typing import Any

from cheroot.connections import ConnectionManager

LOG = logging.getLogger(__name__)

PAUSE = 0.1
"""Seconds until the next client is accepted when nothing is left for one."""
AT_ONCE = 64
"""Idle connections that are closed for those who wait: those that have been idle for longest."""
QUIET = 10.0
"""Seconds in which the log says once that there are too many."""
_TOO_MANY = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Crowd(ConnectionManager):
    """Makes room for new clients."""

    _selector: Any
    _said_at = -QUIET

    def _from_server_socket(self, server_socket: Any) -> Any:
        try:
            return super()._from_server_socket(server_socket)  # type: ignore[misc]
        except OSError as error:
            if error.errno not in _TOO_MANY:
                raise
            self._make_room(error)
            return None

    def _make_room(self, error: OSError) -> None:
        closed = 0
        idle = [(fd, conn) for fd, conn in self._selector.connections if conn is not self.server]
        for fd, conn in sorted(idle, key=lambda each: each[1].last_used)[:AT_ONCE]:
            # One on which something has arrived is about to be given to a thread.
            if not conn.rfile.has_data():
                self._selector.unregister(fd)
                conn.close()
                closed += 1
        if monotonic() - self._said_at >= QUIET:
            self._said_at = monotonic()
            LOG.warning("%s: of %d idle connections %d were closed", error, len(idle), closed)
        if not closed:
            sleep(PAUSE)
