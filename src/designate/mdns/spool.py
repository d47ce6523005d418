# SPDX-License-Identifier: Apache-2.0
"""Transfers between database and client: read at database speed, sent at the client's (3a.21)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile

from designate.wire.packing import framed

IN_MEMORY = 1 << 20
"""Bytes kept in memory; a larger transfer goes to a file that has no name."""
CHUNK = 1 << 18


class Spool:
    """Messages in the form that TCP carries."""

    def __init__(self, file: "SpooledTemporaryFile[bytes]") -> None:
        self._file = file

    def fill(self, messages: Iterable[bytes]) -> None:
        """Take all messages."""
        for message in messages:
            self._file.write(framed(message))

    def chunks(self) -> Iterator[bytes]:
        """All of it, in pieces that need not end where messages do."""
        self._file.seek(0)
        while chunk := self._file.read(CHUNK):
            yield chunk

    def messages(self) -> Iterator[bytes]:
        """The messages one by one."""
        self._file.seek(0)
        while head := self._file.read(2):
            yield self._file.read(int.from_bytes(head))


@contextmanager
def opened() -> Iterator[Spool]:
    """A spool that is gone afterwards."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        yield Spool(file)
