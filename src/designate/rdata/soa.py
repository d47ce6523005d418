# SPDX-License-Identifier: Apache-2.0
"""SOA: the start of authority (RFC 1035 section 3.3.13)."""

import struct

from designate.rdata import targets
from designate.rdata.base import InvalidRdata, RecordType, fields, number

_LAYOUT = "<mname> <rname> <serial> <refresh> <retry> <expire> <minimum>"


def encode(text: str) -> bytes:
    """Render the seven fields; serial 1..2^32-1, times in seconds 0..2^31-1.

    The mailbox (rname) may hold escapes: a dot in its local part is written ``\\.``.
    """
    mname, rname, serial, *times = fields(text, _LAYOUT)
    if rname == ".":
        raise InvalidRdata("The mailbox must not be the root.")
    serial_number = number(serial, 0xFFFFFFFF, "serial")
    if serial_number == 0:
        raise InvalidRdata("The serial must not be 0.")
    return (
        targets.encode_domain(mname)
        + targets.encode_any(rname)
        + struct.pack(
            "!IIIII",
            serial_number,
            *(
                number(seconds, 0x7FFFFFFF, what)
                for seconds, what in zip(
                    times, ("refresh", "retry", "expire", "minimum"), strict=True
                )
            ),
        )
    )


def decode(wire: bytes) -> str:
    """Render the seven fields."""
    mname, offset = targets.read(wire, 0)
    rname, offset = targets.read(wire, offset)
    if len(wire) - offset != 20:
        raise InvalidRdata("An SOA record is two names and 20 bytes.")
    return " ".join([mname, rname, *map(str, struct.unpack_from("!IIIII", wire, offset))])


TYPE = RecordType("SOA", 6, encode, decode)
