# SPDX-License-Identifier: Apache-2.0
"""Nothing of what is refused is kept, though each request is another one."""

import gc
import struct
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from designate.wire import soa_query, zonefile
from tests.api.exchange import InProcess
from tests.api.installation import Installation
from tests.fuzz.amount import TIMES
from tests.fuzz.texts import HEAD
from tests.unit.mdns.serving import STRANGER, dispatcher
from tests.unit.mdns.zone_rows import ZoneRows, open_store

ROUNDS = 20 * TIMES
KEPT = 40_000
"""Bytes that may stay, for whatever is filled once: at 20 rounds of 50 inputs, 40 for each."""

Round = Callable[[int], None]


def kept(play: Round) -> int:
    """Bytes of Python objects that stay behind after many rounds; each has a number of its own."""
    tracemalloc.start()
    try:
        for number in range(5):
            play(number)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for number in range(5, 5 + ROUNDS):
            play(number)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return after - before


@pytest.fixture(scope="module")
def sender() -> Iterator[InProcess]:
    """The API over a database of its own."""
    installation = Installation({})
    yield InProcess(installation.app)
    installation.close()


def test_of_requests_nothing_is_kept(sender: InProcess) -> None:
    """Not their paths, methods, headers, parameters or names."""

    def play(number: int) -> None:
        for at in range(10):
            word = f"w{number}x{at}"
            json = {"Content-Type": "application/json"}
            for method, path, headers, body in (
                ("GET", f"/v2/{word}", {}, b""),
                (word.upper(), "/v2/zones", {}, b""),
                ("GET", f"/v2/zones?{word}=1", {f"X-{word}": word}, b""),
                ("POST", "/v2/zones", json, b'{"name": "%s"}' % word.encode()),
                ("GET", f"/v2/zones?name={word}&limit=1", {"X-Auth-Project-ID": word}, b""),
            ):
                assert sender.send(method, path, headers, body).status < 500

    assert kept(play) < KEPT


def test_of_messages_nothing_is_kept(tmp_path: Path) -> None:
    """Of those that are no questions, and of transfers that are refused."""
    store = open_store(tmp_path)
    ZoneRows(store).create()
    answering = dispatcher(store)

    def play(number: int) -> None:
        for at in range(25):
            label = f"w{number}x{at}".encode()
            name = bytes((len(label),)) + label + b"\7example\3org\0"
            for tail in (b"\0\xfc\0\1", b"\0\1\0\1\0"):
                data = struct.pack("!6H", number, 0, 1, 0, 0, 0) + name + tail
                answering.datagram(data, STRANGER)
                list(answering.stream(data, STRANGER))

    assert kept(play) < KEPT


def test_of_files_and_answers_nothing_is_kept() -> None:
    """Wherever the reading ends."""

    def play(number: int) -> None:
        for at in range(25):
            text = f"{HEAD}w{number}x{at} TXT w{number} (\nbad BAD w{at}\n".encode()
            with suppress(zonefile.ZoneFileError):
                zonefile.read([text], lambda _origin, line: None)
            with suppress(soa_query.BadMessage):
                soa_query.read_answer(text)

    assert kept(play) < KEPT
