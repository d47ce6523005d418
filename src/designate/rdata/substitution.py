# SPDX-License-Identifier: Apache-2.0
"""The substitution expression of NAPTR (RFC 3402 section 3.2): ``!<POSIX ERE>!<repl>!i``.

Name servers compile it when they load or transfer a zone and refuse the whole zone when it is
broken, so what POSIX leaves undefined is refused here.
"""

import re

from designate.rdata.base import InvalidRdata

_BACKREFERENCE = re.compile(rb"\\(.)", re.DOTALL)
_CLASS = rb"\[:(?:alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit):\]"
_ONE = rb"(?:[^]\[-]|\[(?![:.=]))"
_LISTED = rb"(?:" + _CLASS + rb"|" + _ONE + rb"-" + _ONE + rb"(?!-[^]])|" + _ONE + rb"(?!-[^]]))"
_BRACKET = rb"\[\^?+(?:\]|-|" + _LISTED + rb")" + _LISTED + rb"*-?\]"
_RANGE = re.compile(rb"(" + _ONE + rb")-(" + _ONE + rb")", re.DOTALL)
_TOKEN = re.compile(
    rb"(?P<open>\()|(?P<close>\))|(?P<either>\|)"
    rb"|(?P<repeat>[*+?]|\{(?P<low>[0-9]{1,3})(?:,(?P<high>[0-9]{0,3}))?\})"
    rb"|(?P<anchor>[\^$])"
    rb"|(?P<bracket>" + _BRACKET + rb")"
    rb"|(?P<atom>\\[^0-9]|[^\\\[{])",
    re.DOTALL,
)
_COMPLETE = frozenset({"atom", "bracket", "anchor", "close", "repeat"})
#: What each token may follow; the others may stand anywhere.
_MAY_FOLLOW = {
    "repeat": frozenset({"atom", "bracket", "close"}),
    "either": _COMPLETE,
    "close": _COMPLETE,
    "end": _COMPLETE,
}
#: RE_DUP_MAX of POSIX.
_MOST_REPEATS = 255


def check_substitution(value: bytes) -> None:
    """Raise InvalidRdata unless value is empty or a substitution expression."""
    if not value:
        return
    delimiter = value[:1]
    if delimiter in b"0123456789i\\" or b"\0" in value:
        raise InvalidRdata("The delimiter must not be a digit, 'i' or a backslash (RFC 3402 3.2).")
    mark = re.escape(delimiter)
    character = rb"(?:[^\\" + mark + rb"]|\\.)"
    found = re.fullmatch(
        mark + b"(" + character + b"+)" + mark + b"(" + character + b"*)" + mark + b"i?",
        value,
        re.DOTALL,
    )
    if not found:
        raise InvalidRdata("A regexp is !pattern!replacement! and an optional i (RFC 3402 3.2).")
    groups = _groups(found[1].replace(b"\\" + delimiter, delimiter))
    for reference in _BACKREFERENCE.findall(found[2]):
        if reference.isdigit() and not 1 <= int(reference) <= groups:
            raise InvalidRdata("A back-reference names no group of the pattern (RFC 3402 3.2).")


def _groups(pattern: bytes) -> int:
    """Count the groups of an extended regular expression; raise InvalidRdata if it is broken."""
    groups = depth = offset = 0
    previous = "open"
    while depth >= 0:
        kind, offset = _token(pattern, offset)
        if kind in _MAY_FOLLOW and previous not in _MAY_FOLLOW[kind]:
            raise InvalidRdata("An operator of the pattern has nothing to work on (POSIX ERE).")
        if kind == "end":
            break
        groups += kind == "open"
        depth += (kind == "open") - (kind == "close")
        previous = kind
    if depth:
        raise InvalidRdata("The parentheses of the pattern are not balanced.")
    return groups


def _token(pattern: bytes, offset: int) -> tuple[str, int]:
    if offset == len(pattern):
        return "end", offset
    found = _TOKEN.match(pattern, offset)
    if not found or not found.lastgroup:
        raise InvalidRdata("The pattern has an unclosed bracket or brace, or a bad escape.")
    low, high = int(found["low"] or 0), int(found["high"] or _MOST_REPEATS)
    if not low <= high <= _MOST_REPEATS:
        raise InvalidRdata("The bounds of a repetition must rise and stay below 256 (POSIX ERE).")
    if any(first > last for first, last in _RANGE.findall(found["bracket"] or b"")):
        raise InvalidRdata("The ends of a range must rise (POSIX ERE).")
    return found.lastgroup, found.end()
