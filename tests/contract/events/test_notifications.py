# SPDX-License-Identifier: Apache-2.0
"""Notifications over RabbitMQ: as consumers find them, and with a broker that goes and comes."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kombu import connection

from designate import conf
from designate.errors import MessagingUnavailable
from designate.events.notifier import Event, Notifier
from tests.servers.rabbitmq import RabbitMq

PATIENCE = 60.0
QUEUE = "notifications.info"
DURABLE = "[oslo_messaging_rabbit]\namqp_durable_queues = true"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def broker() -> Iterator[RabbitMq]:
    """A broker of one node."""
    with RabbitMq() as running:
        yield running


@contextmanager
def notifier(broker: RabbitMq, folder: Path, driver: str = "messagingv2") -> Iterator[Notifier]:
    """One that sends there."""
    file = folder / "designate.conf"
    lines = (
        "[oslo_messaging_notifications]",
        f"driver = {driver}",
        f"transport_url = {broker.url}",
        DURABLE,
    )
    file.write_text("\n".join(lines), "utf-8")
    made = Notifier(conf.load([str(file)]), "producer.here")
    yield made
    made.close()


def event(number: int) -> Event:
    """One of many."""
    return Event(f"id {number}", "dns.zone.exists", {"name": f"z{number}.example.", "ttl": number})


def taken(broker: RabbitMq, count: int) -> list[tuple[Any, str]]:
    """So many messages from the queue, in order: their bodies and exchanges."""
    found: list[tuple[Any, str]] = []
    connect: Any = connection.Connection
    with connect(broker.url.replace("rabbit://", "amqp://")) as connected:
        channel = connected.channel()
        deadline = time.monotonic() + PATIENCE
        while len(found) < count:
            assert time.monotonic() < deadline
            if message := channel.basic_get(QUEUE, no_ack=True):
                body = channel.message_to_python(message)
                found.append((body.payload, body.delivery_info["exchange"]))
        assert channel.basic_get(QUEUE, no_ack=True) is None
    return found


@pytest.mark.parametrize("driver", ["messagingv2", "messaging"])
def test_a_notification_is_what_consumers_of_openstack_know(
    broker: RabbitMq, tmp_path: Path, driver: str
) -> None:
    """In the queue of the topic and priority, on the exchange of upstream's; with its own id."""
    with notifier(broker, tmp_path, driver) as sends:
        sends.send(event(7))
    [(body, exchange)] = taken(broker, 1)
    if driver == "messagingv2":
        assert body["oslo.version"] == "2.0"
        body = json.loads(body["oslo.message"])
    assert exchange == "designate"
    assert body["message_id"] == "id 7"
    assert body["publisher_id"] == "producer.here"
    assert (body["event_type"], body["priority"]) == ("dns.zone.exists", "INFO")
    assert body["payload"] == {"name": "z7.example.", "ttl": 7}
    assert body["timestamp"]


def test_what_could_not_be_sent_is_told_and_can_be_sent_again(
    broker: RabbitMq, tmp_path: Path
) -> None:
    """While the broker is away each attempt ends soon; nothing that succeeded is lost."""
    with notifier(broker, tmp_path) as sends:
        sends.send(event(1))
        broker.kill()
        began = time.monotonic()
        with pytest.raises(MessagingUnavailable):
            sends.send(event(2))
        assert time.monotonic() - began < PATIENCE / 2
        broker.start()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                sends.send(event(2))
                break
            except MessagingUnavailable:
                assert time.monotonic() < deadline
    bodies = [json.loads(body["oslo.message"]) for body, _ in taken(broker, 2)]
    assert [body["message_id"] for body in bodies] == ["id 1", "id 2"]
