# SPDX-License-Identifier: Apache-2.0
"""SOA queries and their answers: which version of a zone a server serves (RFC 1035 section 4).

Only what a poll needs is read: who answers what, with which rcode, with authority or not, and the
serial.
"""

import struct
from dataclasses import dataclass

from designate.wire import numbers

_HEADER = struct.Struct("!HHHHHH")
_RR = struct.Struct("!HHIH")
_SERIAL = struct.Struct("!I")
_QR, _AA, _TC, _OPCODE, _RCODE = 0x8000, 0x0400, 0x0200, 0x7800, 0x000F
_POINTER = 0xC0
_MAX_POINTERS = 64
_MAX_NAME = 255


class BadMessage(ValueError):
    """The bytes are not an answer to one SOA query."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: `serial` is that of a SOA record owned by the zone, None without one."""

    message_id: int
    question: bytes
    rcode: int
    authoritative: bool
    truncated: bool
    serial: int | None


def request(message_id: int, asked: bytes) -> bytes:
    """A query without recursion for a question in wire form."""
    return _HEADER.pack(message_id, 0, 1, 0, 0, 0) + asked


def read_answer(message: bytes) -> Answer:
    """Read the answer to a query; raises BadMessage.

    The question is returned in lower case: servers may answer in another case (RFC 4343).
    """
    try:
        message_id, flags, questions, answers, _, _ = _HEADER.unpack_from(message)
        if not flags & _QR or flags & _OPCODE or questions > 1:
            raise BadMessage("not an answer to a query")
        end = _skip_name(message, 12) + 4 if questions else 12
        return Answer(
            message_id=message_id,
            question=message[12:end].lower(),
            rcode=flags & _RCODE,
            authoritative=bool(flags & _AA),
            truncated=bool(flags & _TC),
            serial=_find_serial(message, end, answers) if questions else None,
        )
    except (struct.error, IndexError) as error:
        raise BadMessage("cut off") from error


def _find_serial(message: bytes, offset: int, records: int) -> int | None:
    zone = _name(message, 12)
    for _ in range(records):
        owner, offset = offset, _skip_name(message, offset)
        rdtype, rdclass, _, length = _RR.unpack_from(message, offset)
        offset += _RR.size
        is_soa = (rdtype, rdclass) == (numbers.SOA, numbers.IN)
        if is_soa and _name(message, owner) == zone:
            after_names = _skip_name(message, _skip_name(message, offset))
            serial: int = _SERIAL.unpack_from(message, after_names)[0]
            return serial
        offset += length
    return None


def _skip_name(message: bytes, offset: int) -> int:
    while length := message[offset]:
        if length >= _POINTER:
            return offset + 2
        offset += 1 + length
    return offset + 1


def _name(message: bytes, offset: int) -> bytes:
    labels = []
    pointers = size = 0
    while length := message[offset]:
        if length >= _POINTER:
            pointers += 1
            if pointers > _MAX_POINTERS:
                raise BadMessage("compression loop")
            offset = (length & 0x3F) << 8 | message[offset + 1]
            continue
        size += 1 + length
        if size > _MAX_NAME:
            raise BadMessage("a name is too long")
        labels.append(message[offset : offset + 1 + length])
        offset += 1 + length
    return b"".join(labels).lower()
