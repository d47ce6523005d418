# SPDX-License-Identifier: Apache-2.0
"""Writers that wait for one another."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

from sqlalchemy import select

from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

WAITING = 10.0


def queued(store: Store, zone_id: str, writers: Sequence[Callable[[], Any]]) -> list[Future[Any]]:
    """Have all of a zone's writers wait, in their order, while another writes to it."""
    started, gate = Event(), Event()

    def hold(tx: Transaction) -> None:
        tx.read(select(1))
        started.set()
        gate.wait(WAITING)

    found: list[Future[Any]] = []
    with ThreadPoolExecutor(len(writers) + 1) as threads:
        threads.submit(store.write, hold, zone_id=zone_id)
        assert started.wait(WAITING)
        deadline = time.monotonic() + WAITING
        for writer in writers:
            found.append(threads.submit(writer))
            # Nothing but the queue itself tells that a writer waits.
            while store.waiting < len(found):
                assert time.monotonic() < deadline
                time.sleep(0.0005)
        gate.set()
    return found
