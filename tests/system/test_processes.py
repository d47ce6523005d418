# SPDX-License-Identifier: Apache-2.0
"""Several processes: forked, replaced, told of a reload, ended together; each from outside."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from designate.runtime.life import UNFINISHED
from tests.servers.program import Program

PATIENCE = 20.0
FAMILY = """
import os, pathlib, signal, socket, sys, time
from designate.runtime import life, signals, systemd, workers

def say(*words):
    # In one piece, also where Python does not buffer: two processes speak at once.
    os.write(1, " ".join(map(str, words)).encode() + b"\\n")

def work(child):
    with signals.Signals(signal.SIGHUP) as noted:
        child.link.serve(lambda question: os.getpid())
        if "fails" in sys.argv:
            return workers.CANNOT_START
        if "late" in sys.argv and child.place == 2:
            while not (pathlib.Path(sys.argv[-1]) / "go").exists():
                # Until the test has it begin.
                time.sleep(0.01)
        say("begun", os.getpid())
        child.begun()
        hiccup = pathlib.Path(sys.argv[-1]) / "hiccup"
        if hiccup.exists():
            hiccup.unlink()
            return workers.CANNOT_START
        heard = lambda: say("heard", os.getpid())
        life.attend(noted, systemd.Manager({}), {signal.SIGHUP: heard}, lambda: True)
        if "hangs" in sys.argv:
            say("hangs")
            time.sleep(600)
        if "gives-up" in sys.argv:
            return life.UNFINISHED
    say("ended", os.getpid())
    return 0

def reload():
    say("reload")

family = workers.Workers(2, work, reload, int(sys.argv[1]), systemd.Manager(os.environ))

def beside():
    answers = [] if "fails" in sys.argv else family.ask("who")
    assert all(said.pid == said.answer for said in answers), answers
    assert [said.place for said in answers] in ([], [1, 2]), answers
    listens = socket.create_server(("127.0.0.1", 0))
    say("port", listens.getsockname()[1])
    say("parent", *(said.pid for said in answers))
    return listens.close

status = family.run(beside)
say("status", status)
sys.exit(status)
"""


class Family(Program):
    """The program above."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        command = [sys.executable, "-c", FAMILY, *arguments]
        super().__init__(command, folder / "family.log", environment)

    def children(self) -> list[int]:
        """Those that its parent has forked first."""
        (line,) = (line for line in self.log().splitlines() if line.startswith("parent"))
        return [int(word) for word in line.split()[1:]]


def gone(pid: int) -> bool:
    """Whether a process has ended, in a while."""
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{pid}/stat").exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_processes_are_replaced_reload_and_end_together(tmp_path: Path) -> None:
    """A reload reaches all of them; SIGTERM lets each finish."""
    family = Family(tmp_path, "30")
    try:
        family.start("parent")
        first, second = family.children()
        os.kill(first, signal.SIGKILL)
        family.await_word("begun", 3)
        os.kill(family.pid, signal.SIGHUP)
        family.await_word("heard", 2)
        assert family.log().count("reload") == 1
        family.terminate()
        assert family.wait() == 0
        assert family.log().count("\nended") == 2 and gone(second)
    finally:
        family.kill()


def test_it_is_ready_once_each_place_has_begun(tmp_path: Path) -> None:
    """One that begins twice, since it died, does not stand for another that has not."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(PATIENCE)
        family = Family(tmp_path, "30", "late", str(tmp_path), NOTIFY_SOCKET=path)
        try:
            family.start("parent")
            family.await_word("begun", 1)
            os.kill(family.children()[0], signal.SIGKILL)
            family.await_word("begun", 2)
            # What it was told comes before what it is told now.
            os.kill(family.pid, signal.SIGHUP)
            assert manager.recv(1000).startswith(b"RELOADING=1")
            assert manager.recv(1000).startswith(b"READY=1")
            (tmp_path / "go").touch()
            family.await_word("begun", 3)
            assert manager.recv(1000).startswith(b"READY=1")
        finally:
            family.kill()


def test_a_second_signal_ends_all_at_once(tmp_path: Path) -> None:
    """Also those that would go on for long; one that is too late is ended by the limit."""
    for limit, signals in (("600", 2), ("1", 1)):
        family = Family(tmp_path / limit, limit, "hangs")
        (tmp_path / limit).mkdir()
        try:
            family.start("parent")
            children = family.children()
            began = time.monotonic()
            for _ in range(signals):
                family.terminate()
                family.await_word("hangs", 2)
            assert family.wait() == UNFINISHED
            assert time.monotonic() - began < PATIENCE
            assert all(map(gone, children))
        finally:
            family.kill()


def test_one_that_leaves_its_work_unfinished_is_told_of(tmp_path: Path) -> None:
    """The status says so, as that of a process alone does."""
    family = Family(tmp_path, "30", "gives-up")
    try:
        family.start("parent")
        family.terminate()
        assert family.wait() == UNFINISHED
    finally:
        family.kill()


def test_children_end_when_their_parent_is_gone(tmp_path: Path) -> None:
    """They finish as at SIGTERM."""
    family = Family(tmp_path, "30")
    try:
        family.start("parent")
        children = family.children()
    finally:
        family.kill()
    assert all(map(gone, children))
    assert family.log().count("ended") == 2


def test_one_that_cannot_take_anothers_place_is_tried_again(tmp_path: Path) -> None:
    """What all have begun with once may be away for a while; the healthy go on."""
    family = Family(tmp_path, "30", str(tmp_path))
    try:
        family.start("parent")
        first, second = family.children()
        (tmp_path / "hiccup").touch()
        os.kill(first, signal.SIGKILL)
        family.await_word("begun", 4)
        assert "ended with status 1; another" in family.log()
        assert Path(f"/proc/{second}").exists()
        family.terminate()
        assert family.wait() == 0
    finally:
        family.kill()


def test_one_forked_later_does_not_hold_what_the_parent_serves(tmp_path: Path) -> None:
    """Else the address would be taken for as long as it outlives its parent."""
    family = Family(tmp_path, "30")
    try:
        family.start("parent")
        port = int(family.log().partition("port ")[2].split()[0])
        os.kill(family.children()[0], signal.SIGKILL)
        family.await_word("begun", 3)
        later = int(family.log().rpartition("begun ")[2].split()[0])
        # It ends late.
        os.kill(later, signal.SIGSTOP)
    finally:
        family.kill()
    with socket.create_server(("127.0.0.1", port)):
        os.kill(later, signal.SIGCONT)
    assert gone(later)


def test_work_that_cannot_start_ends_the_family(tmp_path: Path) -> None:
    """It would fail again."""
    family = Family(tmp_path, "30", "fails")
    with pytest.raises(RuntimeError, match="status 1"):
        family.start("never said")
