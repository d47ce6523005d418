# SPDX-License-Identifier: Apache-2.0
"""What systemd is told, and when nobody is."""

import logging
import os
import socket
from pathlib import Path

import pytest

from designate.runtime.systemd import Manager


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told_of_every_turn(tmp_path: Path, abstract: bool) -> None:  # noqa: FBT001
    """Over a socket in the file system or an abstract one."""
    path = f"@designate-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("\0" + path[1:] if abstract else path)
        sock.settimeout(5)
        manager = Manager({"NOTIFY_SOCKET": path})
        manager.ready()
        manager.reloading()
        manager.alive()
        manager.stopping()
        told = [sock.recv(1000).decode() for _ in range(4)]
    assert told[0] == f"READY=1\nMAINPID={os.getpid()}"
    assert told[1].startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert told[2:] == ["WATCHDOG=1", "STOPPING=1"]


def test_without_systemd_nobody_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Nor is a sign of life expected; a socket that is gone harms nobody."""
    alone = Manager({"WATCHDOG_USEC": "3000000"})
    alone.ready()
    assert alone.interval is None
    with caplog.at_level(logging.WARNING):
        Manager({"NOTIFY_SOCKET": "/nonexistent/notify"}).ready()
    assert "systemd cannot be told" in caplog.text


@pytest.mark.parametrize(
    ("environment", "interval"),
    [
        ({"WATCHDOG_USEC": "3000000"}, 1.5),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}, 1.5),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "often"}, None),
        ({}, None),
    ],
)
def test_signs_of_life_come_twice_as_often_as_asked(
    environment: dict[str, str], interval: float | None
) -> None:
    """Only where they are asked of this process."""
    assert Manager({"NOTIFY_SOCKET": "/run/notify", **environment}).interval == interval
