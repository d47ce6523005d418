# SPDX-License-Identifier: Apache-2.0
"""Ordinary lines of master files, which are nearly all: one record on one line, nothing rare in it.

Each text that is made here is the one that dnspython makes. Where a form is rare or wrong, None
says that dnspython shall read it.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.ttl

from designate.rdata import TYPES, a, aaaa
from designate.rdata.base import InvalidRdata
from designate.rdata.charstrings import MAX_STRING, quote, unescape

_TTL = r"([0-9]{1,10}|[0-9][0-9wdhmsWDHMS]{1,20})"
_NAME = r"(?:[0-9A-Za-z_*/+-]{1,63}\.)*(?:[0-9A-Za-z_*/+-]{1,63}\.?|@)"
QUOTED = r'"(?:[^"\\\r\n]++|\\[^\r\n])*+"'
_BARE = r"[!#-'*-:<-\[\]-~]++"
_STRING = rf"(?:{QUOTED}|{_BARE})"
_TOKEN = rf"(?:{QUOTED}|{_BARE}(?:{QUOTED})?+)"
LINE = re.compile(
    rf"(?:({_NAME})?[ \t]+"
    rf"(?:{_TTL}[ \t]+(?:[Ii][Nn][ \t]+)?|[Ii][Nn][ \t]+(?:{_TTL}[ \t]+)?)?"
    rf"([A-Za-z]+)[ \t]+({_TOKEN}(?:[ \t]+{_TOKEN})*+))?"
    r"[ \t]*(?:;[^\r\n]*)?\r?\n"
)
"""A line: owner, TTL, TTL behind the class, type, rdata; or blank, or a comment."""
_MAX_NAME = 254
"""Characters of a name with its final dot and without escapes: 255 bytes on the wire."""
_MAX_TTL_TEXTS = 1024

_one_name = re.compile(_NAME).fullmatch
_mx = re.compile(rf"([0-9]{{1,5}})[ \t]+({_NAME})").fullmatch
_srv = re.compile(
    rf"([0-9]{{1,5}})[ \t]+([0-9]{{1,5}})[ \t]+([0-9]{{1,5}})[ \t]+({_NAME})"
).fullmatch
_caa = re.compile(rf"([0-9]{{1,3}})[ \t]+([0-9A-Za-z]{{1,255}})[ \t]+({_STRING})").fullmatch
_sshfp = re.compile(
    r"([0-9]{1,3})[ \t]+(?:(1)[ \t]+([0-9A-Fa-f]{40})|(2)[ \t]+([0-9A-Fa-f]{64}))"
).fullmatch
_binding = re.compile(rf"([0-9]{{1,5}})[ \t]+({_NAME}|\.)((?:[ \t]+.*)?)", re.DOTALL).fullmatch
_V6_GROUP = "(?:0|[1-9a-f][0-9a-f]{0,3})"
_canonical_address = re.compile(
    rf"(?!(?:.*:)?0:[0:])(?!.*::0){_V6_GROUP}"
    rf"(?:(?::{_V6_GROUP}){{7}}|(?=(?:[^:]*:){{2,6}}[^:]+$)(?::{_V6_GROUP})*::{_V6_GROUP}(?::{_V6_GROUP})*)"
).fullmatch
"""Usual addresses as RFC 5952 writes them: with 8 groups, or with :: for two zeros or more."""
_hex_groups = re.compile(r"[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4})+(?:::)?").fullmatch
_strings = re.compile(_STRING).findall
_only_strings = re.compile(rf"{_STRING}(?:[ \t]+{_STRING})*+").fullmatch
_tokens = re.compile(_TOKEN).findall
_simple_string = re.compile(r'"[ !#-\[\]-~]*"').fullmatch

Absolute = Callable[[str], str | None]
"""A name of the file made absolute; None where it is too long."""


@lru_cache(_MAX_TTL_TEXTS)
def seconds(text: str) -> int | None:
    """A TTL, perhaps with units (1h30m); None where it is none."""
    try:
        return dns.ttl.from_text(text)
    except dns.ttl.BadTTL:
        return None


class Names:
    """Makes the names of a file absolute that stand below one $ORIGIN."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._suffix = "." if origin == "." else f".{origin}"

    def absolute(self, text: str) -> str | None:
        """See Absolute; `text` consists of ordinary labels."""
        if text[-1] == ".":
            name = text
        elif text == "@":
            return self.origin
        else:
            name = text + self._suffix
        return name if len(name) <= _MAX_NAME else None


