# SPDX-License-Identifier: Apache-2.0
"""Bodies: types, ends, JSON."""

import io
from datetime import datetime

import pytest

from designate import errors
from designate.api import media
from tests.unit.api.requests import request


def read(body: bytes, content_type: str = "application/json") -> object:
    return media.json_object(request(body=body, content_type=content_type), "zone")


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8"])
def test_an_object_is_read_whatever_the_parameters(content_type: str) -> None:
    assert read(b'{"a": 1}', content_type) == {"a": 1}


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"", "application/json", errors.EmptyRequestBody),
        (b" \n", "application/json", errors.EmptyRequestBody),
        (b"null", "application/json", errors.EmptyRequestBody),
        (b"", "", errors.EmptyRequestBody),
        (b"{}", "", errors.UnsupportedContentType),
        (b"{}", "text/plain", errors.UnsupportedContentType),
        (b"{}", "application/json-patch+json", errors.UnsupportedContentType),
        (b"{", "application/json", errors.InvalidJson),
        (b"\xff{}", "application/json", errors.InvalidJson),
        (b'"\xff"', "application/json", errors.InvalidJson),
        (b'{"a": "\\ud800"}', "application/json", errors.InvalidJson),
        (b"[" * 100000, "application/json", errors.InvalidJson),
        (b"NaN", "application/json", errors.InvalidJson),
        (b"[]", "application/json", errors.InvalidObject),
        (b'"x"', "application/json", errors.InvalidObject),
        (b"5", "application/json", errors.InvalidObject),
    ],
)
def test_everything_else_has_its_error(
    body: bytes, content_type: str, error: type[errors.DesignateError]
) -> None:
    with pytest.raises(errors.DesignateError) as caught:
        read(body, content_type)
    assert type(caught.value) is error


def test_a_body_without_length_ends_where_the_stream_does() -> None:
    asked = request(http_transfer_encoding="chunked")
    asked.env["wsgi.input"] = io.BytesIO(b"x" * 100000)
    assert b"".join(media.pieces(asked)) == b"x" * 100000


def test_a_body_without_length_meets_the_limit_while_it_is_read() -> None:
    asked = request(http_transfer_encoding="chunked")
    asked.env["wsgi.input"] = io.BytesIO(b"x" * 114689)
    with pytest.raises(errors.BodyTooLarge):
        b"".join(media.pieces(asked))


def test_without_length_or_chunks_there_is_no_body() -> None:
    asked = request()
    asked.env["wsgi.input"] = io.BytesIO(b"the next request")
    assert b"".join(media.pieces(asked)) == b""


def test_half_a_body_is_no_body() -> None:
    asked = request(content_length="10")
    asked.env["wsgi.input"] = io.BytesIO(b"half")
    with pytest.raises(errors.BadRequest):
        b"".join(media.pieces(asked))


def test_a_connection_that_breaks_is_no_failure_of_ours() -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise TimeoutError("timed out")

    asked = request(content_length="10")
    asked.env["wsgi.input"] = Broken()
    with pytest.raises(errors.BadRequest):
        b"".join(media.pieces(asked))


@pytest.mark.parametrize("levels", [33, 500, 985, 987, 1000, 100_000])
@pytest.mark.parametrize(("begin", "end"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
def test_json_that_is_nested_too_deep_is_refused(levels: int, begin: bytes, end: bytes) -> None:
    """Before a message that quotes it would reach the limit of recursion."""
    with pytest.raises(errors.InvalidJson):
        media.decode(begin * levels + b"1" + end * levels)


def test_brackets_are_no_levels() -> None:
    """Texts may hold them, and lists may be long."""
    assert media.decode(b'"' + b"[{" * 100 + b'"') == "[{" * 100
    assert media.decode(b"[" + b"[]," * 100 + b"[]]") == [[]] * 101
    assert media.decode(b"[" * 32 + b"]" * 32) is not None


def test_times_have_six_digits_and_no_zone() -> None:
    moment = datetime(2026, 11, 21, 4, 56, 39)
    assert media.timestamp(moment) == "2026-11-21T04:56:39.000000"
    assert media.timestamp(None) is None


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_text_is_passed_on_wherever_it_is_cut(size: int) -> None:
    text = "a é € 😀 z".encode()
    cut = [text[at : at + size] for at in range(0, len(text), size)]
    assert b"".join(media.utf8(cut)) == text


@pytest.mark.parametrize("body", [b"\xff", b"ab\xc3", b"\xed\xa0\x80", b"\xc0\x80"])
@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_no_utf8_is_refused(body: bytes, size: int) -> None:
    cut = [body[at : at + size] for at in range(0, len(body), size)]
    with pytest.raises(errors.BadRequest, match="UTF-8"):
        list(media.utf8(cut))
