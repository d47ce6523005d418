# SPDX-License-Identifier: Apache-2.0
"""What comes and goes in pieces, over a real broker."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from designate import errors
from designate.model.context import Context
from designate.rpc import streams
from tests.contract.rpc.ends import CONTEXT, Ends

MEBIBYTE = 1 << 20


class Library(Protocol):
    """A contract of the tests."""

    def take(self, ctx: Context, body: Iterable[bytes], title: str) -> tuple[str, str, int]:
        """Return the title, the digest and the length of what is sent."""

    def text(self, ctx: Context, lines: int, fails_at: int = -1) -> Iterator[str]:
        """Yield lines; raises, before the first, ZoneNotFound when there are none."""


class Shelf:
    """Implements Library; `ended` counts the texts that were read to the end or closed."""

    def __init__(self) -> None:
        self.ended = 0
        self.refuses = False

    def take(self, ctx: Context, body: Iterable[bytes], title: str) -> tuple[str, str, int]:
        if self.refuses:
            raise errors.Forbidden("Not here")
        digest, size = hashlib.sha256(), 0
        for piece in body:
            digest.update(piece)
            size += len(piece)
        return title, digest.hexdigest(), size

    def text(self, ctx: Context, lines: int, fails_at: int = -1) -> Iterator[str]:
        if not lines:
            raise errors.ZoneNotFound
        return self._lines(lines, fails_at)

    def _lines(self, lines: int, fails_at: int) -> Iterator[str]:
        try:
            for number in range(lines):
                if number == fails_at:
                    raise errors.DatabaseUnavailable
                yield f'line {number} "ü"\n' * 1000
        finally:
            self.ended += 1


def _pieces(count: int, size: int) -> Iterator[bytes]:
    for number in range(count):
        yield bytes([number % 251]) * size


@pytest.mark.parametrize(("count", "size"), [(0, 0), (1, 10), (3, 100_000), (40, 65_536)])
def test_what_is_sent_in_pieces_arrives(ends: Ends, count: int, size: int) -> None:
    """Nothing, what fits into a message, and what does not."""
    ends.serve(Library, Shelf())
    digest = hashlib.sha256(b"".join(_pieces(count, size))).hexdigest()
    library = ends.client(Library)
    assert library.take(CONTEXT, _pieces(count, size), "t") == ("t", digest, count * size)


@pytest.mark.parametrize("lines", [1, 10, 200])
def test_what_is_returned_in_pieces_arrives(ends: Ends, lines: int) -> None:
    """In one message or many."""
    shelf = Shelf()
    ends.serve(Library, shelf)
    text = "".join(ends.client(Library).text(CONTEXT, lines))
    assert text == "".join(Shelf().text(CONTEXT, lines))
    assert shelf.ended == 1


def test_two_servers_do_not_mix_streams_up(ends: Ends) -> None:
    """Each piece is fetched where the rest is."""
    for name in ("one", "two"):
        ends.serve(Library, Shelf(), name)
    library = ends.client(Library)
    expected = "".join(Shelf().text(CONTEXT, 100))
    texts = [library.text(CONTEXT, 100) for _ in range(6)]
    assert ["".join(text) for text in texts] == [expected] * 6
    digest = hashlib.sha256(b"".join(_pieces(30, 50_000))).hexdigest()
    for _ in range(4):
        assert library.take(CONTEXT, _pieces(30, 50_000), "t")[1] == digest


def test_errors_come_where_they_are_raised(ends: Ends) -> None:
    """Before the first piece from the call, later from the iteration."""
    shelf = Shelf()
    ends.serve(Library, shelf)
    library = ends.client(Library)
    with pytest.raises(errors.ZoneNotFound):
        library.text(CONTEXT, 0)
    text = library.text(CONTEXT, 200, fails_at=150)
    with pytest.raises(errors.DatabaseUnavailable):
        list(text)
    shelf.refuses = True
    with pytest.raises(errors.Forbidden):
        library.take(CONTEXT, _pieces(40, 65_536), "t")


def test_what_the_sender_raises_is_raised(ends: Ends) -> None:
    """The call is not made, and the server keeps nothing."""

    def broken() -> Iterator[bytes]:
        yield from _pieces(20, 65_536)
        raise errors.BodyTooLarge

    ends.serve(Library, Shelf())
    with pytest.raises(errors.BodyTooLarge):
        ends.client(Library).take(CONTEXT, broken(), "t")


def test_who_stops_reading_frees_the_server(ends: Ends) -> None:
    """The iterator there is closed."""
    shelf = Shelf()
    ends.serve(Library, shelf)
    text = ends.client(Library).text(CONTEXT, 500)
    next(text)
    text.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 10
    while not shelf.ended:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_ended_server_takes_its_streams_along(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server of the same name does not know them."""
    monkeypatch.setattr("designate.rpc.server.DRAINING", 0.1)
    server = ends.serve(Library, Shelf())
    text = ends.client(Library).text(CONTEXT, 500)
    next(text)
    server.stop()
    ends.serve(Library, Shelf())
    with pytest.raises(errors.MessagingUnavailable):
        list(text)


