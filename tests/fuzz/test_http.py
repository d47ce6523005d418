# SPDX-License-Identifier: Apache-2.0
"""Requests that no client library would send: odd bytes in every part, and bytes that are none."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from designate.api.server import Server
from tests.api.exchange import InProcess, Reply
from tests.api.installation import Installation
from tests.fuzz.amount import examples
from tests.fuzz.packets import mutated
from tests.fuzz.watch import nothing_fails

CPU = 0.5
"""Seconds of the processor that no request of these sizes may take."""
TIMEOUT = 20.0

_latin = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"))
_segment = st.one_of(
    st.sampled_from(["zones", "recordsets", "tasks", "exports", "imports", "export", "limits", ""]),
    st.uuids().map(str),
    st.sampled_from(["%00", "%ff", "%2e%2e", "%0a", "{}", "..", "%E2%80%A8", "a" * 5000]),
    _latin.map(lambda text: text.replace("?", "").replace("#", "")),
)
_methods = st.sampled_from(
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "X", ""]
)
_queries = st.sampled_from(
    ["", "limit=", "marker=", "name=", "sort_key=", "all_projects="]
).flatmap(lambda begin: (_latin | st.text().map(str)).map(lambda text: begin + text))
_headers = st.dictionaries(
    st.sampled_from(
        [
            *("X-Auth-Project-ID", "X-Auth-User-ID", "X-Roles", "X-Auth-All-Projects"),
            *("X-Auth-Sudo-Project-ID", "X-Designate-Hard-Delete", "OpenStack-DNS-Hide-Counts"),
            *("Accept", "Content-Type", "Content-Length", "Transfer-Encoding", "Host", "Range"),
            *("X-OpenStack-Request-ID", "X-Forwarded-Host", "If-Match", "Origin", "Cookie"),
        ]
    ),
    _latin
    | st.sampled_from(["application/json", "text/dns", "-1", "1_0", "1e9", "chunked", "*/*;q=x"]),
    max_size=4,
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
)
_fields = st.sampled_from(
    ["name", "email", "type", "ttl", "description", "attributes", "masters", "records", "zonefile"]
)
_documents = (_json | st.dictionaries(_fields, _json, max_size=5)).map(
    lambda one: json.dumps(one).encode()
)
_bodies = st.one_of(
    st.just(b""),
    _documents,
    mutated(_documents),
    st.binary(max_size=200),
    st.text(max_size=50).map(lambda one: one.encode("utf-16")),
)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """The API over a database of its own."""
    made = Installation({})
    yield made
    made.close()


def check(reply: Reply) -> None:
    """An answer that is no failure of ours; an error says what it is."""
    assert reply.status < 500, reply
    if (
        reply.status >= 400
        and reply.headers.get("content-type") == "application/json"
        and reply.body
    ):
        assert {"code", "type", "request_id"} <= reply.json.keys()
        assert reply.json["code"] == reply.status


@settings(max_examples=examples(300))
@given(
    method=_methods,
    segments=st.lists(_segment, max_size=6),
    query=_queries,
    headers=_headers,
    body=_bodies,
)
@example(
    method="POST",
    segments=["zones"],
    query="",
    headers={"Content-Type": "application/json"},
    body=b"[" * 987,
)
def test_any_request_is_answered(  # noqa: PLR0913 - the parts of a request
    installation: Installation,
    method: str,
    segments: list[str],
    query: str,
    headers: dict[str, str],
    body: bytes,
) -> None:
    """In process, where nothing that a server would refuse is refused before us."""
    path = "/".join(["/v2", *segments])
    with nothing_fails(CPU):
        check(InProcess(installation.app).send(method, f"{path}?{query}", headers, body))


@pytest.fixture(scope="module")
def server(installation: Installation) -> Iterator[Server]:
    """The API behind sockets."""
    made = Server(installation.app, ("127.0.0.1", 0), threads=2)
    made.start()
    yield made
    made.stop()


BODY = b'{"name": "example.org.", "email": "a@example.org"}'
RIGHT = [
    b"GET /v2/zones?limit=1 HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\n\r\n",
    b"POST /v2/zones HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY),
    b"POST /v2/zones HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    b"GET / HTTP/1.0\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET http://h/v2/limits HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    b"GET /v2/limits HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
]


def exchange(server: Server, data: bytes) -> bytes:
    """What comes back for these bytes, after which no more are sent."""
    with closing(socket.create_connection(server.address, timeout=TIMEOUT)) as sock:
        received = b""
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            while piece := sock.recv(65536):
                received += piece
        except ConnectionError:
            pass
        return received


@settings(max_examples=examples(150))
@given(data=mutated(st.sampled_from(RIGHT)) | st.binary(max_size=200))
@example(data=RIGHT[0] * 3)
@example(data=b"\r\n\r\n")
@example(data=b"POST /v2/zones HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: rot13\r\n\r\n")
@example(data=RIGHT[0].replace(b"HTTP/1.1", b"HTTP/2.1"))
@example(data=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
def test_any_bytes_leave_the_server_alive(server: Server, data: bytes) -> None:
    """Through a socket: the answer, if any, is no failure of ours, and the next client has one."""
    with nothing_fails():
        began = time.monotonic()
        answer = exchange(server, data)
        assert time.monotonic() - began < TIMEOUT
        first = answer.partition(b"\r\n")[0] + b" "
        # An unknown transfer coding, and another version (RFC 9112 section 6.1, RFC 9110 15.6.6).
        ours = first.replace(b"HTTP/1.1 501 ", b"").replace(b"HTTP/1.1 505 ", b"")
        assert b"HTTP/1.1 5" not in ours
        assert exchange(server, RIGHT[0]).startswith(b"HTTP/1.1 200")
