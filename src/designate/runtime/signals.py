# SPDX-License-Identifier: Apache-2.0
"""Waits for the signal that ends a process."""

import signal
import threading


def wait_for_end() -> int:
    """Return the number of the first SIGTERM or SIGINT; to be called in the main thread."""
    ended = threading.Event()
    received: list[int] = []

    def note(number: int, _frame: object) -> None:
        received.append(number)
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    ended.wait()
    return received[0]
