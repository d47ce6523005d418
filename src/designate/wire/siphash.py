# SPDX-License-Identifier: Apache-2.0
"""SipHash-2-4 (Aumasson and Bernstein, 2012): a short hash that needs its key to be foreseen.

Written out, since each call of a function would cost as much as a round does.
"""

import struct

_KEY = struct.Struct("<QQ")
_WORD = struct.Struct("<Q")
_MASK = 0xFFFF_FFFF_FFFF_FFFF
_INITIAL = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_COMPRESS = 2
_FINISH = 4


def siphash(key: bytes, data: bytes) -> bytes:
    """The 8 bytes for a key of 16 bytes, in the order of the reference implementation."""
    first, second = _KEY.unpack(key)
    v0, v1 = first ^ _INITIAL[0], second ^ _INITIAL[1]
    v2, v3 = first ^ _INITIAL[2], second ^ _INITIAL[3]
    whole = len(data) & ~7
    last = data[whole:].ljust(7, b"\0") + bytes((len(data) & 0xFF,))
    words = [*struct.unpack(f"<{whole // 8}Q", data[:whole]), _WORD.unpack(last)[0]]
    for word, rounds in (*((each, _COMPRESS) for each in words), (None, _FINISH)):
        if word is None:
            v2 ^= 0xFF
        else:
            v3 ^= word
        for _ in range(rounds):
            v0 = (v0 + v1) & _MASK
            v2 = (v2 + v3) & _MASK
            v1 = ((v1 << 13 | v1 >> 51) & _MASK) ^ v0
            v3 = ((v3 << 16 | v3 >> 48) & _MASK) ^ v2
            v0 = (((v0 << 32 | v0 >> 32) & _MASK) + v3) & _MASK
            v2 = (v2 + v1) & _MASK
            v3 = ((v3 << 21 | v3 >> 43) & _MASK) ^ v0
            v1 = ((v1 << 17 | v1 >> 47) & _MASK) ^ v2
            v2 = (v2 << 32 | v2 >> 32) & _MASK
        if word is not None:
            v0 ^= word
    return _WORD.pack(v0 ^ v1 ^ v2 ^ v3)
