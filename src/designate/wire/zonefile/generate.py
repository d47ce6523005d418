# SPDX-License-Identifier: Apache-2.0
"""$GENERATE: one line that stands for many records, as BIND 9 documents it.

`$GENERATE start-stop[/step] owner [ttl] [class] type rdata`. In owner and rdata a $ is the number,
${offset,width,base} the number in another form, and $$ or \\$ the character itself. BIND has the
rdata in quotes where it has blanks; more than one word without quotes around all is taken too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from designate.wire.zonefile.lines import Malformed
from designate.wire.zonefile.ordinary import QUOTED

MAX_GENERATED = 250_000
"""Records that the lines of a file may make: one can ask for billions."""
MAX_TEXT = 1 << 26
"""Characters of all of them."""
LONGEST = 1 << 12
"""Characters of such a line."""
_MAX_NUMBER = 2**31 - 1
_MAX_WIDTH = 127
_WORD = r'(?:[^ \t\r\n"();\\]|\\[^\r\n])++'
_PART = rf"(?:{QUOTED}|{_WORD}(?:{QUOTED})?+)"
_begins = re.compile(r"\$GENERATE(?![^ \t\r\n;()\"])", re.IGNORECASE).match
_line = re.compile(
    r"\$GENERATE[ \t]+([0-9]{1,10})-([0-9]{1,10})(?:/([0-9]{1,10}))?"
    rf"[ \t]+({_WORD})"
    r"[ \t]+((?:(?:[0-9][0-9WDHMS]*|IN|CLASS1)[ \t]+){0,2}[A-Z][A-Z0-9-]*)"
    rf"[ \t]+(?:({QUOTED})|({_PART}(?:[ \t]+{_PART})*+))"
    r"[ \t]*(?:;[^\r\n]*)?(?:\r?\n|\r|\Z)",
    re.IGNORECASE,
).match
_place = re.compile(
    r"\\.|\$\$|\$(?:\{([+-]?[0-9]{1,10})(?:,([0-9]{1,10})(?:,([doxXnN]))?)?\}|(\{))?"
)


@dataclass(slots=True)
class Generator:
    """Reads lines of $GENERATE, and counts what they have made of a file."""

    records: int = 0
    size: int = 0

    def begins(self, text: str, position: int) -> bool:
        """Whether such a line stands there."""
        return _begins(text, position) is not None

    def read(self, text: str, position: int, number: int) -> tuple[int, Iterator[str]]:
        """Where the line there ends, and the lines of ordinary records that it stands for.

        `number` is that of the line, for errors. Raises Malformed, also while the lines are made.
        """
        found = _line(text, position)
        if found is None or found.end() - position > LONGEST:
            raise _malformed(
                number, "$GENERATE wants start-stop[/step] owner [ttl] [class] type rdata"
            )
        start, stop, step = int(found[1]), int(found[2]), int(found[3] or 1)
        if start > stop or stop > _MAX_NUMBER or not step:
            raise _malformed(number, "the range of $GENERATE is wrong")
        values = range(start, stop + 1, step)
        self.records += len(values)
        if self.records > MAX_GENERATED:
            raise _malformed(number, f"$GENERATE makes more than {MAX_GENERATED} records")
        # Quotes around all are no part of it; what is quoted in them is escaped.
        rdata = found[7] if found[6] is None else found[6][1:-1].replace('\\"', '"')
        return found.end(), self._lines(values, (found[4], found[5], rdata), number)

    def _lines(self, values: range, parts: tuple[str, str, str], number: int) -> Iterator[str]:
        owner, middle, rdata = parts
        for value in values:
            name = _expanded(owner, value, number)
            # Else it were a directive.
            guard = "\\" if name.startswith("$") else ""
            line = f"{guard}{name} {middle} {_expanded(rdata, value, number)}\n"
            self.size += len(line)
            if self.size > MAX_TEXT:
                raise _malformed(number, f"$GENERATE makes more than {MAX_TEXT} characters")
            yield line


def _expanded(template: str, value: int, number: int) -> str:
    """The template with the value in its places."""

    def put(found: re.Match[str]) -> str:
        offset, width, base, wrong = found.groups()
        text = found[0]
        if text[0] == "\\":
            return text
        if text == "$$":
            return "$"
        shown = value + int(offset or 0)
        wide = int(width or 0)
        if wrong or wide > _MAX_WIDTH or (shown < 0 and base not in (None, "d")):
            raise _malformed(number, "$GENERATE wants ${offset[,width[,base]]} in what it can show")
        if base in ("n", "N"):
            return _nibbles(shown, wide, base)
        return format(shown, base or "d").zfill(wide)

    return _place.sub(put, template)


def _nibbles(value: int, width: int, base: str) -> str:
    """Hexadecimal digits as labels, the last one first; the width counts the dots too."""
    digits = format(value, "X" if base == "N" else "x")[::-1].ljust((width + 1) // 2, "0")
    return ".".join(digits) + ("." if width > 2 * len(digits) - 1 else "")


def _malformed(number: int, reason: str) -> Malformed:
    return Malformed(f"line:{number}: {reason}")
