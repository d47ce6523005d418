# SPDX-License-Identifier: Apache-2.0
"""The poller asks until it hears what it waits for, and tells each thing once."""

import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import dns.message
import dns.rrset
import pytest

from designate.worker import silence
from designate.worker.addresses import Addresses
from designate.worker.orders import Answered, Back, Order, Server, Silent
from designate.worker.poller import Poller
from designate.worker.signing import TsigKey
from designate.worker.verdicts import ABSENT, SERVING
from tests.unit.worker.nameserver import HOST, SOA, NameServer

ZONE = "example.org."
Heard = queue.SimpleQueue[Answered | Silent | Back]


@pytest.fixture
def server() -> Iterator[NameServer]:
    """A name server."""
    with NameServer() as running:
        yield running


@pytest.fixture
def heard() -> Heard:
    """What the poller tells."""
    return queue.SimpleQueue()


@pytest.fixture
def poller(heard: Heard) -> Iterator[Poller]:
    """A running poller."""
    running = Poller(heard.put, Addresses(), longest_pause=0.05)
    running.start()
    yield running
    running.stop()


def order(
    server: NameServer, goal: int | None, *, notify: bool = False, tsigkey: TsigKey | None = None
) -> Order:
    """A watch of the zone on the server."""
    asked = Server(server.key, HOST, server.port, tsigkey)
    return Order(
        zone_id="zone",
        name=ZONE,
        goal=goal,
        servers=(asked,),
        notify=(asked,) if notify else (),
        pause=0.0,
    )


def serials(heard: Heard, number: int) -> list[int | None]:
    """The serials of the next answers."""
    answers = [heard.get(timeout=5) for _ in range(number)]
    return [answer.verdict.serial for answer in answers if isinstance(answer, Answered)]


def wait(until: Callable[[], bool]) -> None:
    """Wait for something that happens in another thread."""
    deadline = time.monotonic() + 5
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_each_change_of_the_answer_is_told_once(
    poller: Poller, server: NameServer, heard: Heard
) -> None:
    """However often the server says the same in between."""
    server.serials[ZONE] = 1
    poller.watch(order(server, 2))
    assert serials(heard, 1) == [1]
    wait(lambda: len(server.asked) >= 3)
    server.serials[ZONE] = 2
    assert serials(heard, 1) == [2]
    assert heard.empty()


def test_a_server_that_is_there_is_asked_no_more(
    poller: Poller, server: NameServer, heard: Heard
) -> None:
    """Neither by query nor by NOTIFY."""
    server.serials[ZONE] = 2
    poller.watch(order(server, 2, notify=True))
    assert serials(heard, 1) == [2]
    wait(lambda: server.notified == [ZONE])
    asked = len(server.asked)
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.3)
    assert (len(server.asked), server.notified) == (asked, [ZONE])


def test_notify_is_repeated_while_the_server_is_behind(poller: Poller, server: NameServer) -> None:
    """The first one may have been lost, or have come before the database showed the change."""
    server.serials[ZONE] = 1
    poller.watch(order(server, 2, notify=True))
    wait(lambda: len(server.notified) >= 3)


def test_a_zone_that_shall_be_gone_is_asked_for_until_it_is_denied(
    poller: Poller, server: NameServer, heard: Heard
) -> None:
    """A refusal is an answer."""
    server.serials[ZONE] = 1
    poller.watch(order(server, None))
    assert serials(heard, 1) == [1]
    del server.serials[ZONE]
    answer = heard.get(timeout=5)
    assert isinstance(answer, Answered)
    assert answer.verdict.kind == ABSENT


def test_a_nudge_polls_at_once(server: NameServer, heard: Heard) -> None:
    """A transfer has ended: there is no point in waiting for the next turn."""
    poller = Poller(heard.put, Addresses(), longest_pause=60.0)
    poller.start()
    server.serials[ZONE] = 1
    poller.watch(order(server, 2))
    assert serials(heard, 1) == [1]
    time_of_rest = 6
    wait(lambda: len(server.asked) >= time_of_rest)
    server.serials[ZONE] = 2
    began = time.monotonic()
    poller.nudge(ZONE)
    assert serials(heard, 1) == [2]
    assert time.monotonic() - began < 0.3
    poller.stop()


