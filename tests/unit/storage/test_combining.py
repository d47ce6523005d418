# SPDX-License-Identifier: Apache-2.0
"""Who waits, who leads, and who leads next."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from designate.storage.combining import Combiner, Write

WAITING = 10.0


class Runs:
    """Carries batches out, each when the test lets it, and remembers who led which."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, list[Any]]] = []
        self.entered = threading.Event()
        self.gate = threading.Event()

    def __call__(self, batch: list[Write[Any]]) -> None:
        self.entered.set()
        assert self.gate.wait(WAITING)
        self.batches.append((threading.get_ident(), [write.work(None) for write in batch]))
        for write, result in zip(batch, self.batches[-1][1], strict=True):
            write.succeed((threading.get_ident(), result))


def submitted(
    combiner: Combiner,
    runs: Runs,
    threads: ThreadPoolExecutor,
    works: dict[Callable[[Any], Any], str],
) -> list[Future[Any]]:
    """Submit in order, each when the one before waits, the first of them for its gate."""
    found: list[Future[Any]] = []
    deadline = time.monotonic() + WAITING
    for work, lane in works.items():
        found.append(threads.submit(combiner.submit, work, lane))
        assert runs.entered.wait(WAITING)
        while combiner.waiting < len(found) - 1:
            assert time.monotonic() < deadline
            time.sleep(0.0005)
    return found


def number(_tx: None, *, own: int) -> int:
    """A work's number."""
    return own


def test_the_lead_is_handed_over_after_each_batch() -> None:
    """So that no thread works for others for long; everyone gets its own result, in order."""
    runs = Runs()
    combiner = Combiner(runs, most=2, at_once=1)
    with ThreadPoolExecutor(6) as threads:
        found = submitted(combiner, runs, threads, {partial(number, own=n): "a" for n in range(6)})
        runs.gate.set()
        results = [future.result(WAITING) for future in found]
    assert [own for _, own in results] == list(range(6))
    assert [batch for _, batch in runs.batches] == [[0], [1, 2], [3, 4], [5]]
    assert len({leader for leader, _ in runs.batches}) == 4
    assert combiner.waiting == 0
