# SPDX-License-Identifier: Apache-2.0
"""The parameters of SVCB and HTTPS (RFC 9460 sections 2.1 and 7, RFC 9461, RFC 9540).

A parameter's value passes two layers of text: the character-string (quotes, escapes) is resolved
in svcb.py; here values are bytes without them.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from designate.rdata import a, aaaa
from designate.rdata.base import InvalidRdata, base64_data, number
from designate.rdata.charstrings import read, short

#: Keys whose text must not hold escapes (RFC 9460 sections 7.2, 7.3 and 8, RFC 9848 section 4).
WITHOUT_ESCAPES = frozenset({"mandatory", "port", "ipv4hint", "ech", "ipv6hint"})
MANDATORY, ALPN, NO_DEFAULT_ALPN, DOHPATH = 0, 1, 2, 7
#: Reserved as an invalid key (RFC 9460 section 14.3.2).
_INVALID_KEY = 65535

_GENERIC = re.compile(r"key(0|[1-9][0-9]{0,4})")
_LIST_ITEM = re.compile(rb"(?:[^,\\]|\\[,\\])+", re.DOTALL)
_LIST = re.compile(rb"(?:[^,\\]|\\[,\\])+(?:,(?:[^,\\]|\\[,\\])+)*", re.DOTALL)
_LIST_ESCAPE = re.compile(rb"\\([,\\])")
_LIST_SPECIAL = re.compile(rb"[,\\]")
#: RFC 6570 section 2.3, less dots and percent-encoding, which name servers read differently.
_VARIABLE = r"[A-Za-z0-9_]+(?::[1-9][0-9]{0,3}|\*)?"
_EXPRESSION = re.compile(rf"\{{[+#./;?&]?({_VARIABLE}(?:,{_VARIABLE})*)\}}")
_BROKEN_LITERAL = re.compile(r"[{}]|%(?![0-9A-Fa-f]{2})")
_MODIFIER = re.compile(r":[0-9]+|\*")


@dataclass(frozen=True, slots=True)
class Param:
    """One registered parameter: value text to wire and back, without quoting."""

    name: str
    number: int
    encode: Callable[[bytes], bytes]
    decode: Callable[[bytes], bytes]


def _flag(value: bytes) -> bytes:
    if value:
        raise InvalidRdata("This parameter takes no value.")
    return b""


def _ascii(value: bytes) -> str:
    if not value.isascii():
        raise InvalidRdata("This parameter's value must be ASCII.")
    return value.decode("ascii")


def _encode_alpn(value: bytes) -> bytes:
    if not _LIST.fullmatch(value):
        raise InvalidRdata("alpn takes protocol ids separated by commas (RFC 9460 section 7.1.1).")
    return b"".join(
        short(_LIST_ESCAPE.sub(rb"\1", protocol)) for protocol in _LIST_ITEM.findall(value)
    )


def _decode_alpn(wire: bytes) -> bytes:
    return b",".join(_LIST_SPECIAL.sub(rb"\\\g<0>", protocol) for protocol in protocols(wire))


def protocols(wire: bytes) -> list[bytes]:
    """Split the wire value of alpn into its protocol ids, at least one, none empty."""
    found = []
    offset = 0
    while offset < len(wire):
        protocol, offset = read(wire, offset)
        found.append(protocol)
    if not all(found) or not found:
        raise InvalidRdata("alpn must hold non-empty protocol ids (RFC 9460 section 7.1.1).")
    return found


def _encode_port(value: bytes) -> bytes:
    return number(_ascii(value), 65535, "port").to_bytes(2, "big")


def _decode_port(wire: bytes) -> bytes:
    if len(wire) != 2:
        raise InvalidRdata("port is two bytes (RFC 9460 section 7.2).")
    return b"%d" % int.from_bytes(wire, "big")


def _encode_ipv4hint(value: bytes) -> bytes:
    return b"".join(map(a.encode, _ascii(value).split(",")))


def _decode_ipv4hint(wire: bytes) -> bytes:
    return ",".join(map(a.decode, _chunks(wire, 4))).encode("ascii")


def _encode_ipv6hint(value: bytes) -> bytes:
    return b"".join(map(aaaa.encode, _ascii(value).split(",")))


def _decode_ipv6hint(wire: bytes) -> bytes:
    return ",".join(map(aaaa.decode, _chunks(wire, 16))).encode("ascii")


def _chunks(wire: bytes, size: int) -> list[bytes]:
    return [wire[start : start + size] for start in range(0, len(wire), size)] or [b""]


def _encode_ech(value: bytes) -> bytes:
    return base64_data(_ascii(value), "ech value")


def _decode_ech(wire: bytes) -> bytes:
    if not wire:
        raise InvalidRdata("ech must not be empty.")
    return base64.b64encode(wire)


def _dohpath(value: bytes) -> bytes:
    """Check a relative URI template with the variable dns (RFC 9461 section 5, RFC 6570)."""
    try:
        template = value.decode()
    except UnicodeDecodeError:
        raise InvalidRdata("dohpath must be UTF-8 (RFC 9461 section 5).") from None
    variables = [
        _MODIFIER.sub("", variable)
        for expression in _EXPRESSION.findall(template)
        for variable in expression.split(",")
    ]
    literals = _EXPRESSION.sub("", template)
    if template[:1] != "/" or "dns" not in variables or _BROKEN_LITERAL.search(literals):
        raise InvalidRdata("dohpath is a path like /dns-query{?dns} (RFC 9461 section 5).")
    return value


def _encode_mandatory(value: bytes) -> bytes:
    keys = sorted(key_number(key) for key in _ascii(value).split(","))
    return _checked_mandatory(keys)


def _checked_mandatory(keys: list[int]) -> bytes:
    if not keys or MANDATORY in keys or keys != sorted(set(keys)):
        raise InvalidRdata(
            "mandatory takes other keys, each once, in rising order (RFC 9460 section 8)."
        )
    return b"".join(key.to_bytes(2, "big") for key in keys)


def mandatory_keys(wire: bytes) -> list[int]:
    """Split the wire value of mandatory into its keys, rising."""
    keys = [int.from_bytes(pair, "big") for pair in _chunks(wire, 2)]
    if _checked_mandatory(keys) != wire:
        raise InvalidRdata("mandatory is two bytes a key (RFC 9460 section 8).")
    return keys


def _decode_mandatory(wire: bytes) -> bytes:
    return ",".join(map(key_name, mandatory_keys(wire))).encode("ascii")


_REGISTERED = (
    Param("mandatory", MANDATORY, _encode_mandatory, _decode_mandatory),
    Param("alpn", ALPN, _encode_alpn, _decode_alpn),
    Param("no-default-alpn", NO_DEFAULT_ALPN, _flag, _flag),
    Param("port", 3, _encode_port, _decode_port),
    Param("ipv4hint", 4, _encode_ipv4hint, _decode_ipv4hint),
    Param("ech", 5, _encode_ech, _decode_ech),
    Param("ipv6hint", 6, _encode_ipv6hint, _decode_ipv6hint),
    Param("dohpath", DOHPATH, _dohpath, _dohpath),
    Param("ohttp", 8, _flag, _flag),
)
_BY_NAME: Mapping[str, Param] = MappingProxyType({param.name: param for param in _REGISTERED})
_BY_NUMBER: Mapping[int, Param] = MappingProxyType({param.number: param for param in _REGISTERED})


def key_number(name: str) -> int:
    """Return the number of a registered key or of ``keyNNNNN``."""
    if name in _BY_NAME:
        return _BY_NAME[name].number
    generic = _GENERIC.fullmatch(name)
    if generic and int(generic[1]) < _INVALID_KEY:
        return int(generic[1])
    raise InvalidRdata(f"{name[:64]!r} is no parameter; write keyNNNNN (RFC 9460 section 2.1).")


def key_name(key: int) -> str:
    """Return the name of a key."""
    return _BY_NUMBER[key].name if key in _BY_NUMBER else f"key{key}"


def encode_value(name: str, value: bytes) -> bytes:
    """Render a value; under ``keyNNNNN`` it is the wire value itself (RFC 9460 section 2.1)."""
    if name in _BY_NAME:
        return _BY_NAME[name].encode(value)
    decode_value(key_number(name), value)
    return value


def decode_value(key: int, wire: bytes) -> bytes:
    """Return a value's text before quoting; raise InvalidRdata if it is not the key's."""
    return _BY_NUMBER[key].decode(wire) if key in _BY_NUMBER else wire
