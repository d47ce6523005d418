# SPDX-License-Identifier: Apache-2.0
"""SVCB: an endpoint and how to speak to it (RFC 9460; for DNS servers RFC 9461)."""

import re
import struct
from collections.abc import Mapping, Sequence

from designate.rdata import names, svcparams, targets
from designate.rdata.base import InvalidRdata, RecordType, number, within_limit
from designate.rdata.charstrings import parse, quote, split_fields

_BARE = re.compile(rb"[A-Za-z0-9_.:/+={}?*&,-]+")
#: Protocols that run DNS over HTTP and so need a dohpath (RFC 9461 section 5).
_HTTP = frozenset({b"h2", b"h3"})


def encode(text: str) -> bytes:
    """Render ``<priority> <target> [key[=value] ...]``, the case of the target kept."""
    parts = split_fields(text)
    if len(parts) < 2:
        raise InvalidRdata("Expected <priority> <target> [key=value ...] (RFC 9460).")
    priority = number(parts[0], 65535, "priority")
    target = parts[1]
    if target != "." and not names.is_domain(target):
        raise InvalidRdata(names.domain_fault(target))
    wire = [
        struct.pack("!HH", key, len(value)) + value
        for key, value in sorted(_params(parts[2:]).items())
    ]
    return within_limit(priority.to_bytes(2, "big") + names.to_wire(target) + b"".join(wire))


def _params(tokens: list[str]) -> dict[int, bytes]:
    params: dict[int, bytes] = {}
    for token in tokens:
        name, equals, quoted = token.partition("=")
        key = svcparams.key_number(name)
        if key in params:
            raise InvalidRdata(f"The key {name} is given twice (RFC 9460 section 2.1).")
        if "\\" in quoted and name in svcparams.WITHOUT_ESCAPES:
            raise InvalidRdata(f"The value of {name} must not hold a backslash (RFC 9460).")
        value = parse(quoted) if quoted else b""
        params[key] = within_limit(svcparams.encode_value(name, value))
    _check(params)
    return params


def _check(params: Mapping[int, bytes]) -> None:
    if svcparams.NO_DEFAULT_ALPN in params and svcparams.ALPN not in params:
        raise InvalidRdata("no-default-alpn needs alpn (RFC 9460 section 7.1.1).")
    if svcparams.MANDATORY in params:
        for key in svcparams.mandatory_keys(params[svcparams.MANDATORY]):
            if key not in params:
                raise InvalidRdata(
                    f"{svcparams.key_name(key)} is mandatory but absent (RFC 9460 section 8)."
                )


def decode(wire: bytes) -> str:
    """Render priority, target and parameters, values in quotes where they need them."""
    priority, target, params = _read(wire)
    return " ".join([str(priority), target, *(_text(*param) for param in params.items())])


def _read(wire: bytes) -> tuple[int, str, dict[int, bytes]]:
    target, offset = targets.read(wire, 2)
    params: dict[int, bytes] = {}
    last = -1
    while offset < len(wire):
        key = int.from_bytes(wire[offset : offset + 2], "big")
        start = offset + 4
        offset = start + int.from_bytes(wire[offset + 2 : start], "big")
        if key <= last or start > len(wire) or offset > len(wire):
            raise InvalidRdata("Keys must rise and values end in the rdata (RFC 9460 section 2.2).")
        params[key] = wire[start:offset]
        last = key
    _check(params)
    return int.from_bytes(wire[:2], "big"), target, params


def _text(key: int, wire: bytes) -> str:
    name = svcparams.key_name(key)
    value = svcparams.decode_value(key, wire)
    if not value:
        return name
    return f"{name}={value.decode('ascii') if _BARE.fullmatch(value) else quote(value)}"


def check_set(owner: str, texts: Sequence[str]) -> None:
    """Refuse a record of a DNS server (owner with ``_dns``) without alpn or a needed dohpath."""
    if "_dns" not in map(str.lower, names.labels(owner)):
        return
    for text in texts:
        priority, _, params = _read(encode(text))
        if priority == 0:
            continue
        if svcparams.ALPN not in params:
            raise InvalidRdata("A DNS server's SVCB needs alpn (RFC 9461 section 4.1).")
        if svcparams.DOHPATH not in params and not _HTTP.isdisjoint(
            svcparams.protocols(params[svcparams.ALPN])
        ):
            raise InvalidRdata("alpn h2 or h3 of a DNS server needs dohpath (RFC 9461 section 5).")


TYPE = RecordType("SVCB", 64, encode, decode, check_set)
