# SPDX-License-Identifier: Apache-2.0
"""Several processes that do the same: forked, ended together, replaced when one dies."""

import logging
import mmap
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from designate.runtime import life
from designate.runtime.links import Link
from designate.runtime.signals import BEGUN, ENDING, Signals
from designate.runtime.systemd import Manager

LOG = logging.getLogger(__name__)
CANNOT_START = 1
"""Status of a process whose work cannot begin: where none has begun, to try again is no use."""
PAUSE = 1.0
"""Seconds before one that died is replaced."""
SLACK = 5.0
"""Seconds beyond their own limit after which processes are killed."""
ANSWER = 5.0
"""Seconds that a process has to say how it is."""

_PASSED_ON = (*ENDING, signal.SIGHUP)


class CannotStart(Exception):
    """A child's work cannot begin; it has said why."""


@dataclass(frozen=True, slots=True)
class Child:
    """What a forked process has of its parent: `begun` tells it that the work has begun.

    `place` is 1 and up, the same for one that takes another's place.
    """

    place: int
    link: Link
    begun: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Said:
    """What the child in a place answers; None where it does not in time."""

    place: int
    pid: int
    answer: object | None


def keep_all() -> None:
    """Close nothing in a child: the parent has opened nothing."""


@dataclass(slots=True)
class Workers:
    """So many processes with the same `work`, from `run` until SIGTERM or SIGINT.

    `work` runs until it gets such a signal itself and returns its status. Nothing may be open or
    running yet that a fork would share. `reload` is called at SIGHUP, which children get too; so
    they get SIGUSR2, whose handlers are somebody else's. `limit`: seconds that they have to end, 0
    for any time. A second signal kills them at once.
    """

    count: int
    work: Callable[[Child], int]
    reload: Callable[[], None]
    limit: int
    manager: Manager
    _noted: Signals = field(
        default_factory=lambda: Signals(signal.SIGCHLD, signal.SIGHUP, overheard=(signal.SIGUSR2,))
    )
    _children: dict[int, Child] = field(default_factory=dict)
    _begun: mmap.mmap = field(init=False)
    _all_begun: bool = False
    _let_go: Callable[[], None] = keep_all

    def __post_init__(self) -> None:
        """Have a byte for each place, which its process sets when it begins."""
        self._begun = mmap.mmap(-1, self.count)

    def run(self, beside: Callable[[], Callable[[], None]]) -> int:
        """Fork, and tend the children; the status.

        `beside` starts what the parent does itself, and returns what has a child that is forked
        later let go of it.
        """
        handlers = {
            signal.SIGCHLD: self._replace,
            signal.SIGHUP: self._reload_all,
            signal.SIGUSR2: lambda: self._pass_on(signal.SIGUSR2),
            BEGUN: self._count,
        }
        status = 0
        with self._noted:
            try:
                for place in range(1, self.count + 1):
                    self._fork(place)
                self._let_go = beside()
                life.attend(self._noted, self.manager, handlers, self._are_live)
            except CannotStart:
                status = CANNOT_START
            finally:
                finished = self._end()
        return status if status or finished else life.UNFINISHED

    def ask(self, question: str) -> list[Said]:
        """What each child that is there answers, by place; one being replaced is missing."""
        children = sorted(self._children.items(), key=lambda child: child[1].place)
        return [Said(it.place, pid, it.link.ask(question, ANSWER)) for pid, it in children]

    def _are_live(self) -> bool:
        return all(said.answer for said in self.ask("is_live"))

    def _count(self) -> None:
        if not self._all_begun and all(self._begun[:]):
            self._all_begun = True
            self.manager.ready()

    def _reload_all(self) -> None:
        self.manager.reloading()
        self.reload()
        self._pass_on(signal.SIGHUP)
        self.manager.ready()

    def _pass_on(self, number: int) -> None:
        for child in self._children:
            os.kill(child, number)

    def _replace(self) -> None:
        for child, status in self._reap():
            # Once all have begun it is an outage, which the others may outlive.
            if status == CANNOT_START and not self._all_begun:
                raise CannotStart
            LOG.error("A process ended with status %d; another takes its place", status)
            time.sleep(PAUSE)
            self._fork(child.place)

    def _fork(self, place: int) -> None:
        link = Link()
        self._begun[place - 1] = 0
        mine = Child(place, link, partial(self._tell_begun, place))
        # A signal for the child waits until it is the child's own.
        signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
        child = os.fork()
        if child:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
            link.keep_parents_end()
            self._children[child] = mine
            return
        status = 70
        try:
            link.keep_childs_end([other.link for other in self._children.values()])
            self._let_go()
            _be_nobodys_parent()
            status = self.work(mine)
        except BaseException:
            # A child never returns into the code of its parent.
            LOG.exception("A process failed")
        finally:
            logging.shutdown()
            os._exit(status)

    def _tell_begun(self, place: int) -> None:
        """Called by the child in that place: its parent sees the byte too."""
        self._begun[place - 1] = 1
        self._noted.tell_begun()

    def _reap(self) -> list[tuple[Child, int]]:
        """The processes that have ended, which are forgotten, with their statuses."""
        ended = []
        for known in tuple(self._children):
            pid, status = os.waitpid(known, os.WNOHANG)
            if pid:
                child = self._children.pop(known)
                child.link.close()
                ended.append((child, os.waitstatus_to_exitcode(status)))
        return ended

    def _end(self) -> bool:
        """End all; whether each has finished what it had in flight."""
        finished = True
        self._pass_on(signal.SIGTERM)
        deadline = time.monotonic() + self.limit + SLACK if self.limit else None
        while self._children:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                LOG.error("Processes did not end in %d s and are killed", self.limit)
                break
            number = self._noted.wait(left)
            if number in ENDING:
                break
            finished &= all(status != life.UNFINISHED for _, status in self._reap())
        for pid, killed in self._children.items():
            finished = False
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            killed.link.close()
        return finished


def _be_nobodys_parent() -> None:
    """Until the work notes signals itself, those that end a process do so at once."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, *ENDING):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
