# SPDX-License-Identifier: Apache-2.0
"""TCP exchanges of the poller share what there is of them."""

import selectors
import socket
import threading
import time

from designate.worker.exchanges import STREAMS, Address, Streams

QUESTION = b"question"
ANSWER = b"answer"
PATIENCE = 5.0


def test_a_server_that_does_not_answer_takes_no_room_from_others() -> None:
    """However much it is asked: its own oldest exchange ends for each that begins."""
    heard = list[tuple[Address, bytes]]()
    with (
        selectors.DefaultSelector() as selector,
        socket.create_server(("127.0.0.1", 0), backlog=STREAMS) as silent,
        socket.create_server(("127.0.0.1", 0)) as healthy,
    ):
        streams = Streams(selector, lambda *said: heard.append(said), timeout=60)
        answering = threading.Thread(target=answer_one, args=(healthy,))
        answering.start()
        try:
            for _ in range(STREAMS + 20):
                streams.send(silent.getsockname(), QUESTION)
            streams.send(healthy.getsockname(), QUESTION)
            assert len(selector.get_map()) == STREAMS
            deadline = time.monotonic() + PATIENCE
            while not heard and time.monotonic() < deadline:
                for key, _ in selector.select(0.1):
                    key.data()
            assert heard == [(healthy.getsockname(), ANSWER)]
            streams.expire(time.monotonic() + 61)
            assert len(selector.get_map()) == 0
        finally:
            streams.close()
            answering.join(PATIENCE)


def test_one_that_made_room_is_not_gone_on_with() -> None:
    """The selector had told of it in the same moment."""
    with (
        selectors.DefaultSelector() as selector,
        socket.create_server(("127.0.0.1", 0), backlog=STREAMS) as silent,
    ):
        streams = Streams(selector, lambda *_: None, timeout=60)
        try:
            for _ in range(STREAMS):
                streams.send(silent.getsockname(), QUESTION)
            ready = selector.select(PATIENCE)
            assert len(ready) > 1
            for key, _ in ready:
                streams.send(silent.getsockname(), QUESTION)
                key.data()
            assert len(selector.get_map()) == STREAMS
        finally:
            streams.close()


def answer_one(server: socket.socket) -> None:
    """Take one message and answer it."""
    server.settimeout(PATIENCE)
    client, _ = server.accept()
    with client:
        client.settimeout(PATIENCE)
        received = b""
        while len(received) < 2 + len(QUESTION):
            received += client.recv(100)
        client.sendall(len(ANSWER).to_bytes(2) + ANSWER)
