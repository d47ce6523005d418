# SPDX-License-Identifier: Apache-2.0
"""Sees what a client would not: errors that were logged, time of the processor that was spent."""

import gc
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what an operator would be told."""
        self.seen.append(logging.Formatter().format(record))


@contextmanager
def nothing_fails(cpu: float | None = None) -> Iterator[None]:
    """In this block nothing is logged as an error, and it takes at most `cpu` seconds."""
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    if cpu is not None:
        # What the collector takes depends on all that the test process holds.
        gc.disable()
    began = time.process_time()
    try:
        yield
    finally:
        gc.enable()
        logging.getLogger().removeHandler(errors)
    took = time.process_time() - began
    assert not errors.seen, "\n".join(errors.seen)
    assert cpu is None or took <= cpu, f"{took:.3f} s, at most {cpu}"
