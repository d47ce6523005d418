# SPDX-License-Identifier: Apache-2.0
"""TSIG records (RFC 8945): as found in a request, and the unsigned one that tells an error."""

import struct
from dataclasses import dataclass
from typing import Any

from designate.wire import numbers

_HEAD = struct.Struct("!HHIH")
_ANY_CLASS = 255
_ERRORS = struct.Struct("!HHH")


@dataclass(frozen=True, slots=True)
class Tsig:
    """The key a request names; key and algorithm are wire names in lower case."""

    key: bytes
    algorithm: bytes
    time_signed: int
    fudge: int
    original_id: int

    @classmethod
    def of(cls, rrset: Any) -> "Tsig":
        """From dnspython's RRset of a message."""
        rdata = rrset[0]
        return cls(
            key=rrset.name.to_wire().lower(),
            algorithm=rdata.algorithm.to_wire().lower(),
            time_signed=rdata.time_signed,
            fudge=rdata.fudge,
            original_id=rdata.original_id,
        )


def unsigned(tsig: Tsig, error: int) -> bytes:
    """The record that answers `tsig` with `error`: no MAC, its time returned (section 5.3.2)."""
    rdata = b"".join(
        (
            tsig.algorithm,
            tsig.time_signed.to_bytes(6),
            tsig.fudge.to_bytes(2),
            b"\0\0",
            _ERRORS.pack(tsig.original_id, error, 0),
        )
    )
    return tsig.key + _HEAD.pack(numbers.TSIG, _ANY_CLASS, 0, len(rdata)) + rdata
