# SPDX-License-Identifier: Apache-2.0
"""A broker brings a message more than once, and to several processes: it is carried out once."""

import contextlib
import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.messaging import Producer
from sqlalchemy import Engine, select

from designate import conf as configuration
from designate.cmd import central
from designate.cmd.service import Process
from designate.contracts.central import Central
from designate.errors import CallRepeated
from designate.model.context import Context
from designate.model.recordsets import NewRecordSet
from designate.rpc.transport import EXCHANGE
from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.tables import journal
from tests.contract.rpc.ends import CONTEXT, WAITING, Echo, Ends
from tests.contract.rpc.test_calls import Answers
from tests.servers.rabbitmq import RabbitMq
from tests.system.site import eventually
from tests.unit.central.site import Site, caller


class Ledger:
    """What has been carried out, as several processes know it; with the calls that came again."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.again: list[str] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def once(self, call_id: str) -> Iterator[None]:
        """See `rpc.server.Once`."""
        with self._lock:
            repeated = call_id in self.known
            self.known.add(call_id)
        if repeated:
            self.again.append(call_id)
            raise CallRepeated
        yield


class Counting(Answers):
    """Implements Echo; `say` takes until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def say(self, ctx: Context, words: list[str], times: int = 1) -> list[str]:
        assert self.go_on.wait(WAITING)
        self.said += words
        return words * times


class Copier(contextlib.ExitStack):
    """Sends messages of a topic again, as who does not know that they have arrived."""

    def __init__(self, url: str, topic: str) -> None:
        super().__init__()
        connection = self.enter_context(Connection(url.replace("rabbit:", "amqp:")))
        self._channel = connection.channel()
        exchange = Exchange(EXCHANGE, "topic", durable=False, channel=self._channel)
        name = f"copies-of-{topic}"
        self._queue = Queue(name, exchange, topic, durable=False, auto_delete=True)
        self._queue = self._queue.bind(self._channel)
        self._queue.declare()
        self._topic = topic

    def copy(self) -> None:
        """Send the next message again, to a process that has not seen it."""
        message = eventually(lambda: self._queue.get(no_ack=True), within=WAITING)
        # By this id a process knows what it has got itself.
        body, ids = re.subn(r'(_unique_id\\": \\")[0-9a-f]+', r"\g<1>0", message.body)
        assert ids == 1
        Producer(self._channel).publish(
            body,
            exchange="",
            routing_key=self._topic,
            content_type=message.content_type,
            content_encoding=message.content_encoding,
            headers=message.headers,
        )


def test_a_copy_is_not_carried_out_and_not_answered(
    ends: Ends, rabbitmq: RabbitMq, caplog: pytest.LogCaptureFixture
) -> None:
    """While another is at it, whose answer is the one that the caller gets."""
    caplog.set_level(logging.INFO, "designate.rpc.server")
    ledger, counting, answers = Ledger(), Counting(), list[list[str]]()
    for name in ("one", "two"):
        ends.serve(Echo, counting, name, once=ledger.once)
    echo = ends.client(Echo)
    with Copier(rabbitmq.url, ends.topic) as copier:
        caller = threading.Thread(target=lambda: answers.append(echo.say(CONTEXT, ["a"], 2)))
        caller.start()
        copier.copy()
        eventually(lambda: "arrived once more" in caplog.text, within=WAITING)
        # An answer would be there by then.
        caller.join(0.5)
        assert caller.is_alive()
        counting.go_on.set()
        caller.join(WAITING)
    assert answers == [["a", "a"]]
    assert counting.said == ["a"]
    assert len(ledger.known) == len(ledger.again) == 1


def test_each_call_has_an_id_of_its_own(ends: Ends) -> None:
    """Also those of one request of the API."""
    ledger, counting = Ledger(), Counting()
    counting.go_on.set()
    ends.serve(Echo, counting, once=ledger.once)
    echo = ends.client(Echo)
    assert [echo.say(CONTEXT, ["a"]) for _ in range(3)] == [["a"]] * 3
    assert len(ledger.known) == 3


def migrated(directory: Path) -> Engine:
    """A database with the whole schema."""
    engine = open_engine(f"sqlite:///{directory}/dns.sqlite")
    schema.upgrade(engine)
    return engine


def test_central_knows_a_copy(
    rabbitmq: RabbitMq, ends: Ends, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As it runs: a record is not set again when the message arrives again later."""
    caplog.set_level(logging.INFO, "designate.rpc.server")
    site = Site(migrated(tmp_path))
    zone = site.zone()
    lines = f"[service:central]\ntopic = {ends.topic}\n"
    file = tmp_path / "designate.conf"
    file.write_text(
        f"[DEFAULT]\ntransport_url = {rabbitmq.url}\n{lines}"
        f"[storage:sqlalchemy]\nconnection = {site.store.engine.url}\n",
        "utf-8",
    )
    with contextlib.ExitStack() as stack:
        conf = configuration.load([str(file)])
        process = Process(conf, configuration.settings(conf), stack)
        central.start(process)
        eventually(lambda: process.health.ready().get(f"topic {ends.topic}") == "ok")
        client = ends.client(Central)
        copier = stack.enter_context(Copier(rabbitmq.url, ends.topic))
        new = NewRecordSet(name=f"www.{zone.name}", type="A", records=["192.0.2.1"])
        made = client.recordsets.create(caller(), zone.id, new)
        client.recordsets.delete(caller(), zone.id, made.id)
        copier.copy()
        eventually(lambda: "recordsets.create arrived once more" in caplog.text)
    with site.store.read() as connection:
        generations = select(journal.c.generation).where(journal.c.zone_id == zone.id)
        assert sorted(connection.execute(generations).scalars()) == [1, 2, 3]
