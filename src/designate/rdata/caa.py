# SPDX-License-Identifier: Apache-2.0
"""CAA: which authority may issue certificates (RFC 8659, issuemail RFC 9495)."""

import re

from designate.rdata import names
from designate.rdata.base import InvalidRdata, RecordType, canonical_number, within_limit
from designate.rdata.charstrings import parse, quote, unescape, utf8

_TAG = re.compile(r"[a-z0-9]{1,255}")
_WIRE_TAG = re.compile(rb"[A-Za-z0-9]+")
_ISSUER_TAGS = frozenset({"issue", "issuewild", "issuemail", "issuevmc"})
#: RFC 8659 section 4.2, without a check of what follows "key=".
_PARAMETER = re.compile(rb"[ \t]*(?:[A-Za-z0-9][A-Za-z0-9_-]*[ \t]*=[\t -~]*)?")
_MAILTO = re.compile(rb"mailto:[!#-\'*+./0-9=A-Z^_`a-z{|}~?-]+@([A-Za-z0-9_.-]+)(?:\?[!-~]*)?")
_URL = re.compile(
    rb"https?://(?:[!-.0-;=A-Z_a-z~]*@)?(?:([A-Za-z0-9_.-]+)|\[[0-9A-Fa-f:.]+\])"
    rb"(?::[0-9]*)?(?:[/?#][!-~]*)?"
)


def encode(text: str) -> bytes:
    """Render ``<flags> <tag> <value>``; the value is one quoted string or the rest of the text."""
    parts = text.split(" ", 2)
    if len(parts) < 3 or not parts[2]:
        raise InvalidRdata("Expected <flags> <tag> <value> (RFC 8659 section 4.1).")
    flags = canonical_number(parts[0], 255, "flags")
    tag = parts[1]
    if not _TAG.fullmatch(tag):
        raise InvalidRdata("A tag is lower-case letters and digits (RFC 8659 section 4.1).")
    value = _value(parts[2])
    _check(tag, value)
    return within_limit(bytes((flags, len(tag))) + tag.encode("ascii") + value)


def _value(text: str) -> bytes:
    if text.startswith('"'):
        return parse(text)
    if '"' in text.replace('\\"', ""):
        raise InvalidRdata("Quotes must enclose the whole value.")
    return unescape(utf8(text))


def _check(tag: str, value: bytes) -> None:
    if tag in _ISSUER_TAGS:
        issuer, *parameters = value.split(b";")
        issuer = issuer.strip(b" \t")
        if issuer and not _is_host(issuer):
            raise InvalidRdata(f"The value of {tag} starts with a domain name without final dot.")
        if not all(map(_PARAMETER.fullmatch, parameters)):
            raise InvalidRdata("A parameter is key=value (RFC 8659 section 4.2).")
    elif tag == "iodef":
        found = _MAILTO.fullmatch(value) or _URL.fullmatch(value)
        if not found or (found[1] is not None and not _is_host(found[1])):
            raise InvalidRdata("iodef takes a mailto:, http: or https: URL (RFC 8659 section 4.4).")


def _is_host(name: bytes) -> bool:
    return name.isascii() and names.is_domain(name.decode("ascii") + ".")


def decode(wire: bytes) -> str:
    """Render the three fields, the value quoted."""
    tag = wire[2 : 2 + wire[1]] if len(wire) > 2 else b""
    if not _WIRE_TAG.fullmatch(tag) or len(tag) != wire[1]:
        raise InvalidRdata("A CAA record is flags, a tag of letters and digits, and a value.")
    return f"{wire[0]} {tag.decode('ascii')} {quote(wire[2 + len(tag) :])}"


TYPE = RecordType("CAA", 257, encode, decode)
