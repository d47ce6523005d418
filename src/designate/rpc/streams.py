# SPDX-License-Identifier: Apache-2.0
"""Long texts go in pieces: no message, and no memory, holds the whole of one.

What a server returns in pieces stays with it, and the client fetches one piece after another from
just that server. What a client sends in pieces is kept by one server in an unlinked file, and the
call that is about it goes to the same server. What fits into one piece goes along with the call.
A broker that breaks may hand a message out twice, so pieces are numbered: none is lost or doubled.
Who does not come back for a while is forgotten; a server that ends takes its streams along, and the
other end gets MessagingUnavailable, or Timeout.
"""

import contextlib
import itertools
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, Protocol

import msgspec

from designate.errors import MessagingUnavailable
from designate.model.context import Context

NOUN = "streams"
PIECE = 256 * 1024
"""Bytes of a piece, or a little more."""
IDLE = 60.0
"""Seconds without a call after which a stream is forgotten."""
IN_MEMORY = 1 << 20
GONE = "The stream is gone: the service that had it has ended, or nobody came for too long"


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Some of a stream; `stream` says where the rest is, None after the last."""

    data: bytes
    stream: str | None = None
    server: str | None = None


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A stream that a server will keep."""

    stream: str
    server: str


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """An argument that was given in pieces: all of it, or the stream that has it."""

    data: bytes | None = None
    stream: str | None = None


class Streams(Protocol):
    """What a server offers besides its contract, under the noun `streams`."""

    def open(self, ctx: Context) -> Opened:
        """Prepare to keep what will be pushed."""

    def push(self, ctx: Context, stream: str, number: int, data: bytes) -> None:
        """Keep piece `number`, from 0, once; raises MessagingUnavailable when the stream is gone.

        Or when the piece before is missing.
        """

    def pull(self, ctx: Context, stream: str, number: int) -> Piece:
        """Return piece `number`: the next one, or the one before it again.

        Raises MessagingUnavailable when the stream is gone or the number another, and what making
        the piece raises. A stream is gone with its last piece.
        """

    def drop(self, ctx: Context, stream: str) -> None:
        """Forget a stream."""


class _Kept:
    """A stream and who is at it."""

    def __init__(self, name: str, content: Any) -> None:
        self.name = name
        self.content = content
        self.lock = threading.Lock()
        self.used = time.monotonic()
        self.number = 0
        """Of the next piece."""
        self.last: Piece | None = None

    def close(self) -> None:
        """Let go of what it holds."""
        close = getattr(self.content, "close", None)
        if close is not None:
            close()


