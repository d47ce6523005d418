# SPDX-License-Identifier: Apache-2.0
"""SRV: the host and port of a service (RFC 2782); target ``.`` says that there is none."""

import struct

from designate.rdata import targets
from designate.rdata.base import InvalidRdata, RecordType, fields, number


def encode(text: str) -> bytes:
    """Render ``<priority> <weight> <port> <target>``."""
    priority, weight, port, target = fields(text, "<priority> <weight> <port> <target>")
    return struct.pack(
        "!HHH",
        number(priority, 65535, "priority"),
        number(weight, 65535, "weight"),
        number(port, 65535, "port"),
    ) + targets.encode_domain_or_root(target)


def decode(wire: bytes) -> str:
    """Render the four fields."""
    if len(wire) < 7:
        raise InvalidRdata("An SRV record is six bytes and a name.")
    priority, weight, port = struct.unpack_from("!HHH", wire)
    return f"{priority} {weight} {port} {targets.read_last(wire, 6)}"


TYPE = RecordType("SRV", 33, encode, decode)
