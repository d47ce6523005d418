# SPDX-License-Identifier: Apache-2.0
"""Domain names: text and wire (RFC 1035 sections 3.1 and 5.1), and who may be called what.

The grammars are those of the API (section 5.1): ASCII, labels of letters, digits, ``-`` and
``_``, not at either end a ``-``. An absolute name ends in a dot.
"""

import re

from designate.rdata.charstrings import unescape

#: Longest label and longest name on the wire, in bytes (RFC 1035 section 2.3.4).
MAX_LABEL = 63
MAX_NAME = 255

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\."
_UNDERSCORED = r"_(?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\."
_domain = re.compile(rf"(?=.{{1,254}}\Z)(?:{_LABEL})+").fullmatch
_host = re.compile(rf"(?=.{{1,254}}\Z)(?:\*\.)?(?:{_LABEL})+").fullmatch
_srv = re.compile(rf"(?=.{{1,254}}\Z)(?:{_UNDERSCORED}){{2}}(?:{_LABEL})+").fullmatch
_plain = re.compile(r"(?:[!#-\-/-\[\]-~]+\.)+").fullmatch
_ESCAPE = r"\\(?:[01][0-9][0-9]|2[0-4][0-9]|25[0-5]|[ -/:-~])"
_escaped = re.compile(rf"(?:(?:[!#-\-/-\[\]-~]|{_ESCAPE})+\.)+").fullmatch
_escaped_labels = re.compile(r"(?:[^.\\]|\\.)+", re.DOTALL).findall
_PREFIX = tuple(bytes((length,)) for length in range(MAX_LABEL + 1))
_SPECIAL = b'"().;\\@$'
_TEXT_OF = tuple(
    "\\" + chr(byte) if byte in _SPECIAL else chr(byte) if 32 < byte < 127 else f"\\{byte:03d}"
    for byte in range(256)
)


class InvalidName(ValueError):
    """Text or bytes are not a domain name; ``reason`` is a short sentence naming the rule."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_domain(name: str) -> bool:
    """Whether name is one or more labels, each followed by a dot; the root is not."""
    return _domain(name) is not None


def is_host(name: str) -> bool:
    """Whether name is a domain, or ``*.`` and a domain."""
    return _host(name) is not None


def is_srv(name: str) -> bool:
    """Whether name is ``_service._protocol.`` and a domain (RFC 2782)."""
    return _srv(name) is not None


def domain_fault(name: str) -> str:
    """Say why name is not a domain; only meaningful where is_domain(name) is false."""
    if not name.endswith("."):
        return "A domain name must end with a dot."
    if name == ".":
        return "The root is not allowed here."
    if not name.isascii():
        return "A domain name must be ASCII; write internationalised labels as xn-- (RFC 5890)."
    if any(len(label) > MAX_LABEL for label in name.split(".")):
        return f"A label exceeds {MAX_LABEL} bytes (RFC 1035 section 2.3.4)."
    if len(name) >= MAX_NAME:
        return f"The name exceeds {MAX_NAME} bytes on the wire (RFC 1035 section 2.3.4)."
    return "A label must be letters, digits, '-' and '_', and not begin or end with '-'."


def encode_domain(name: str) -> bytes:
    """Render a name for which is_domain holds; the caller has checked it."""
    return (
        b"".join([_PREFIX[len(label)] + label for label in name.encode("ascii")[:-1].split(b".")])
        + b"\0"
    )


def to_wire(name: str) -> bytes:
    r"""Render absolute name text, with ``\X`` and ``\DDD`` escapes, uncompressed, case kept.

    Any printable ASCII is allowed in a label, except that ``"`` and space need an escape.
    Raises InvalidName.
    """
    if name == ".":
        return b"\0"
    if _plain(name):
        found = name.encode("ascii")[:-1].split(b".")
    elif "\\" in name and _escaped(name):
        found = [unescape(label.encode("ascii")) for label in _escaped_labels(name)]
    else:
        raise InvalidName(_text_fault(name))
    if max(map(len, found)) > MAX_LABEL:
        raise InvalidName(f"A label exceeds {MAX_LABEL} bytes (RFC 1035 section 2.3.4).")
    wire = b"".join([_PREFIX[len(label)] + label for label in found]) + b"\0"
    if len(wire) > MAX_NAME:
        raise InvalidName(f"The name exceeds {MAX_NAME} bytes (RFC 1035 section 2.3.4).")
    return wire


def _text_fault(name: str) -> str:
    if not name.endswith("."):
        return "A domain name must end with a dot."
    if name.startswith(".") or ".." in name:
        return "A label is empty."
    if "\\" in name:
        return "An escape is not a backslash with three digits up to 255 or a non-digit."
    return "A domain name must be printable ASCII without spaces and quotes."


def from_wire(wire: bytes, offset: int = 0) -> tuple[str, int]:
    r"""Read the uncompressed name at offset; return its text and the next offset.

    Bytes that are not printable, and those a master file gives a meaning, are escaped.
    Raises InvalidName, also for compression pointers.
    """
    found: list[str] = []
    position = offset
    while position < len(wire):
        length = wire[position]
        start = position + 1
        position = start + length
        if position - offset > MAX_NAME:
            raise InvalidName(f"The name exceeds {MAX_NAME} bytes (RFC 1035 section 2.3.4).")
        if length == 0:
            return ".".join([*found, ""]) if found else ".", start
        if length > MAX_LABEL:
            raise InvalidName("Rdata must not hold compressed names (RFC 3597 section 4).")
        found.append(wire[start:position].decode("latin-1").translate(_TEXT_OF))
    raise InvalidName("The name runs past the end of the data.")


def labels(name: str) -> list[str]:
    """Split name text at its dots, leftmost label first; escapes stay, the root has none."""
    if "\\" in name:
        return [str(label) for label in _escaped_labels(name)]
    relative = name.removesuffix(".")
    return relative.split(".") if relative else []
