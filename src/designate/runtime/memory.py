# SPDX-License-Identifier: Apache-2.0
"""How the C library keeps freed memory."""

import ctypes

_M_ARENA_MAX = -8
_ARENAS = 2


def share_arenas() -> None:
    """Let all threads allocate from the same few arenas of glibc (mallopt(3)).

    It would give each of our threads one of its own, which keeps what was freed there: a process
    that has imported a large zone would stay twice as large. Other C libraries have no arenas.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
