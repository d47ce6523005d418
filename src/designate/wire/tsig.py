# SPDX-License-Identifier: Apache-2.0
"""TSIG (RFC 8945): keys, requests that prove one, answers that are signed or say why not.

No MAC is taken that is shorter than its hash. BADTRUNC says so, in deviation from section 5.2,
before the MAC is proved as far as it goes, and so without a signature.
"""

import binascii
import struct
import time
from dataclasses import dataclass
from typing import Any, Protocol

import dns.exception
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TSIG
import dns.tsig

from designate.wire import numbers

# dnspython does not tell their types.
_rdata: Any = dns.rdtypes.ANY.TSIG.TSIG
_sign: Any = dns.tsig.sign

Key = dns.tsig.Key
"""Name, secret and algorithm, as dnspython has them."""

FUDGE = 300
"""Seconds that the clocks of two sides may be apart (section 10)."""
_ALGORITHMS = {"hmac-md5": dns.tsig.HMAC_MD5}
"""Those whose name in the API is not their name in DNS."""
_HEAD = struct.Struct("!HHIH")
_ERRORS = struct.Struct("!HHH")
_TIME = 6
_FIXED = _HEAD.size + _TIME + 2 + 2 + _ERRORS.size
"""Bytes of the record beside its name, algorithm, MAC and other data."""
_ADDITIONALS = slice(10, 12)


class BadKey(ValueError):
    """Name, algorithm or secret cannot be those of a key; the message says which."""


def key(name: str, algorithm: str, secret: str) -> Key:
    """A key as an administrator entered it, its secret in base64; raises BadKey."""
    named = _ALGORITHMS.get(algorithm.lower()) or dns.name.from_text(algorithm.lower())
    if named not in dns.tsig.mac_sizes or named == dns.tsig.GSS_TSIG:
        raise BadKey(f"no algorithm {algorithm}")
    try:
        return Key(dns.name.from_text(name), secret, named)
    except binascii.Error:
        raise BadKey("the secret is not base64") from None
    except dns.exception.DNSException as error:
        raise BadKey(f"no name: {error}") from None


def key_name(found: Key) -> bytes:
    """The name of a key as `Tsig.key` has it."""
    return _digestable(found.name)


@dataclass(frozen=True, slots=True)
class Tsig:
    """The key a request names, and its proof; key and algorithm are wire names in lower case."""

    key: bytes
    algorithm: bytes
    time_signed: int
    fudge: int
    original_id: int
    mac: bytes = b""

    @classmethod
    def of(cls, rrset: Any) -> "Tsig":
        """From dnspython's RRset of a message."""
        rdata = rrset[0]
        return cls(
            key=_digestable(rrset.name),
            algorithm=_digestable(rdata.algorithm),
            time_signed=rdata.time_signed,
            fudge=rdata.fudge,
            original_id=rdata.original_id,
            mac=rdata.mac,
        )


def verify(data: bytes, request: Tsig, known: Key) -> int:
    """The error of a request that names a known key, NOERROR when it proves it (section 5.2)."""
    if request.algorithm != _digestable(known.algorithm):
        return numbers.BADKEY
    if len(request.mac) < dns.tsig.mac_sizes[known.algorithm]:
        return numbers.BADTRUNC
    try:
        dns.message.from_wire(data, keyring=known)
    except dns.tsig.BadTime:
        return numbers.BADTIME
    except dns.exception.DNSException:
        return numbers.BADSIG
    return numbers.NOERROR


class Signature(Protocol):
    """What goes at the end of each message of an answer."""

    @property
    def size(self) -> int:
        """Bytes that it adds to a message."""

    def sign(self, data: bytes) -> bytes:
        """The message with it; messages of one answer in their order."""


class Signer:
    """Signs the messages that answer a verified request, each over the one before (5.3.1).

    With an `error` of BADTIME the answer tells both clocks (section 5.2.3).
    """

    def __init__(self, known: Key, request: Tsig, error: int = numbers.NOERROR) -> None:
        self._key = known
        self._request = request
        self._error = error
        self._context: Any = None
        other = _TIME if error == numbers.BADTIME else 0
        mac = dns.tsig.mac_sizes[known.algorithm]
        self.size = len(request.key) + len(request.algorithm) + _FIXED + mac + other

    def sign(self, data: bytes) -> bytes:
        """See `Signature`."""
        now = int(time.time())
        late = self._error == numbers.BADTIME
        told = _rdata(
            dns.rdataclass.ANY,
            dns.rdatatype.TSIG,
            self._key.algorithm,
            now,
            FUDGE,
            b"",
            self._request.original_id,
            self._error,
            now.to_bytes(_TIME) if late else b"",
        )
        time_signed = self._request.time_signed if late else now
        told, self._context = _sign(
            data, self._key, told, time_signed, self._request.mac, self._context, multi=True
        )
        return _with_record(data, _record(self._request.key, told.to_wire()))


class Unsigned:
    """Tells that the key of a request is not known, or its proof wrong: no MAC (section 5.3.2)."""

    def __init__(self, request: Tsig, error: int) -> None:
        self._record = unsigned(request, error)
        self.size = len(self._record)

    def sign(self, data: bytes) -> bytes:
        """See `Signature`."""
        return _with_record(data, self._record)


def unsigned(tsig: Tsig, error: int) -> bytes:
    """The record that answers `tsig` with `error`: no MAC, its time returned (section 5.3.2)."""
    rdata = b"".join(
        (
            tsig.algorithm,
            tsig.time_signed.to_bytes(_TIME),
            tsig.fudge.to_bytes(2),
            b"\0\0",
            _ERRORS.pack(tsig.original_id, error, 0),
        )
    )
    return _record(tsig.key, rdata)


def _record(owner: bytes, rdata: bytes) -> bytes:
    return owner + _HEAD.pack(numbers.TSIG, dns.rdataclass.ANY, 0, len(rdata)) + rdata


def _with_record(data: bytes, record: bytes) -> bytes:
    additionals = int.from_bytes(data[_ADDITIONALS]) + 1
    return b"".join((data[:10], additionals.to_bytes(2), data[12:], record))


def _digestable(name: dns.name.Name) -> bytes:
    wire: bytes = name.to_digestable()
    return wire
