# SPDX-License-Identifier: Apache-2.0
"""Threads of a process share the arenas of the C library."""

import subprocess
import sys

PROGRAM = """
import ctypes, io, os, threading
from designate.runtime import memory

if {shared}:
    memory.share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(8)


def take():
    together.wait(10)
    libc.malloc(1000)
    together.wait(10)


threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.fopen.restype = ctypes.c_void_p
libc.fclose.argtypes = [ctypes.c_void_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
stream = libc.fopen(b"/dev/stdout", b"w")
libc.malloc_info(0, stream)
libc.fclose(stream)
"""


def arenas(*, shared: bool) -> int:
    """How many arenas eight threads use."""
    program = [sys.executable, "-c", PROGRAM.format(shared=shared)]
    shown = subprocess.run(program, capture_output=True, text=True, check=True, timeout=60).stdout
    return shown.count("<heap nr=")


def test_threads_share_arenas() -> None:
    """By default each has one of its own."""
    assert arenas(shared=True) <= 2 < arenas(shared=False)