def test_a_stream_that_nobody_reads_is_forgotten() -> None:
    """Its iterator is closed, and who comes after all is told."""
    keeper = streams.Keeper("one", idle=0.2)
    shelf = Shelf()
    piece = keeper.begin(shelf.text(CONTEXT, 500))
    deadline = time.monotonic() + 10
    while not shelf.ended:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert piece.stream is not None
    with pytest.raises(errors.MessagingUnavailable):
        keeper.pull(CONTEXT, piece.stream, 1)


def test_a_pull_that_is_carried_out_twice_loses_nothing() -> None:
    """It returns the same piece; one that was left out or is long gone is refused."""
    keeper = streams.Keeper("one")
    pieces = [keeper.begin(Shelf().text(CONTEXT, 100))]
    while (name := pieces[-1].stream) is not None:
        pieces.append(keeper.pull(CONTEXT, name, len(pieces)))
        if pieces[-1].stream is not None:
            assert keeper.pull(CONTEXT, name, len(pieces) - 1) == pieces[-1]
            for wrong in (len(pieces) - 2, len(pieces) + 1):
                with pytest.raises(errors.MessagingUnavailable):
                    keeper.pull(CONTEXT, name, wrong)
    assert len(pieces) > 3
    text = "".join(Shelf().text(CONTEXT, 100))
    assert b"".join(piece.data for piece in pieces).decode() == text


def test_a_push_that_is_carried_out_twice_doubles_nothing() -> None:
    """One whose piece before is missing is refused."""
    keeper = streams.Keeper("one")
    name = keeper.open(CONTEXT).stream
    for number, data in [(0, b"a"), (0, b"a"), (1, b"b"), (0, b"a"), (1, b"b")]:
        keeper.push(CONTEXT, name, number, data)
    with pytest.raises(errors.MessagingUnavailable):
        keeper.push(CONTEXT, name, 3, b"d")
    with keeper.received(CONTEXT, streams.Sent(stream=name)) as body:
        assert b"".join(body) == b"ab"


def test_a_hundred_mebibytes_take_little_memory(ends: Ends) -> None:
    """In both directions, with both ends in this process."""
    ends.serve(Library, Shelf())
    library = ends.client(Library)
    library.take(CONTEXT, _pieces(20, 65_536), "warm")
    before = _resident("VmRSS")
    # The peak begins anew: another test may have had a higher one (proc(5)).
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    assert library.take(CONTEXT, _pieces(1600, 65_536), "t")[2] == 100 * MEBIBYTE
    assert sum(map(len, library.text(CONTEXT, 7600))) > 100 * MEBIBYTE
    assert _resident("VmHWM") - before < 40 * 1024


def _resident(which: str) -> int:
    """Memory of this process in KiB: VmRSS now, or VmHWM at its peak."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    (found,) = [line for line in lines if line.startswith(f"{which}:")]
    return int(found.split()[1])
