# SPDX-License-Identifier: Apache-2.0
"""Processes that share work: which of them are alive.

Nobody's right depends on it (that is a claim in the database): it says who tries first, and whose
claims need not be waited for. So it may be wrong for a while, and the last that was known goes on
to hold while the place where members meet is away.
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

LOG = logging.getLogger(__name__)

LONGEST_BEAT = 3.0
"""Seconds between two signs of life, unless the configuration asks for more of them."""
LOOKS = 3
"""A member is gone once so many looks in a row found that it had not moved."""
FORGOTTEN = 300
"""Looks after which one that does not move is dropped from the place where members meet."""
GRACE = 5.0
"""Seconds that a member has to say that it leaves."""


class Group(Protocol):
    """A place where members meet. Calls may take seconds, and raise whatever they like."""

    def look(self) -> Collection[str]:
        """Give a sign of life; who is alive, by their ids."""

    def leave(self) -> None:
        """Be no member any more."""


class Alone:
    """The group of a process that is known to be the only one."""

    def __init__(self, me: str) -> None:
        self._me = me

    def look(self) -> Collection[str]:
        """Nobody else."""
        return (self._me,)

    def leave(self) -> None:
        """Nobody has to know."""


class LeaseGroup:
    """Members that raise a number again and again, each judged by whether it still does.

    No time of day is compared: a look counts the looks before it that found the same number.
    `exchange` raises one's own number and returns those of all.
    """

    def __init__(
        self,
        me: str,
        exchange: Callable[[], Mapping[str, int]],
        forget: Callable[[dict[str, int]], None],
        leave: Callable[[], None],
    ) -> None:
        self._me = me
        self._exchange = exchange
        self._forget = forget
        self._leave = leave
        self._seen: dict[str, tuple[int, int]] = {}

    def look(self) -> Collection[str]:
        """See `Group`."""
        beats = self._exchange()
        self._seen = {member: self._judged(member, beat) for member, beat in beats.items()}
        old = {member: beat for member, (beat, looks) in self._seen.items() if looks > FORGOTTEN}
        if old:
            self._forget(old)
        return {self._me, *(one for one, (_, looks) in self._seen.items() if looks < LOOKS)}

    def leave(self) -> None:
        """See `Group`."""
        self._leave()

    def _judged(self, member: str, beat: int) -> tuple[int, int]:
        known, looks = self._seen.get(member, (beat, -1))
        return (beat, looks + 1) if known == beat else (beat, 0)


class Members:
    """Watches a group from `start` to `stop`, every `interval` seconds in a thread of its own.

    Without an interval there is nothing to watch: one look says all.
    """

    def __init__(self, group: Group, me: str, interval: float | None) -> None:
        self.me = me
        self._group = group
        self._interval = interval
        self._alive: frozenset[str] = frozenset((me,))
        self._looks = 0
        self._listeners: list[Callable[[], None]] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="members", daemon=True)

    @property
    def alive(self) -> frozenset[str]:
        """The members that are alive as far as is known, this one too."""
        return self._alive

    def is_gone(self, member: str) -> bool:
        """Whether a member is known to live no more: for that the group was watched for a while."""
        settled = self._interval is None or self._looks > LOOKS
        return settled and member not in self._alive

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever somebody came or went; before `start`."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin, with a look at once."""
        if self._interval is None:
            self._alive = frozenset(self._group.look())
        else:
            self._thread.start()

    def stop(self) -> None:
        """Leave; given up when it takes too long."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(GRACE)

    def _run(self) -> None:
        while True:
            self._look()
            if self._end.wait(self._interval):
                break
        try:
            self._group.leave()
        except Exception as error:  # noqa: BLE001 - the others find out by themselves
            LOG.warning("Could not say that this process ends: %s", error)

    def _look(self) -> None:
        try:
            alive = frozenset(self._group.look())
        except Exception as error:  # noqa: BLE001 - the thread must outlive whatever is away
            if self._looks >= 0:
                LOG.warning("The other processes cannot be seen: %s", error)
            self._looks = -1
            return
        self._looks = max(self._looks, 0) + 1
        if alive != self._alive:
            LOG.info("%d processes share the work", len(alive))
            self._alive = alive
            for listener in self._listeners:
                listener()
