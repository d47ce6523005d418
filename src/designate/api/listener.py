# SPDX-License-Identifier: Apache-2.0
"""The end of a listening socket: everybody who has connected is accepted, nobody is reset."""

import ctypes
import errno
import struct
import sys
from contextlib import suppress
from typing import Any

# Linux's numbers; where an architecture has others, the option is refused and nothing is lost.
_SOL_SOCKET, _SO_ATTACH_FILTER = 1, 26
# Drops a segment whose flags, byte 13 of the TCP header, have SYN and not ACK (RFC 9293 section
# 3.1); in the kernel's struct sock_filter: code, jump if true, jump if false, operand.
_NO_SYN = b"".join(
    struct.pack("=HBBI", *instruction)
    for instruction in (
        (0x30, 0, 0, 13),  # load the byte
        (0x54, 0, 0, 0x12),  # keep SYN and ACK
        (0x15, 0, 1, 0x02),  # SYN alone?
        (0x06, 0, 0, 0),  # then drop it,
        (0x06, 0, 0, 0xFFFFFFFF),  # else keep all of it
    )
)


def drain(listener: Any) -> list[tuple[Any, Any]]:
    """Accept all that wait, each with its address, and close the listener.

    On Linux new clients wait from here on until the socket is closed, and are refused then. Else
    those that connect between the last accept and the close would be reset.
    """
    _hold_new_clients(listener)
    listener.settimeout(0)
    accepted = []
    with listener:
        while True:
            try:
                accepted.append(listener.accept())
            except OSError as error:
                if error.errno != errno.ECONNABORTED:
                    return accepted


def _hold_new_clients(listener: Any) -> None:
    if sys.platform != "linux":
        return
    program = ctypes.create_string_buffer(_NO_SYN, len(_NO_SYN))
    described = struct.pack("@HP", len(_NO_SYN) // 8, ctypes.addressof(program))
    with suppress(OSError):
        listener.setsockopt(_SOL_SOCKET, _SO_ATTACH_FILTER, described)
