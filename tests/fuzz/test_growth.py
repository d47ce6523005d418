# SPDX-License-Identifier: Apache-2.0
"""Twice the input takes about twice the time, whatever the input: nothing is quadratic."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from designate.rdata import TYPES, names
from designate.rdata.base import InvalidRdata
from designate.wire import zonefile
from tests.api.exchange import InProcess
from tests.api.installation import Installation
from tests.fuzz.texts import HEAD

SLACK = 3.0
"""How many times linear growth: quadratic is FACTOR times it."""
FACTOR = 8
ENOUGH = 0.004
"""Seconds that the smaller size must take before a ratio means something."""
LONGEST = 2.0
"""Seconds that the larger size may take anyway."""

Work = Callable[[int], object]


def seconds(work: Work, size: int) -> float:
    """Of the processor."""
    began = time.process_time()
    work(size)
    return time.process_time() - began


def grows_linearly(work: Work, largest: int) -> None:
    """Fails when `largest` takes far more than its share beside an eighth of it, three times."""
    for _ in range(3):
        large = seconds(work, largest)
        if large < FACTOR * SLACK * ENOUGH:
            return
        small = seconds(work, largest // FACTOR)
        if large < min(FACTOR * SLACK * small, LONGEST):
            return
    raise AssertionError(f"{small:.4f} s, then {large:.4f} s")


def refused(read: Callable[[], object]) -> None:
    """Read what may be refused."""
    with suppress(InvalidRdata, names.InvalidName, zonefile.ZoneFileError):
        read()


REPEATED = {
    "letters": "a",
    "labels": "a.",
    "digits": "1",
    "hyphens": "-",
    "blanks": " ",
    "words": "a ",
    "backslashes": "\\",
    "escapes": "\\032",
    "half escapes": "\\03",
    "quotes": '"',
    "quoted": '"a" ',
    "commas": ",",
    "items": "a,",
    "params": "key1=a ",
    "parentheses": "(",
    "groups": "()",
    "brackets": "[",
    "classes": "[a]",
    "ranges": "[a-",
    "braces": "{1",
    "repeats": "a{1,2}",
    "stars": "a*",
    "bangs": "!",
    "colons": ":",
    "zeros": "0000",
    "base64": "AAAA",
    "padding": "=",
    "foreign": "é",
    "semicolons": ";",
}
BEGINNINGS = {
    "": "",
    "NAPTR": '1 1 "" "" "!',
    "HTTPS": "1 . alpn=",
    "SVCB": "1 . ",
    "CAA": "0 issue ",
    "TLSA": "3 1 1 ",
    "CERT": "PKIX 1 8 ",
    "SSHFP": "1 1 ",
    "TXT": '"',
    "SOA": "a. b. ",
    "MX": "10 ",
}


@pytest.mark.parametrize("rtype", TYPES)
@pytest.mark.parametrize("repeated", REPEATED)
def test_the_text_of_a_record(rtype: str, repeated: str) -> None:
    """Of 64,000 characters, as long as a request may make it."""
    encode = TYPES[rtype].encode
    for begin in {"", BEGINNINGS.get(rtype, "")}:
        for end in ("", "!", '" .'):

            def work(size: int, begin: str = begin, end: str = end) -> None:
                text = begin + REPEATED[repeated] * (size // len(REPEATED[repeated])) + end
                refused(lambda: encode(text))

            grows_linearly(work, 64_000)


@pytest.mark.parametrize("rtype", TYPES)
@pytest.mark.parametrize("byte", [0, 1, 63, 64, 192, 255])
def test_the_bytes_of_a_record(rtype: str, byte: int) -> None:
    """Of 64 KiB, as a transfer may bring them."""
    decode = TYPES[rtype].decode
    grows_linearly(lambda size: refused(lambda: decode(bytes((byte,)) * size)), 65_000)


@pytest.mark.parametrize("repeated", REPEATED)
def test_names(repeated: str) -> None:
    """However long, and however wrong."""

    def work(size: int) -> None:
        name = REPEATED[repeated] * (size // len(REPEATED[repeated])) + "."
        refused(lambda: names.to_wire(name))
        for ask in (names.is_domain, names.is_host, names.is_srv, names.domain_fault):
            ask(name)

    grows_linearly(work, 200_000)


LINES = {
    "records": "a A 192.0.2.1\n",
    "blank lines": "\n",
    "blanks": " ",
    "comments": "; a\n",
    "open parentheses": "(",
    "parentheses": "a TXT ( x\n )\n",
    "nested parentheses": "(()",
    "quotes": '"',
    "strings": '"x" ',
    "backslashes": "\\",
    "escapes": "\\065",
    "letters": "a",
    "labels": "a.",
    "semicolons": ";",
    "directives": "$TTL 1\n",
    "origins": "$ORIGIN a.fuzz.example.\n",
    "generates": "$GENERATE 1-2 a$ A 192.0.2.$\n",
    "dollars": "$",
    "tabs and breaks": "\t\r\n",
}


@pytest.mark.parametrize("repeated", LINES)
@pytest.mark.parametrize("begin", ["", "a TXT ", "a TXT (", 'a TXT "', "$GENERATE 1-2 "])
def test_a_zone_file(repeated: str, begin: str) -> None:
    """Whole lines, and lines without end."""

    def work(size: int) -> None:
        text = (HEAD + begin + LINES[repeated] * (size // len(LINES[repeated]))).encode()
        pieces = [text[at : at + 65536] for at in range(0, len(text), 65536)]
        refused(lambda: zonefile.read(pieces, lambda _origin, line: None))

    grows_linearly(work, 120_000)


@pytest.fixture(scope="module")
def sender() -> Iterator[InProcess]:
    """The API over a database of its own."""
    installation = Installation({})
    yield InProcess(installation.app)
    installation.close()


ZONE: dict[str, Any] = {"name": "a.example.", "email": "a@example.org"}
BODIES: dict[str, Callable[[int], object]] = {
    "a long name": lambda size: ZONE | {"name": "a." * (size // 2)},
    "a long label": lambda size: ZONE | {"name": "a" * size + "."},
    "a long address": lambda size: ZONE | {"email": "a." * (size // 2) + "@example.org"},
    "a long domain of an address": lambda size: ZONE | {"email": "a@" + "a-" * (size // 2)},
    "a long description": lambda size: ZONE | {"description": "é" * size},
    "many unknown keys": lambda size: ZONE | {f"k{at}": 1 for at in range(size // 10)},
    "many attributes": lambda size: (
        ZONE | {"attributes": {f"k{at}": 1 for at in range(size // 10)}}
    ),
    "bad attributes": lambda size: (
        ZONE | {"attributes": {f"k{at}": [] for at in range(size // 10)}}
    ),
    "many masters": lambda size: ZONE | {"type": "SECONDARY", "masters": ["::1"] * (size // 8)},
    "many lists": lambda size: ZONE | {"attributes": [[]] * (size // 4)},
    "a long list": lambda size: [1] * (size // 3),
    "a long number": lambda size: ZONE | {"ttl": "1" * size},
}


@pytest.mark.parametrize("body", BODIES)
def test_the_body_of_a_request(sender: InProcess, body: str) -> None:
    """Of 100 KB, as long as a request may be."""
    headers = {"Content-Type": "application/json"}

    def work(size: int) -> None:
        data = json.dumps(BODIES[body](size)).encode()
        reply = sender.send("POST", "/v2/zones", headers, data)
        assert reply.status < 500, reply

    grows_linearly(work, 100_000)


QUERIES = {
    "one filter": ("name=", "a"),
    "wildcards": ("name=", "*a"),
    "percents": ("name=", "%25"),
    "labels": ("name=*.", "a."),
    "data": ("data=", "a"),
    "parameters": ("", "a=1&"),
    "one parameter": ("", "name=a&"),
    "separators": ("", "&"),
    "a marker": ("marker=", "0"),
    "a limit": ("limit=", "9"),
}


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", ["/v2/zones", "/v2/recordsets"])
def test_the_query_of_a_request(sender: InProcess, path: str, query: str) -> None:
    """Of 60 KB, as long as the server takes it."""
    begin, repeated = QUERIES[query]

    def work(size: int) -> None:
        text = begin + repeated * (size // len(repeated))
        assert sender.send("GET", f"{path}?{text}", {}, b"").status < 500

    grows_linearly(work, 60_000)
