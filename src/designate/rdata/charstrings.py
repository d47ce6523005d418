# SPDX-License-Identifier: Apache-2.0
"""Character-strings: RFC 1035 sections 3.3 (wire) and 5.1 (quotes, ``\\X`` and ``\\DDD``).

Text is Unicode and becomes UTF-8; every count here is a count of bytes.
"""

import re

from designate.rdata.base import InvalidRdata, within_limit

#: Longest character-string on the wire, in bytes.
MAX_STRING = 255

_LINE_BREAKING = re.compile(r"[\0\r\n]")
_QUOTED = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_BARE = r'(?:[^ \t"\\]|\\.)+'
_FIELD = rf'(?:[^ \t"\\]|\\.|{_QUOTED})+'
_BARE_STRING = re.compile(_BARE, re.DOTALL)
_QUOTED_STRING = re.compile(_QUOTED, re.DOTALL)
_QUOTED_STRINGS = re.compile(rf"{_QUOTED}(?:[ \t]+{_QUOTED})*", re.DOTALL)
_ONE_FIELD = re.compile(_FIELD, re.DOTALL)
_FIELDS = re.compile(rf"{_FIELD}(?: {_FIELD})*", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-9]{3}|[^0-9]|)", re.DOTALL)
_TEXT_OF = tuple(
    "\\" + chr(byte) if byte in b'"\\' else chr(byte) if 32 <= byte < 127 else f"\\{byte:03d}"
    for byte in range(256)
)


def utf8(text: str) -> bytes:
    """Render text to UTF-8; raise InvalidRdata for lone surrogates and for NUL, CR and LF."""
    if _LINE_BREAKING.search(text):
        raise InvalidRdata(r"NUL and line breaks must be written \000, \013 or \010 (RFC 1035).")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidRdata("The text is not valid Unicode.") from None


def _unescaped(escape: re.Match[bytes]) -> bytes:
    body = escape[1]
    if len(body) == 3 and body <= b"255":
        return bytes((int(body),))
    if len(body) == 1:
        return body
    raise InvalidRdata(
        r"A backslash must be followed by three digits up to 255 or by a non-digit (RFC 1035)."
    )


def unescape(raw: bytes) -> bytes:
    r"""Resolve ``\DDD`` and ``\X``; raise InvalidRdata for any other backslash."""
    return _ESCAPE.sub(_unescaped, raw) if b"\\" in raw else raw


def parse(token: str) -> bytes:
    """Read one character-string, quoted or bare, of any length."""
    raw = utf8(token)
    if _QUOTED_STRING.fullmatch(token):
        return unescape(raw[1:-1])
    if _BARE_STRING.fullmatch(token):
        return unescape(raw)
    raise InvalidRdata("A string needs a quote at both ends, or none and no space (RFC 1035).")


def split_fields(text: str) -> list[str]:
    """Split text at single spaces, except inside quotes; the quotes stay."""
    utf8(text)
    if not _FIELDS.fullmatch(text):
        raise InvalidRdata("Fields must be separated by single spaces, and quotes be balanced.")
    return _ONE_FIELD.findall(text)


def quote(data: bytes) -> str:
    r"""Render bytes as a quoted string; what is not printable ASCII becomes ``\DDD``."""
    return f'"{data.decode("latin-1").translate(_TEXT_OF)}"'


def short(data: bytes) -> bytes:
    """Prefix data with its length; raise InvalidRdata above 255 bytes."""
    if len(data) > MAX_STRING:
        raise InvalidRdata(f"A string exceeds {MAX_STRING} bytes (RFC 1035 section 3.3).")
    return bytes((len(data),)) + data


def read(wire: bytes, offset: int) -> tuple[bytes, int]:
    """Read the character-string at offset; return it and the next offset."""
    start = offset + 1
    end = start + wire[offset] if offset < len(wire) else start
    if end > len(wire):
        raise InvalidRdata("A string runs past the end of the rdata.")
    return wire[start:end], end


def encode(text: str) -> bytes:
    """Render one bare string, or one or more quoted strings, as TXT rdata (RFC 1035 3.3.14).

    A string longer than 255 bytes becomes several; empty text is one empty string.
    """
    raw = utf8(text)
    if raw.count(b'"') == 2 and raw[:1] == raw[-1:] == b'"':
        strings = [unescape(raw[1:-1])]
        if raw.endswith(b'\\"'):
            strings = _quoted(text)
    elif raw[:1] == b'"':
        strings = _quoted(text)
    elif not text or _BARE_STRING.fullmatch(text):
        strings = [unescape(raw)]
    else:
        raise InvalidRdata('Text with spaces or quotes must be in quotes: "two words" (RFC 1035).')
    return within_limit(b"".join(map(_pieces, strings)))


def _quoted(text: str) -> list[bytes]:
    if not _QUOTED_STRINGS.fullmatch(text):
        raise InvalidRdata(r"Quotes must be balanced; inside them write \" (RFC 1035).")
    return [unescape(found.encode()[1:-1]) for found in _QUOTED_STRING.findall(text)]


def _pieces(data: bytes) -> bytes:
    if len(data) <= MAX_STRING:
        return bytes((len(data),)) + data
    starts = range(0, len(data), MAX_STRING)
    return b"".join(short(data[start : start + MAX_STRING]) for start in starts)


def decode(wire: bytes) -> str:
    """Render TXT rdata as quoted strings; raise InvalidRdata when there is none."""
    if not wire:
        raise InvalidRdata("At least one string is required (RFC 1035 section 3.3.14).")
    strings = []
    offset = 0
    while offset < len(wire):
        data, offset = read(wire, offset)
        strings.append(quote(data))
    return " ".join(strings)
