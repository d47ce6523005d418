# SPDX-License-Identifier: Apache-2.0
"""One thread that notifies and polls for all zones: a `selectors` loop over a few sockets.

A zone under watch is asked for at each of its name servers, soon after the NOTIFY and then backing
off, until each gives the answer waited for; NOTIFY is repeated while one does not (3a.9). What
changes in the answers is reported, each answer once.
"""

import heapq
import itertools
import logging
import random
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from designate.wire import notify, soa_query
from designate.worker.addresses import Addresses
from designate.worker.exchanges import Address, Datagrams, Streams
from designate.worker.orders import (
    FIRST_POLL,
    Answered,
    Back,
    Limits,
    Order,
    Report,
    Server,
    Silent,
)
from designate.worker.queries import Queries, Query
from designate.worker.signing import Signed
from designate.worker.silence import Silence
from designate.worker.verdicts import Verdict, judge
from designate.worker.windows import Windows

LOG = logging.getLogger(__name__)

LONGEST_PAUSE = 1.0
NUDGED = 0.003
"""Seconds from the end of a transfer at the master until the server may serve its content."""
NOTIFY_AFTER = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
TURN = 256
"""Messages sent in a turn, so that answers are read in between."""
FULL = 0.05
"""Seconds that a poll waits when its server has enough to answer."""
AFTER_ERROR = 0.1


@dataclass(slots=True)
class _Asked:
    server: Server
    pause: float
    turn: int
    last: Verdict | None = None
    reached: bool = False


@dataclass(slots=True)
class _Watched:
    order: Order
    question: bytes
    began: float
    asked: dict[str, _Asked]
    notified: int = 0
    turn: int = 0


@dataclass(frozen=True, slots=True, order=True)
class _Due:
    """A message to be sent, a NOTIFY without `server`; void when a later `turn` was planned."""

    at: float
    turn: int
    zone_id: str = field(compare=False)
    server: str | None = field(compare=False)


