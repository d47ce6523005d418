# SPDX-License-Identifier: Apache-2.0
"""The main thread between a start and an end."""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from designate.runtime import life
from designate.runtime.signals import Signals
from designate.runtime.systemd import Manager
from tests.unit.runtime.test_signals import restored

__all__ = ["restored"]
INTERVAL = 0.1


@pytest.mark.parametrize("is_live", [True, False])
def test_signals_keep_back_no_sign_of_life(tmp_path: Path, *, is_live: bool) -> None:
    """However many come, as from children that die again and again."""
    path = str(tmp_path / "notify")
    handled = list[float]()

    def send() -> None:
        until = time.monotonic() + 6 * INTERVAL
        while time.monotonic() < until:
            os.kill(os.getpid(), signal.SIGHUP)
            # So that no pause between two is as long as the interval.
            time.sleep(INTERVAL / 5)
        os.kill(os.getpid(), signal.SIGTERM)

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock, Signals(signal.SIGHUP) as noted:
        sock.bind(path)
        sock.settimeout(0)
        watch = str(int(2 * INTERVAL * 1e6))
        manager = Manager({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": watch})
        sender = threading.Thread(target=send)
        sender.start()
        handlers: dict[int, Callable[[], None]] = {
            signal.SIGHUP: lambda: handled.append(time.monotonic())
        }
        life.attend(noted, manager, handlers, lambda: is_live)
        sender.join()
        told = received(sock)
    assert len(handled) > 6
    assert told.pop() == "STOPPING=1"
    assert set(told) == ({"WATCHDOG=1"} if is_live else set())
    assert len(told) >= (2 if is_live else 0)


def received(sock: socket.socket) -> list[str]:
    """What has come by now."""
    messages = list[str]()
    with contextlib.suppress(BlockingIOError):
        while True:
            messages.append(sock.recv(100).decode())
    return messages