def _a(text: str, _absolute: Absolute) -> str | None:
    try:
        a.encode(text)
    except InvalidRdata:
        return None
    return text


def _aaaa(text: str, _absolute: Absolute) -> str | None:
    if _canonical_address(text):
        return text
    if not _hex_groups(text):
        return None
    try:
        address = aaaa.decode(aaaa.encode(text))
    except InvalidRdata:
        return None
    # Those that hold an IPv4 address have more than one usual form.
    return None if address.startswith("::") else address


def _name(text: str, absolute: Absolute) -> str | None:
    return absolute(text) if _one_name(text) else None


def _mail_exchange(text: str, absolute: Absolute) -> str | None:
    found = _mx(text)
    return found and _numbered(found, absolute)


def _service(text: str, absolute: Absolute) -> str | None:
    found = _srv(text)
    return found and _numbered(found, absolute)


def _numbered(found: re.Match[str], absolute: Absolute) -> str | None:
    *digits, target = found.groups()
    numbers = list(map(int, digits))
    name = absolute(target)
    if name is None or max(numbers) > 65535:
        return None
    return f"{' '.join(map(str, numbers))} {name}"


def _text(text: str, _absolute: Absolute) -> str | None:
    if len(text) <= MAX_STRING and _simple_string(text):
        return text
    if not _only_strings(text):
        return None
    strings = [_canonical(string) for string in _strings(text)]
    found = [string for string in strings if string is not None]
    return " ".join(found) if len(found) == len(strings) else None


def _canonical(string: str) -> str | None:
    try:
        data = unescape((string[1:-1] if string[0] == '"' else string).encode())
    except InvalidRdata:
        return None
    return quote(data) if len(data) <= MAX_STRING else None


def _authority(text: str, _absolute: Absolute) -> str | None:
    found = _caa(text)
    value = found and _canonical(found[3])
    if not found or value is None or int(found[1]) > 255:
        return None
    return f"{int(found[1])} {found[2]} {value}"


def _fingerprint(text: str, _absolute: Absolute) -> str | None:
    found = _sshfp(text)
    if not found or int(found[1]) > 255:
        return None
    return f"{int(found[1])} {found[2] or found[4]} {(found[3] or found[5]).lower()}"


def _service_binding(rtype: str) -> Callable[[str, Absolute], str | None]:
    kind = TYPES[rtype]

    def read(text: str, absolute: Absolute) -> str | None:
        found = _binding(text)
        target = found and (found[2] if found[2] == "." else absolute(found[2]))
        if not found or not target:
            return None
        whole = f"{int(found[1])} {target}{found[3]}"
        try:
            return dns.rdata.from_text(dns.rdataclass.IN, rtype, whole).to_text()
        except dns.exception.DNSException:
            pass
        # It knows fewer parameters than the API takes.
        try:
            return kind.decode(kind.encode(" ".join(_tokens(whole))))
        except InvalidRdata:
            return None

    return read


Read = Callable[[str, Absolute], str | None]
READERS: Mapping[str, tuple[str, Read]] = MappingProxyType(
    {
        spelling: (rtype, read)
        for rtype, read in {
            "A": _a,
            "AAAA": _aaaa,
            "CAA": _authority,
            "CNAME": _name,
            "HTTPS": _service_binding("HTTPS"),
            "MX": _mail_exchange,
            "NS": _name,
            "PTR": _name,
            "SPF": _text,
            "SRV": _service,
            "SSHFP": _fingerprint,
            "SVCB": _service_binding("SVCB"),
            "TXT": _text,
        }.items()
        for spelling in (rtype, rtype.lower())
    }
)
"""Type by its usual spellings, and what makes its rdata canonical."""