def test_a_truncated_answer_is_asked_for_over_tcp(
    poller: Poller, server: NameServer, heard: Heard
) -> None:
    """RFC 7766 section 5."""
    server.serials[ZONE], server.cut = 2, True
    poller.watch(order(server, 2))
    assert serials(heard, 1) == [2]


def test_all_tcp_asks_and_notifies_over_tcp(server: NameServer, heard: Heard) -> None:
    """The option of that name."""
    server.answering.clear()  # UDP, that is
    server.serials[ZONE] = 2
    poller = Poller(heard.put, Addresses(), all_tcp=True)
    poller.start()
    poller.watch(order(server, 2, notify=True))
    assert serials(heard, 1) == [2]
    wait(lambda: server.notified == [ZONE])
    poller.stop()


def test_an_answer_that_was_not_asked_for_is_not_believed(
    poller: Poller, server: NameServer, heard: Heard
) -> None:
    """Neither another id nor another question."""

    def forge(message: bytes) -> bytes:
        answer = dns.message.make_response(dns.message.from_wire(message))
        answer.answer.append(dns.rrset.from_text(ZONE, 60, "IN", "SOA", SOA.format(serial=9)))
        answer.flags |= 0x0400
        answer.id ^= 1
        return answer.to_wire()

    server.forge, server.serials[ZONE] = forge, 2
    poller.watch(order(server, 2))
    assert serials(heard, 1) == [2]
    assert heard.empty()


def test_a_silent_server_is_told_and_welcomed_once(
    poller: Poller, server: NameServer, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile it is asked once in a while only, whatever waits for it."""
    monkeypatch.setattr(silence, "SILENT_AFTER", 0.3)
    monkeypatch.setattr(silence, "FIRST_TRY", 0.1)
    server.answering.clear()
    poller.watch(order(server, 2))
    silent = heard.get(timeout=5)
    assert silent == Silent(server.key)
    server.serials[ZONE] = 2
    server.answering.set()
    assert heard.get(timeout=5) == Back(server.key)
    answer = heard.get(timeout=5)
    assert isinstance(answer, Answered)
    assert (answer.verdict.kind, answer.verdict.serial) == (SERVING, 2)


def test_a_zone_forgotten_is_asked_for_no_more(
    poller: Poller, server: NameServer, heard: Heard
) -> None:
    """Its answers under way are dropped."""
    server.serials[ZONE] = 1
    poller.watch(order(server, 2))
    assert serials(heard, 1) == [1]
    poller.forget("zone")
    server.serials[ZONE] = 2
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.2)


def test_a_server_with_a_key_is_asked_and_believed_by_it(
    poller: Poller, server: NameServer, heard: Heard
) -> None:
    """NOTIFY is signed as well."""
    key = TsigKey("key.example.", "hmac-sha256", "MDEyMzQ1Njc4OWFiY2RlZg==")
    server.use_key(key.name, key.algorithm, key.secret)
    server.serials[ZONE] = 2
    poller.watch(order(server, 2, notify=True, tsigkey=key))
    assert serials(heard, 1) == [2]
    wait(lambda: server.notified == [ZONE])


def test_an_unsigned_answer_to_a_signed_query_is_not_believed(
    poller: Poller, server: NameServer, heard: Heard
) -> None:
    """Anybody could have sent it (RFC 8945 section 5.3)."""
    key = TsigKey("key.example.", "hmac-sha256", "MDEyMzQ1Njc4OWFiY2RlZg==")
    server.use_key(key.name, key.algorithm, key.secret)
    server.signs = False
    server.serials[ZONE] = 2
    poller.watch(order(server, 2, tsigkey=key))
    wait(lambda: len(server.asked) >= 3)
    assert heard.empty()


def test_what_cannot_be_sent_to_one_server_ends_no_other_poll(
    poller: Poller, server: NameServer, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    """Here a key whose secret is no base64; it is told in the log."""
    bad = TsigKey("key.example.", "hmac-sha256", "a")
    poller.watch(replace(order(server, 2, tsigkey=bad), zone_id="bad"))
    wait(lambda: "left out" in caplog.text)
    server.serials[ZONE] = 2
    poller.watch(order(server, 2))
    assert serials(heard, 1) == [2]
