# SPDX-License-Identifier: Apache-2.0
"""NAPTR: a rewriting rule of DDDS (RFC 3403)."""

import re
import struct

from designate.rdata import targets
from designate.rdata.base import InvalidRdata, RecordType, number
from designate.rdata.charstrings import parse, quote, read, short, split_fields
from designate.rdata.substitution import check_substitution

_FLAGS = re.compile(rb"[APSUapsu]*")
#: RFC 6116 section 3.4.3 (E2U+sip, E2U+email:mailto) and RFC 3958 section 6.5
#: (aaa+ap1:diameter.tls.tcp, x-eduroam:radius.tls).
_SERVICE = re.compile(rb"(?:[A-Za-z][A-Za-z0-9.-]*(?:[+:][A-Za-z0-9][A-Za-z0-9.-]*)*)?")


def encode(text: str) -> bytes:
    """Render ``<order> <preference> <flags> <service> <regexp> <replacement>``."""
    parts = split_fields(text)
    if len(parts) != 6:
        raise InvalidRdata(
            "Expected <order> <preference> <flags> <service> <regexp> <replacement> (RFC 3403)."
        )
    order = number(parts[0], 65535, "order")
    preference = number(parts[1], 65535, "preference")
    flags, service, regexp = map(parse, parts[2:5])
    if not _FLAGS.fullmatch(flags):
        raise InvalidRdata("Flags are any of A, P, S and U (RFC 3404 section 4.3).")
    if not _SERVICE.fullmatch(service):
        raise InvalidRdata("A service is words that begin with a letter, joined by '+' or ':'.")
    check_substitution(regexp)
    strings = b"".join(map(short, (flags, service, regexp)))
    replacement = targets.encode_domain_or_root(parts[5])
    return struct.pack("!HH", order, preference) + strings + replacement


def decode(wire: bytes) -> str:
    """Render the six fields, the three strings quoted."""
    if len(wire) < 8:
        raise InvalidRdata("A NAPTR record is four bytes, three strings and a name.")
    order, preference = struct.unpack_from("!HH", wire)
    strings = []
    offset = 4
    for _ in range(3):
        data, offset = read(wire, offset)
        strings.append(quote(data))
    return f"{order} {preference} {' '.join(strings)} {targets.read_last(wire, offset)}"


TYPE = RecordType("NAPTR", 35, encode, decode)