class Keeper:
    """Implements Streams for one server."""

    def __init__(self, server: str, idle: float = IDLE) -> None:
        self._server = server
        self._idle = idle
        self._kept: dict[str, _Kept] = {}
        self._condition = threading.Condition()
        self._sweeping = False

    def open(self, ctx: Context) -> Opened:
        """See Streams."""
        kept = self._keep(tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 (kept)
        return Opened(stream=kept.name, server=self._server)

    def push(self, ctx: Context, stream: str, number: int, data: bytes) -> None:
        """See Streams."""
        with self._using(stream) as kept:
            if number > kept.number:
                raise MessagingUnavailable(GONE)
            if number == kept.number:
                kept.content.write(data)
                kept.number += 1

    def pull(self, ctx: Context, stream: str, number: int) -> Piece:
        """See Streams."""
        with self._using(stream) as kept:
            if number == kept.number - 1 and kept.last is not None:
                return kept.last
            if number != kept.number:
                raise MessagingUnavailable(GONE)
            return self._next(kept)

    def drop(self, ctx: Context, stream: str) -> None:
        """See Streams."""
        with contextlib.suppress(MessagingUnavailable), self._using(stream) as kept:
            self._forget(kept)

    def begin(self, pieces: Iterator[Any]) -> Piece:
        """The first piece of a result; the rest is kept."""
        kept = self._keep(_encoded(pieces))
        with kept.lock:
            return self._next(kept)

    @contextlib.contextmanager
    def received(self, ctx: Context, sent: Sent) -> Iterator[Iterator[bytes]]:
        """What was sent, in pieces; after the block it is forgotten."""
        if sent.stream is None:
            yield iter((sent.data or b"",))
            return
        try:
            with contextlib.closing(self._pieces(sent.stream)) as pieces:
                yield pieces
        finally:
            self.drop(ctx, sent.stream)

    def _pieces(self, stream: str) -> Generator[bytes, None, None]:
        with self._using(stream) as kept:
            kept.content.seek(0)
            while data := kept.content.read(PIECE):
                yield data

    def drain(self, seconds: float) -> None:
        """Wait until all streams have ended, for so long at most."""
        with self._condition:
            self._condition.wait_for(lambda: not self._kept, seconds)

    def close(self) -> None:
        """Forget all streams."""
        with self._condition:
            kept, self._kept = self._kept, {}
            self._condition.notify_all()
        for each in kept.values():
            with each.lock:
                each.close()

    def _next(self, kept: _Kept) -> Piece:
        try:
            data, more = next(kept.content)
        except BaseException:
            self._forget(kept)
            raise
        kept.number += 1
        if more:
            kept.last = Piece(data=data, stream=kept.name, server=self._server)
        else:
            kept.last = Piece(data=data)
            self._forget(kept)
        return kept.last

    def _keep(self, content: Any) -> _Kept:
        kept = _Kept(secrets.token_hex(16), content)
        with self._condition:
            self._kept[kept.name] = kept
            if not self._sweeping:
                self._sweeping = True
                threading.Thread(target=self._sweep, name="streams", daemon=True).start()
        return kept

    @contextlib.contextmanager
    def _using(self, stream: str) -> Iterator[_Kept]:
        with self._condition:
            kept = self._kept.get(stream)
        if kept is None:
            raise MessagingUnavailable(GONE)
        with kept.lock:
            try:
                yield kept
            finally:
                kept.used = time.monotonic()

    def _forget(self, kept: _Kept) -> None:
        with self._condition:
            self._kept.pop(kept.name, None)
            self._condition.notify_all()
        kept.close()

    def _sweep(self) -> None:
        """Forget those that nobody comes for; ends when there are none."""
        while True:
            with self._condition:
                if not self._kept:
                    self._sweeping = False
                    return
                oldest = min(self._kept.values(), key=lambda kept: kept.used)
                left = oldest.used + self._idle - time.monotonic()
                if left > 0:
                    self._condition.wait(left)
                    continue
            if oldest.lock.acquire(blocking=False):
                try:
                    self._forget(oldest)
                finally:
                    oldest.lock.release()
            else:
                oldest.used = time.monotonic()  # somebody is at it


def gather(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The same bytes in pieces of a good size, each with whether more follow; at least one."""
    waiting: list[bytes] = []
    size, ready = 0, None
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= PIECE:
            if ready is not None:
                yield ready, True
            ready, waiting, size = b"".join(waiting), [], 0
    last = b"".join(waiting)
    if ready is not None and last:
        yield ready, True
    yield last or ready or b"", False


def _encoded(pieces: Iterable[Any]) -> Iterator[tuple[bytes, bool]]:
    source = iter(pieces)
    try:
        yield from gather(p.encode() if isinstance(p, str) else p for p in source)
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()


Ask = Callable[..., Any]
"""Calls an operation of Streams at a server: its name, the server, its arguments."""


def fetch(piece: Piece, ask: Ask, *, text: bool) -> Iterator[Any]:
    """A result from its first piece on."""
    try:
        for number in itertools.count(1):
            if piece.data:
                yield piece.data.decode() if text else piece.data
            if piece.stream is None:
                return
            last, piece = piece, Piece(data=b"")
            piece = ask("pull", last.server, stream=last.stream, number=number)
    finally:
        if piece.stream is not None:
            with contextlib.suppress(Exception):
                ask("drop", piece.server, stream=piece.stream)


def send(body: Iterable[bytes], ask: Ask) -> tuple[Sent, str | None]:
    """Send what is given in pieces; what stands for it, and the server that has it."""
    opened: Opened | None = None
    try:
        for number, (data, more) in enumerate(gather(body)):
            if opened is None and not more:
                return Sent(data=data), None
            if opened is None:
                opened = ask("open", None)
            ask("push", opened.server, stream=opened.stream, number=number, data=data)
    except BaseException:
        if opened is not None:
            with contextlib.suppress(Exception):
                ask("drop", opened.server, stream=opened.stream)
        raise
    assert opened is not None
    return Sent(stream=opened.stream), opened.server
