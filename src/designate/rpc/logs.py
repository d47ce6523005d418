# SPDX-License-Identifier: Apache-2.0
"""What oslo.messaging may log: no payload, and not every thread's view of a broker that is away."""

import logging
import time
from collections.abc import Mapping

LOGGERS = (
    "oslo_messaging._drivers.amqpdriver",
    "oslo.messaging._drivers.amqpdriver",
    "oslo_messaging._drivers.impl_rabbit",
    "oslo.messaging._drivers.impl_rabbit",
)
"""The modules that have payloads in hand; the library writes its name in two ways."""
QUIET = 10.0
"""Seconds in which a complaint is logged once; each connection and thread has its own."""


def quiet() -> None:
    """Filter what the library logs; once is enough, and more does no harm."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)


class _Filter(logging.Filter):
    """Takes what messages say out of records, which may be a secret, and drops repetitions."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        record.args = _without_payload(str(record.msg), record.args)
        if record.levelno < logging.INFO:
            return True
        now = time.monotonic()
        # Not the text, in which ids and ports differ.
        if now - self._seen.get(str(record.msg), -QUIET) < QUIET:
            return False
        self._seen[str(record.msg)] = now
        # A library of many users does not know how many calls are many.
        return "Number of call queues" not in str(record.msg)


_FILTER = _Filter()


def _without_payload(text: str, args: object) -> Mapping[str, object] | tuple[object, ...] | None:
    if isinstance(args, Mapping):
        if "%(" not in text:
            return ("***",)  # it is the one value of the text
        return {
            key: "***" if isinstance(value, Mapping) or key in ("message", "msg") else value
            for key, value in args.items()
        }
    if isinstance(args, tuple):
        return tuple("***" if isinstance(value, Mapping) else value for value in args)
    return None
