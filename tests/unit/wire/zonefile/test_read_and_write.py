# SPDX-License-Identifier: Apache-2.0
"""Master files are read record by record, and what is written reads back."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from designate.rdata import TYPES, InvalidRdata
from designate.wire import zonefile
from designate.wire.zonefile import Line
from designate.wire.zonefile.rare import RareEntries
from designate.wire.zonefile.source import Source
from tests.unit.rdata import test_examples, test_rules

EXAMPLES = [
    *test_examples.cases(test_examples.ACCEPTED),
    *test_examples.cases(test_examples.NEWLY_ACCEPTED),
    *test_rules.ACCEPTED,
]
ZONES = Path(__file__).parents[3] / "data" / "zones"

HEAD = b"$ORIGIN example.org.\n$TTL 60\n@ SOA ns. admin 1 2 3 4 5\n"


def lines(text: bytes, piece: int = 7) -> list[Line]:
    """The records of a file that comes in small pieces."""
    found: list[Line] = []
    pieces = [text[at : at + piece] for at in range(0, len(text), piece)]
    zonefile.read(pieces, lambda _origin, line: found.append(line))
    return found


def test_records_are_absolute_and_canonical() -> None:
    """Owners and names in rdata, wherever the pieces end."""
    soa, mx = lines(HEAD + b"WWW 1h MX 10 (mail ; half\n )\n")
    assert soa == Line("example.org.", 60, "SOA", "ns. admin.example.org. 1 2 3 4 5")
    assert mx == Line("WWW.example.org.", 3600, "MX", "10 mail.example.org.")


def test_a_byte_order_mark_is_no_text() -> None:
    """Editors of Windows begin UTF-8 files with one."""
    assert len(lines(b"\xef\xbb\xbf" + HEAD)) == 1


def test_a_fault_is_told_with_its_line() -> None:
    """Also where the file goes on behind it."""
    with pytest.raises(zonefile.Malformed, match="line:5: "):
        lines(HEAD + b"a A 192.0.2.1\nb A 192.0.2.256\nc A 192.0.2.2\n")


def test_a_record_without_end_is_refused() -> None:
    """Its parts would fill the memory."""
    with pytest.raises(zonefile.Malformed, match="a record has more than 65536 parts"):
        lines(HEAD + b"a TXT (" + b"x\n" * 70_000 + b")\n", piece=65536)


def test_many_records_are_not_one() -> None:
    """Parts are counted record by record."""
    line = b"a TXT" + b" x" * 200 + b"\n"
    assert len(lines(HEAD + line * 400, piece=65536)) == 401


@pytest.mark.parametrize(
    ("rtype", "text", "shown"),
    [
        ("TXT", '"a b"', '"a b"'),
        ("TXT", "a;b", '"a;b"'),
        ("TXT", "x" * 256, f'"{"x" * 255}" "x"'),
        ("A", "192.0.2.1", "192.0.2.1"),
        ("SPF", "a(b", '"a(b"'),
        ("TXT", "", '""'),
        ("TXT", "é" * 128, '"' + "\\195\\169" * 127 + '\\195" "\\169"'),
        ("CAA", "0 issue example.org", "0 issue example.org"),
        ("CAA", "0 other a b", '0 other "a b"'),
        ("CERT", "PKIX 1 RSASHA1 YW|Jj", "PKIX 1 5 YWJj"),
        ("SVCB", "1 a.example.org. ech=AAj+DQAEAAAA|AA==", "1 a.example.org. ech=AAj+DQAEAAAAAA=="),
    ],
)
def test_a_text_is_written_so_that_it_reads_back(rtype: str, text: str, shown: str) -> None:
    """As given where a master file can hold it."""
    file = written(rtype, text)
    assert file == f"$ORIGIN example.org.\n$TTL 60\n\na.example.org.  IN {rtype} {shown}\n\n\n"
    assert [line.type for line in lines(file.encode())] == [rtype]


def written(rtype: str, text: str) -> str:
    """A zone with one record, as it is exported."""
    return "".join(zonefile.write("example.org.", 60, [("a.example.org.", None, rtype, text)]))


@pytest.mark.parametrize(("rtype", "text"), EXAMPLES)
def test_what_the_api_accepts_is_exported_and_imported(rtype: str, text: str) -> None:
    """As the same record, on one line, and no other beside it."""
    file = written(rtype, text)
    assert file.count("\n") == 6
    [line] = lines(file.encode())
    assert (line.name, line.type) == ("a.example.org.", rtype)
    assert TYPES[rtype].encode(line.text) == TYPES[rtype].encode(text)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\nb.example.org. IN A 192.0.2.66\n"])
@pytest.mark.parametrize(("rtype", "text"), EXAMPLES)
def test_no_text_makes_a_line_of_its_own(rtype: str, text: str, end: str) -> None:
    """Wherever the API lets the end of a line stand in one, or something older did."""
    for at in range(len(text) + 1):
        broken = text[:at] + end + text[at:]
        file = written(rtype, broken)
        assert (file.count("\n"), file.count("\r")) == (6, 0)
        with contextlib.suppress(InvalidRdata):
            wire = TYPES[rtype].encode(broken)
            assert [TYPES[rtype].encode(line.text) for line in lines(file.encode())] == [wire]


@pytest.mark.parametrize(
    ("rdata", "shown"),
    [
        ("1 www ech=AAEA", "1 www.example.org. ech=AAEA"),
        ("0 www port=53", "0 www.example.org. port=53"),
        ('0 .  key667="a  b" port="53"', '0 . port=53 key667="a  b"'),
    ],
)
def test_a_binding_may_hold_what_the_api_takes(rdata: str, shown: str) -> None:
    """Though dnspython refuses it."""
    assert lines(HEAD + f"a HTTPS {rdata}\n".encode())[1].text == shown


def test_most_lines_are_ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of real files dnspython reads no more than the directives and the SOA."""
    rare: list[int] = []
    read = RareEntries.read

    def counted(self: RareEntries, source: Source, number: int) -> int:
        rare.append(number)
        return read(self, source, number)

    monkeypatch.setattr(RareEntries, "read", counted)
    for name in ("wikimedia.org", "10.in-addr.arpa"):
        assert len(lines((ZONES / f"{name}.zone").read_bytes(), piece=1 << 16)) > 600
    assert rare == [1, 2, 3, 1, 2, 3]


def test_a_line_without_end_is_not_waited_for() -> None:
    """It would fill the memory before it could be refused."""
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield HEAD
        while True:
            taken += 1
            yield b"a " * 5000

    with pytest.raises(zonefile.Malformed, match="line:4: "):
        zonefile.read(endless(), lambda _origin, _line: None)
    assert taken < 20
