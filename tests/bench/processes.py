# SPDX-License-Identifier: Apache-2.0
"""What a process has used, read from /proc."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of the process and its threads since it started."""
    after_name = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    user, system = int(after_name[11]), int(after_name[12])
    return (user + system) / TICKS


def resident(pid: int) -> int:
    """Bytes of memory in use now."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> int:
    """Most bytes of memory in use since the start, or since `forget_peak`."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Let `peak` count from here on (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")


def count(pid: int) -> int:
    """The process and its children."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return 1 + sum(len((task / "children").read_text("ascii").split()) for task in tasks)


def _status(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    raise KeyError(field)
