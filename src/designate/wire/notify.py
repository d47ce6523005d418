# SPDX-License-Identifier: Apache-2.0
"""NOTIFY requests, the hint that a zone has a new version (RFC 1996)."""

import struct

from designate.rdata import names

_HEADER = struct.Struct("!HHHHHH")
_NOTIFY_AA = 4 << 11 | 0x0400
_SOA_IN = b"\x00\x06\x00\x01"


def question(zone_name: str) -> bytes:
    """The question `<zone> SOA IN` in wire form; raises names.InvalidName."""
    return names.to_wire(zone_name) + _SOA_IN


def request(message_id: int, asked: bytes) -> bytes:
    """A NOTIFY for the zone of this question, with AA as RFC 1996 section 4.5 shows it."""
    return _HEADER.pack(message_id, _NOTIFY_AA, 1, 0, 0, 0) + asked
