# SPDX-License-Identifier: Apache-2.0
"""SSHFP: the fingerprint of an SSH host key (RFC 4255; algorithms in the IANA registry)."""

from designate.rdata.base import InvalidRdata, RecordType, canonical_number, hexadecimal

_BYTES = {1: 20, 2: 32}
"""Length of the fingerprint by its type: SHA-1 (RFC 4255), SHA-256 (RFC 6594)."""
_SHORTEST, _LONGEST = 5, 255


def encode(text: str) -> bytes:
    """Render ``<algorithm> <fingerprint type> <hex>``; the hex may be in several pieces.

    A fingerprint of type 1 or 2 has the length of its hash, since BIND refuses a transfer with any
    other. Those of unknown types have 5 to 255 bytes.
    """
    parts = text.split(" ")
    if len(parts) < 3 or "" in parts:
        raise InvalidRdata("Expected <algorithm> <fingerprint type> <fingerprint>.")
    algorithm = canonical_number(parts[0], 255, "algorithm")
    kind = canonical_number(parts[1], 255, "fingerprint type")
    fingerprint = hexadecimal("".join(parts[2:]), "fingerprint")
    size = len(fingerprint)
    if size != _BYTES.get(kind, size):
        raise InvalidRdata(
            f"A fingerprint of type {kind} has {2 * _BYTES[kind]} hexadecimal digits."
        )
    if not _SHORTEST <= size <= _LONGEST:
        raise InvalidRdata("The fingerprint must have 10 to 510 hexadecimal digits.")
    return bytes((algorithm, kind)) + fingerprint


def decode(wire: bytes) -> str:
    """Render the three fields, hex in lower case."""
    if len(wire) < 3:
        raise InvalidRdata("An SSHFP record is two bytes and a fingerprint.")
    return f"{wire[0]} {wire[1]} {wire[2:].hex()}"


TYPE = RecordType("SSHFP", 44, encode, decode)
