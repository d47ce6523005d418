# SPDX-License-Identifier: Apache-2.0
"""Sends notifications as `[oslo_messaging_notifications]` says; without a driver nothing is sent.

The library's own notifier gives each message an id of chance, and logs what it could not send. Here
the sender chooses the id, so that one who sends again sends the same message, and learns of a
failure, so that there is a next time.
"""

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import entry_points
from typing import Any

import oslo_messaging
from oslo_messaging import opts
from oslo_messaging.notify.notifier import Driver

from designate.conf import ConfigError, ConfigOpts
from designate.errors import ConfigurationError, MessagingUnavailable

LOG = logging.getLogger(__name__)
SECTION = "oslo_messaging_notifications"
EXCHANGE = "designate"
DRIVERS = "oslo.messaging.notify.drivers"
"""The entry points of the library's drivers, and of those that others wrote."""
FORMATS = {"messaging": 1.0, "messagingv2": 2.0}
"""Drivers that send messages, and the version of the envelope."""
SILENT = ("noop",)
RETRIES = 1
"""The library reconnects so often; beyond that the sender decides."""
INFO = "INFO"
CLOSING = 1.0
"""Seconds that the library has to close its connections."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Two with the same id are the same, sent twice."""

    id: str
    type: str
    payload: Mapping[str, Any]


class _Messages(Driver):  # type: ignore[misc]  # it has no types
    """Sends by messages and raises what fails, unlike the library's driver."""

    def __init__(
        self, conf: ConfigOpts, topics: Sequence[str], transport: Any, version: float
    ) -> None:
        super().__init__(conf, topics, transport)
        self._version = version

    def notify(self, ctxt: Any, msg: Any, priority: str, retry: int) -> None:
        """See the library's `Driver`."""
        for topic in self.topics:
            target = oslo_messaging.Target(topic=f"{topic}.{priority.lower()}")
            self.transport._send_notification(  # noqa: SLF001 - there is no other way to learn of failures
                target, ctxt, msg, version=self._version, retry=retry
            )


class Notifier:
    """Sends events for a publisher, `SERVICE.HOST`. Raises ConfigurationError."""

    def __init__(self, conf: ConfigOpts, publisher: str) -> None:
        self._publisher = publisher
        try:
            for group, options in opts.list_opts():
                conf.register_opts(options, group)
            conf.set_default("control_exchange", EXCHANGE)
            names = [name for name in conf[SECTION].driver if name and name not in SILENT]
            self._transport = oslo_messaging.get_notification_transport(conf) if names else None
            self._drivers = list(_made(conf, names, self._transport))
        except (ConfigError, oslo_messaging.MessagingException, RuntimeError) as error:
            raise ConfigurationError(f"[{SECTION}] {error}") from None

    @property
    def is_on(self) -> bool:
        """Whether anything is sent at all."""
        return bool(self._drivers)

    def send(self, event: Event) -> None:
        """Send an event by each driver; raises MessagingUnavailable, and may have sent it then."""
        message = {
            "message_id": event.id,
            "publisher_id": self._publisher,
            "event_type": event.type,
            "priority": INFO,
            "payload": dict(event.payload),
            "timestamp": str(datetime.now(UTC).replace(tzinfo=None)),
        }
        for driver in self._drivers:
            try:
                driver.notify({}, message, INFO, RETRIES)
            except Exception as error:  # noqa: BLE001 - each driver has libraries of its own
                # Without its text, which may hold the payload.
                raise MessagingUnavailable(
                    f"A notification could not be sent: {type(error).__name__}"
                ) from None

    def close(self) -> None:
        """Let go of the broker; it is not waited for when it is away."""
        if self._transport is not None:
            cleanup = self._transport.cleanup
            closing = threading.Thread(target=cleanup, name="closing", daemon=True)
            closing.start()
            closing.join(CLOSING)


def _made(conf: ConfigOpts, names: Iterable[str], transport: Any) -> Iterable[Driver]:
    topics = conf[SECTION].topics
    for name in names:
        if version := FORMATS.get(name):
            yield _Messages(conf, topics, transport, version)
            continue
        found = list(entry_points(group=DRIVERS, name=name))
        if not found:
            raise ConfigurationError(f"[{SECTION}] driver: there is no driver {name}")
        yield found[0].load()(conf, topics, transport)
