# SPDX-License-Identifier: Apache-2.0
"""The text of a master file that comes in pieces of bytes; no more than two of them are held."""

import codecs
from collections.abc import Iterable

from designate.wire.zonefile.lines import Malformed

_UTF8 = "utf-8-sig"
"""UTF-8, perhaps behind a byte order mark."""


class Source:
    """`buffer` from `position` on is what is still to be read; its whole lines end at `end`."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.buffer = ""
        self.position = 0
        self.end = 0
        self._pieces = iter(pieces)
        self._decoder = codecs.getincrementaldecoder(_UTF8)()
        self._ended = False

    def fill(self) -> bool:
        """Drop what was read and add a piece; False at the end of the file."""
        block = ""
        while not block and not self._ended:
            block = self._next_block()
        self.buffer = self.buffer[self.position :] + block
        self.position = 0
        self.end = self.buffer.rfind("\n") + 1
        return bool(block)

    def take(self) -> str:
        """The next character, none at the end of the file."""
        if not self._ready():
            return ""
        character = self.buffer[self.position]
        self.position += 1
        return character

    def skip(self, character: str) -> None:
        """Pass over this character if it is the next."""
        if self._ready() and self.buffer[self.position] == character:
            self.position += 1

    def _ready(self) -> bool:
        return self.position < len(self.buffer) or self.fill()

    def _next_block(self) -> str:
        piece = next(self._pieces, None)
        self._ended = piece is None
        try:
            return self._decoder.decode(piece or b"", final=self._ended)
        except UnicodeDecodeError as error:
            raise Malformed(f"not UTF-8 ({error.reason})") from None