class Poller:
    """Runs from `start` to `stop`; the other methods may be called from any thread."""

    def __init__(
        self,
        report: Report,
        addresses: Addresses,
        *,
        timeout: float = 2.0,
        longest_pause: float = LONGEST_PAUSE,
        all_tcp: bool = False,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
    ) -> None:
        self._report = report
        self._addresses = addresses
        self._longest_pause = max(longest_pause, FIRST_POLL)
        self._all_tcp = all_tcp
        self._commands: deque[Callable[[], None]] = deque()
        self._selector = selectors.DefaultSelector()
        self._waker, self._woken = socket.socketpair()
        self._woken.settimeout(0)
        self._waker.settimeout(0)
        self._selector.register(self._woken, selectors.EVENT_READ, self._drain)
        self._datagrams = Datagrams(self._selector, self._receive)
        self._streams = Streams(self._selector, self._receive, timeout=timeout)
        self._watched: dict[str, _Watched] = {}
        self._by_question: dict[bytes, set[str]] = {}
        self._sent = Queries(timeout, limits.queries)
        self._windows = Windows(limits.notifies)
        self._questions: dict[str, tuple[Server, bytes]] = {}
        self._due: list[_Due] = []
        self._turns = itertools.count(1)
        self._silence = Silence()
        self._stopping = False
        self.thread = threading.Thread(target=self._run, name="poller", daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def stop(self) -> None:
        """End, and wait for the end."""
        self._tell(self._end)
        if self.thread.is_alive():
            self.thread.join()

    def watch(self, order: Order) -> None:
        """Watch a zone, instead of what was watched of it before."""
        self._tell(lambda: self._watch(order))

    def forget(self, zone_id: str) -> None:
        """Watch a zone no longer."""
        self._tell(lambda: self._forget(zone_id))

    def forget_all(self) -> None:
        """Watch nothing any more."""
        self._tell(self._forget_all)

    def nudge(self, name_key: str) -> None:
        """Poll the zones of a name now: a server has just fetched one."""
        self._tell(lambda: self._nudge(name_key))

    def notify(self, zone_id: str) -> None:
        """Repeat the NOTIFY of a zone, as if it were watched from now on."""
        self._tell(lambda: self._notify_anew(zone_id))

    # -- the thread ---------------------------------------------------------------------------

    def _tell(self, command: Callable[[], None]) -> None:
        self._commands.append(command)
        try:
            self._waker.send(b"\0")
        except OSError:
            # Full: it will wake all the same. Closed: it has ended.
            return

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._take_turn()
            except Exception:  # what cannot be sent to one server must not end all polls
                LOG.exception("a message is left out")
                time.sleep(AFTER_ERROR)
        self._datagrams.close()
        self._streams.close()
        self._selector.close()
        self._woken.close()
        self._waker.close()

    def _take_turn(self) -> None:
        for key, _ in self._selector.select(self._until_next()):
            key.data()
        while self._commands:
            self._commands.popleft()()
        now = time.monotonic()
        self._send_due(now)
        self._let_in(now)
        self._try_silent(now)
        self._expire(now)

    def _end(self) -> None:
        self._stopping = True

    def _drain(self) -> None:
        try:
            while self._woken.recv(4096):
                continue
        except BlockingIOError:
            return

    def _until_next(self) -> float:
        if self._commands:
            return 0.0
        times = [self._due[0].at] if self._due else []
        silent = self._silence.next_try()
        if silent is not None:
            times.append(silent)
        return min(max(min(times) - time.monotonic(), 0.0), 1.0) if times else 1.0

    # -- watching -----------------------------------------------------------------------------

    def _watch(self, order: Order) -> None:
        before = self._watched.get(order.zone_id)
        if before and (before.order.lane, before.order.notify) != (order.lane, order.notify):
            self._leave_windows(before)
        self._drop(order.zone_id)
        now = time.monotonic()
        asked = {server.key: _Asked(server, order.pause, 0) for server in order.servers}
        watched = _Watched(order, notify.question(order.name), now, asked)
        self._watched[order.zone_id] = watched
        self._by_question.setdefault(watched.question.lower(), set()).add(order.zone_id)
        for one in asked.values():
            self._silence.wanted(one.server.key, now)
            self._plan_poll(now + order.pause, watched, one)
        if order.notify:
            watched.notified = 0 if order.hurry else 1
            self._plan_notify(watched)

    def _forget(self, zone_id: str) -> None:
        watched = self._drop(zone_id)
        if watched is not None:
            self._leave_windows(watched)

    def _drop(self, zone_id: str) -> _Watched | None:
        """Watch a zone no longer, but let it keep its turn."""
        watched = self._watched.pop(zone_id, None)
        if watched is not None:
            key = watched.question.lower()
            self._by_question[key].discard(zone_id)
            if not self._by_question[key]:
                del self._by_question[key]
        return watched

    def _leave_windows(self, watched: _Watched) -> None:
        for server in watched.order.notify:
            self._windows.leave(server.key, watched.order.zone_id, watched.order.lane)

    def _forget_all(self) -> None:
        for zone_id in list(self._watched):
            self._forget(zone_id)

    def _nudge(self, name_key: str) -> None:
        for zone_id in self._by_question.get(notify.question(name_key), ()):
            self._poll_all(self._watched[zone_id])

    def _poll_all(self, watched: _Watched) -> None:
        for asked in watched.asked.values():
            if not asked.reached:
                asked.pause = FIRST_POLL / 2
                self._plan_poll(time.monotonic() + NUDGED, watched, asked)

    def _notify_anew(self, zone_id: str) -> None:
        watched = self._watched.get(zone_id)
        if watched is not None and watched.order.notify:
            watched.began, watched.notified = time.monotonic(), 0
            self._plan_notify(watched)
            self._poll_all(watched)

    def _plan_poll(self, at: float, watched: _Watched, asked: _Asked) -> None:
        asked.turn = next(self._turns)
        heapq.heappush(self._due, _Due(at, asked.turn, watched.order.zone_id, asked.server.key))

    def _plan_notify(self, watched: _Watched) -> None:
        watched.turn = next(self._turns)
        at = watched.began + NOTIFY_AFTER[watched.notified]
        heapq.heappush(self._due, _Due(at, watched.turn, watched.order.zone_id, None))

    # -- sending ------------------------------------------------------------------------------

    def _send_due(self, now: float) -> None:
        for _ in range(TURN):
            if not self._due or self._due[0].at > now:
                return
            due = heapq.heappop(self._due)
            watched = self._watched.get(due.zone_id)
            if watched is None:
                continue
            if due.server is None:
                if due.turn == watched.turn:
                    self._send_notify(watched, now)
            elif (asked := watched.asked.get(due.server)) and due.turn == asked.turn:
                self._poll(watched, asked, now)

    def _send_notify(self, watched: _Watched, now: float) -> None:
        if watched.asked and all(asked.reached for asked in watched.asked.values()):
            return
        there = {(a.server.host, a.server.port) for a in watched.asked.values() if a.reached}
        for server in watched.order.notify:
            if (server.host, server.port) in there:
                self._windows.leave(server.key, watched.order.zone_id, watched.order.lane)
            elif self._windows.enter(server.key, watched.order.zone_id, watched.order.lane, now):
                self._send(server, notify.request(random.getrandbits(16), watched.question))
        watched.notified += 1
        if watched.notified < len(NOTIFY_AFTER):
            self._plan_notify(watched)

    def _let_in(self, now: float) -> None:
        """Notify servers of zones whose turn has come, and poll for them as from the beginning."""
        for key, zone_id in self._windows.let_in(now):
            watched = self._watched[zone_id]
            for server in watched.order.notify:
                if server.key == key:
                    self._send(server, notify.request(random.getrandbits(16), watched.question))
            self._poll_all(watched)

    def _poll(self, watched: _Watched, asked: _Asked, now: float) -> None:
        if asked.reached:
            return
        self._questions[asked.server.key] = (asked.server, watched.question)
        if self._silence.is_away(asked.server.key):
            # Whoever comes back is asked for every zone at once.
            self._silence.wanted(asked.server.key, now)
        elif self._sent.is_full(asked.server.key):
            self._plan_poll(now + FULL, watched, asked)
            return
        else:
            self._ask(asked.server, watched.question, watched.order.zone_id, now)
        asked.pause = min(asked.pause * 2 or FIRST_POLL, self._longest_pause)
        self._plan_poll(now + asked.pause, watched, asked)

    def _ask(self, server: Server, question: bytes, zone_id: str | None, now: float) -> None:
        message_id = random.getrandbits(16)
        sent = self._send(server, soa_query.request(message_id, question))
        if sent is not None:
            address, mac = sent
            self._sent.add(address, message_id, Query(zone_id, server, question, now, mac))
        if self._silence.asked(server.key, now):
            self._report(Silent(server.key))

    def _send(self, server: Server, message: bytes) -> tuple[Address, bytes] | None:
        """Send; returns where to, and the MAC of what was sent, empty when it is not signed."""
        found = self._addresses.find(server.host)
        if found is None:
            return None
        signed = server.tsigkey.sign(message) if server.tsigkey else Signed(message, b"")
        exchange = self._streams if self._all_tcp else self._datagrams
        exchange.send((found, server.port), signed.wire)
        return (found, server.port), signed.mac

    def _try_silent(self, now: float) -> None:
        for key in self._silence.to_try(now):
            server, question = self._questions[key]
            self._ask(server, question, None, now)

    def _expire(self, now: float) -> None:
        self._streams.expire(now)
        self._sent.expire(now)

    # -- receiving ----------------------------------------------------------------------------

    def _receive(self, sender: Address, message: bytes) -> None:
        try:
            answer = soa_query.read_answer(message)
        except soa_query.BadMessage:
            return
        sent = self._sent.find(sender, answer.message_id)
        if sent is None or answer.question not in (sent.question.lower(), b""):
            return
        key = sent.server.tsigkey
        if key is not None and not key.has_signed(message, sent.mac):
            return
        self._sent.take(sender, answer.message_id)
        if self._silence.heard(sent.server.key):
            self._report(Back(sent.server.key))
            self._poll_back(sent.server.key)
        if answer.truncated and not self._all_tcp:
            self._ask_again(sender, answer.message_id, sent)
        elif sent.zone_id in self._watched:
            self._note(self._watched[sent.zone_id], sent, judge(answer))

    def _ask_again(self, address: Address, message_id: int, sent: Query) -> None:
        """Over TCP, since the answer does not fit a datagram."""
        message = soa_query.request(message_id, sent.question)
        signed = sent.server.tsigkey.sign(message) if sent.server.tsigkey else Signed(message, b"")
        sent.mac = signed.mac
        self._sent.add(address, message_id, sent)
        self._streams.send(address, signed.wire)

    def _note(self, watched: _Watched, sent: Query, verdict: Verdict) -> None:
        asked = watched.asked.get(sent.server.key)
        if asked is None:
            return
        asked.reached = verdict.reaches(watched.order.goal)
        if asked.reached:
            self._arrived(watched, asked.server)
        if verdict != asked.last:
            asked.last = verdict
            self._report(Answered(watched.order.zone_id, sent.server.key, verdict))

    def _arrived(self, watched: _Watched, at: Server) -> None:
        for server in watched.order.notify:
            if (server.host, server.port) == (at.host, at.port):
                self._windows.leave(server.key, watched.order.zone_id, watched.order.lane)

    def _poll_back(self, server: str) -> None:
        for watched in self._watched.values():
            if server in watched.asked:
                self._poll_all(watched)
