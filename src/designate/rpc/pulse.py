# SPDX-License-Identifier: Apache-2.0
"""Tells who waits for a long call that it is still being carried out.

oslo.messaging takes a message off its queue before it is carried out, so nobody else gets a call
whose server has died, and its caller would wait for the whole of `rpc_response_timeout`. A caller
that hears nothing for `SILENCE` takes its server for dead.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import Any

LOG = logging.getLogger(__name__)
SILENCE = 15
"""Whole seconds without a sign of life, also in a queue, after which a caller waits no more."""
EVERY = SILENCE / 3
"""Seconds between two signs of life. Servers of all versions that run together must keep to it."""


class Pulse:
    """The calls that a server carries out, and the thread that speaks for them."""

    def __init__(self) -> None:
        self._calls: dict[int, Any] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin to speak."""
        threading.Thread(target=self._beat, name="pulse", daemon=True).start()

    def close(self) -> None:
        """Fall silent."""
        self._closed.set()

    @contextlib.contextmanager
    def of(self, incoming: Any) -> Iterator[None]:
        """Speak for a message of the library's within the block, if its caller listens."""
        if not incoming.client_timeout:
            yield
            return
        with self._lock:
            self._calls[id(incoming)] = incoming
        try:
            yield
        finally:
            with self._lock:
                del self._calls[id(incoming)]

    def _beat(self) -> None:
        while not self._closed.wait(EVERY):
            with self._lock:
                calls = list(self._calls.values())
            for incoming in calls:
                try:
                    incoming.heartbeat()
                except Exception as error:  # noqa: BLE001 - whatever it is, the next may arrive
                    LOG.debug("A sign of life was lost: %s", error)
