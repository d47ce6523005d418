# SPDX-License-Identifier: Apache-2.0
"""Bodies: media types, JSON in and out, streams with an end (API.md section 1.4)."""

import codecs
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import falcon
import msgspec

from designate.api.request import Request
from designate.errors import (
    BadRequest,
    BodyTooLarge,
    EmptyRequestBody,
    InvalidJson,
    InvalidObject,
    UnsupportedContentType,
)

JSON = "application/json"
DNS = "text/dns"
_PIECE = 65536
_DEEPEST = 32
"""Levels of a body; the deepest that means something has three."""
_decode = msgspec.json.Decoder().decode


def media_type(req: Request) -> str:
    """Return the body's media type without parameters, lower case; empty when none is given."""
    given = req.env.get("CONTENT_TYPE") or ""
    return str(given).partition(";")[0].strip().lower()


def pieces(req: Request) -> Iterator[bytes]:
    """Yield the body as it arrives.

    Raises BodyTooLarge once it exceeds the request's limit, and BadRequest when it breaks off:
    half of a zone file is a different zone.
    """
    left, chunked = _length(req)
    seen = 0
    while left > 0 and (piece := _read(req, min(_PIECE, left))):
        left -= len(piece)
        seen += len(piece)
        if seen > req.body_limit:
            raise BodyTooLarge(f"The body exceeds {req.body_limit} bytes")
        yield piece
    if left > 0 and not chunked:
        raise BadRequest("The body is shorter than its Content-Length")


def utf8(body: Iterable[bytes]) -> Iterator[bytes]:
    """Pass text on piece by piece; raises BadRequest where it is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for piece in chain(body, (b"",)):
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError:
            raise BadRequest("The body is not UTF-8") from None
        yield piece


def _read(req: Request, size: int) -> bytes:
    try:
        return req.env["wsgi.input"].read(size)  # type: ignore[no-any-return]
    except (OSError, ValueError) as error:
        raise BadRequest(f"The body cannot be read: {error}") from error


def _length(req: Request) -> tuple[int, bool]:
    """Return how many bytes can come at most, and whether only the end of the stream tells."""
    if req.env.get("CONTENT_LENGTH"):
        return req.content_length or 0, False
    chunked = req.env.get("wsgi.input_terminated") or req.env.get("HTTP_TRANSFER_ENCODING")
    return (req.body_limit + 1 if chunked else 0), True


def json_object(req: Request, noun: str, *, required: bool = True) -> dict[str, Any]:
    """Read the JSON object that a request must bring, or may leave empty.

    Raises UnsupportedContentType, EmptyRequestBody, InvalidJson, InvalidObject, BodyTooLarge.
    """
    given = media_type(req)
    if given and given != JSON:
        raise UnsupportedContentType(f"A {noun} is sent as {JSON}, not {given}")
    body = b"".join(pieces(req))
    if required and not body.strip():
        raise EmptyRequestBody
    if not given:
        raise UnsupportedContentType(f"A {noun} is sent as {JSON}")
    value = decode(body) if body.strip() else None
    if value is None and required:
        raise EmptyRequestBody
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidObject(f"A {noun} is sent as a JSON object")
    return value


def decode(body: bytes) -> Any:
    """Decode JSON; raises InvalidJson with the parser's words, and for what is nested too deep."""
    try:
        value = _decode(body)
    except (ValueError, RecursionError) as error:
        raise InvalidJson(str(error)) from error
    # Whatever shows or compares a value that is nested deeper might reach the recursion limit.
    if body.count(b"[") + body.count(b"{") > _DEEPEST and _is_deeper(value, _DEEPEST):
        raise InvalidJson(f"JSON is nested deeper than {_DEEPEST} levels")
    return value


def _is_deeper(value: Any, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        lists = [one for one in level if isinstance(one, list)]
        objects = [one.values() for one in level if isinstance(one, dict)]
        level = [*chain.from_iterable(lists), *chain.from_iterable(objects)]
    return any(isinstance(one, (list, dict)) for one in level)


def answer(resp: falcon.Response, body: Any, status: str = falcon.HTTP_200) -> None:
    """Answer with JSON, in the separators and escapes that clients have always got."""
    resp.status = status
    resp.data = json.dumps(body).encode("ascii")


def created(resp: falcon.Response, body: dict[str, Any], status: str = falcon.HTTP_202) -> None:
    """Answer with an object and say where it is."""
    resp.set_header("Location", body["links"]["self"])
    answer(resp, body, status)


def answer_text(resp: falcon.Response, text: Iterator[str]) -> None:
    """Answer with a zone file, piece by piece."""
    # Whatever is wrong shows with the first piece, when the status can still tell it.
    first = next(text, "")
    resp.content_type = f"{DNS}; charset=UTF-8"
    resp.stream = _encoded(first, text)


def _encoded(first: str, rest: Iterator[str]) -> Iterator[bytes]:
    yield first.encode()
    for piece in rest:
        yield piece.encode()


def timestamp(moment: datetime | None) -> str | None:
    """Render a time in UTC, six digits and no zone."""
    return moment.isoformat(timespec="microseconds") if moment is not None else None
