# SPDX-License-Identifier: Apache-2.0
"""SSHFP: the fingerprint of an SSH host key (RFC 4255; algorithms in the IANA registry)."""

from designate.rdata.base import InvalidRdata, RecordType, canonical_number, hexadecimal

_SHA1, _SHA256 = 1, 2
_SHORTEST, _SHA1_BYTES, _SHA256_BYTES = 5, 20, 32


def encode(text: str) -> bytes:
    """Render ``<algorithm> <fingerprint type> <hex>``; the hex may be in several pieces.

    For types 1 and 2 the fingerprint has 5 to 20 or 32 bytes, for any other at least 5.
    """
    parts = text.split(" ")
    if len(parts) < 3 or "" in parts:
        raise InvalidRdata("Expected <algorithm> <fingerprint type> <fingerprint>.")
    algorithm = canonical_number(parts[0], 255, "algorithm")
    kind = canonical_number(parts[1], 255, "fingerprint type")
    fingerprint = hexadecimal("".join(parts[2:]), "fingerprint")
    size = len(fingerprint)
    longest = _SHA1_BYTES if kind in (_SHA1, _SHA256) else 255
    if not _SHORTEST <= size <= longest and size != _SHA256_BYTES:
        raise InvalidRdata("The fingerprint must have 10 to 40 or 64 hexadecimal digits.")
    return bytes((algorithm, kind)) + fingerprint


def decode(wire: bytes) -> str:
    """Render the three fields, hex in lower case."""
    if len(wire) < 3:
        raise InvalidRdata("An SSHFP record is two bytes and a fingerprint.")
    return f"{wire[0]} {wire[1]} {wire[2:].hex()}"


TYPE = RecordType("SSHFP", 44, encode, decode)
