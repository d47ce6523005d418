# SPDX-License-Identifier: Apache-2.0
"""CERT: a certificate or CRL (RFC 4398)."""

import base64
import struct
from collections.abc import Mapping
from types import MappingProxyType

from designate.rdata.base import InvalidRdata, RecordType, base64_data, number, within_limit
from designate.rdata.charstrings import utf8

#: RFC 4398 section 2.1.
CERTIFICATES: Mapping[str, int] = MappingProxyType(
    {
        "PKIX": 1,
        "SPKI": 2,
        "PGP": 3,
        "IPKIX": 4,
        "ISPKI": 5,
        "IPGP": 6,
        "ACPKIX": 7,
        "IACPKIX": 8,
        "URI": 253,
        "OID": 254,
    }
)
#: DNS security algorithm numbers (IANA registry).
ALGORITHMS: Mapping[str, int] = MappingProxyType(
    {
        "RSAMD5": 1,
        "DH": 2,
        "DSA": 3,
        "RSASHA1": 5,
        "DSA-NSEC3-SHA1": 6,
        "RSASHA1-NSEC3-SHA1": 7,
        "RSASHA256": 8,
        "RSASHA512": 10,
        "ECC-GOST": 12,
        "ECDSAP256SHA256": 13,
        "ECDSAP384SHA384": 14,
        "ED25519": 15,
        "ED448": 16,
        "INDIRECT": 252,
        "PRIVATEDNS": 253,
        "PRIVATEOID": 254,
    }
)
_MNEMONICS = {value: mnemonic for mnemonic, value in CERTIFICATES.items()}


def encode(text: str) -> bytes:
    """Render ``<type> <key tag> <algorithm> <base64>``; the base64 may be in several pieces."""
    utf8(text)
    parts = text.split(" ", 3)
    if len(parts) < 4:
        raise InvalidRdata("Expected <type> <key tag> <algorithm> <certificate> (RFC 4398).")
    kind, key_tag, algorithm, certificate = parts
    head = struct.pack(
        "!HHB",
        CERTIFICATES[kind] if kind in CERTIFICATES else number(kind, 65535, "certificate type"),
        number(key_tag, 65535, "key tag"),
        ALGORITHMS[algorithm] if algorithm in ALGORITHMS else number(algorithm, 255, "algorithm"),
    )
    return within_limit(head + base64_data(certificate, "certificate"))


def decode(wire: bytes) -> str:
    """Render the four fields: the type by mnemonic, the algorithm by number."""
    if len(wire) < 6:
        raise InvalidRdata("A CERT record is five bytes and a certificate.")
    kind, key_tag, algorithm = struct.unpack_from("!HHB", wire)
    certificate = base64.b64encode(wire[5:]).decode("ascii")
    return f"{_MNEMONICS.get(kind, kind)} {key_tag} {algorithm} {certificate}"


TYPE = RecordType("CERT", 37, encode, decode)
