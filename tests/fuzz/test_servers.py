# SPDX-License-Identifier: Apache-2.0
"""Name servers that answer anything at all: whoever asks them is neither stopped nor misled."""

import queue
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import dns.flags
import dns.message
import dns.rrset
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.backends.base import BackendError
from designate.backends.rndc import RndcChannel
from designate.wire import rndc, soa_query
from designate.worker.addresses import Addresses
from designate.worker.orders import Answered, Back, Order, Server, Silent
from designate.worker.poller import Poller
from tests.fuzz.amount import examples
from tests.fuzz.packets import messages, mutated
from tests.fuzz.watch import nothing_fails
from tests.unit.worker.nameserver import HOST, SOA, NameServer

ZONE = "example.org."
CPU = 0.25
"""Seconds of the processor that no answer of these sizes may take."""
WAIT = 10.0
KEY = rndc.Key("hmac-sha256", b"secret")


def _right() -> bytes:
    answer = dns.message.make_response(dns.message.make_query(ZONE, "SOA"))
    answer.flags |= dns.flags.AA
    answer.answer.append(dns.rrset.from_text(ZONE, 60, "IN", "SOA", SOA.format(serial=1)))
    return answer.to_wire()


RIGHT = _right()
ANSWERS = mutated(st.just(RIGHT)) | messages().map(lambda data: data[:2] + b"\x84" + data[3:])


@settings(max_examples=examples(400))
@given(data=ANSWERS)
def test_any_answer_is_read_or_refused(data: bytes) -> None:
    """Whatever its names, counts and lengths say."""
    with nothing_fails(CPU):
        try:
            assert soa_query.read_answer(data).message_id == int.from_bytes(data[:2])
        except soa_query.BadMessage as error:
            assert str(error)


@settings(max_examples=examples(10))
@given(forged=st.lists(ANSWERS, min_size=1, max_size=10))
def test_the_poller_outlives_any_answer(forged: list[bytes]) -> None:
    """It still hears the answer that it waits for, behind those with the right id and question."""
    heard: queue.SimpleQueue[Answered | Silent | Back] = queue.SimpleQueue()
    turns = iter(forged)
    with NameServer() as server, nothing_fails():
        server.serials[ZONE] = 2
        server.forge = lambda query: query[:2] + next(turns, b"")[2:]
        poller = Poller(heard.put, Addresses(), longest_pause=0.02)
        poller.start()
        try:
            asked = Server(server.key, HOST, server.port, None)
            poller.watch(
                Order(zone_id="zone", name=ZONE, goal=2, servers=(asked,), notify=(), pause=0.0)
            )
            deadline = time.monotonic() + WAIT
            while not (isinstance(event := heard.get(timeout=WAIT), Answered) and is_there(event)):
                assert time.monotonic() < deadline
        finally:
            poller.stop()


def is_there(event: Answered) -> bool:
    """Whether the server was found to serve the version asked for."""
    return event.verdict.serial == 2


@contextmanager
def speaking(said: bytes) -> Iterator[tuple[str, int]]:
    """A server that says this to whoever asks it something, and closes."""
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(WAIT)
                    connection.recv(4096)
                    connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


SAID = rndc.pack(KEY, {"_ser": "1", "_nonce": "7"}, {"type": "null", "result": "0"})
NESTED = b"\1a" + struct.pack("!BI", 2, 6) + b"\1a" + struct.pack("!BI", 2, 0)


@settings(max_examples=examples(60))
@given(said=mutated(st.just(SAID * 2)) | st.binary(max_size=100) | st.just(NESTED * 200))
def test_a_control_channel_ends_with_an_answer_or_a_reason(said: bytes) -> None:
    """Not with another error, and in time."""
    with speaking(said) as address, nothing_fails(CPU):
        channel = RndcChannel(KEY, address, HOST, time.monotonic() + WAIT)
        try:
            channel.run("status")
        except BackendError as error:
            assert HOST in error.text
        finally:
            channel.close()
