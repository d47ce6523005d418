# SPDX-License-Identifier: Apache-2.0
"""$GENERATE: the records that one line stands for, and why one is refused."""

import re

import pytest

from designate.wire import zonefile
from designate.wire.zonefile import Line, generate

HEAD = "$ORIGIN example.org.\n$TTL 300\n@ SOA ns. admin 1 2 3 4 5\n"


def lines(text: str, piece: int = 7) -> list[Line]:
    """The records that a file has beside the SOA; it comes in small pieces."""
    found: list[Line] = []
    body = (HEAD + text).encode()
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)]
    zonefile.read(pieces, lambda _origin, line: found.append(line))
    return found[1:]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "1-3 h$ A 192.0.2.$",
            [("h1", "A 192.0.2.1"), ("h2", "A 192.0.2.2"), ("h3", "A 192.0.2.3")],
        ),
        ("0-4/3 $ A 192.0.2.$", [("0", "A 192.0.2.0"), ("3", "A 192.0.2.3")]),
        ('1-1 HOST-$ MX "0 ."', [("HOST-1", "MX 0 .")]),
        ("1-1 h$ MX 10 mail$", [("h1", "MX 10 mail1.example.org.")]),
        ('7-7 h$ TXT "\\"a b $\\""', [("h7", 'TXT "a b 7"')]),
        ('7-7 h$ TXT "a b $"', [("h7", 'TXT "a" "b" "7"')]),
        ('7-7 h$ TXT "a b" "c $"', [("h7", 'TXT "a b" "c 7"')]),
        ('7-7 h$ TXT "a\\\\ $"', [("h7", 'TXT "a\\\\" "7"')]),
        ('7-7 h$ CAA 0 issue "ca$.example"', [("h7", 'CAA 0 issue "ca7.example"')]),
        ('7-7 _sip SRV "0 5 506$ sip$"', [("_sip", "SRV 0 5 5067 sip7.example.org.")]),
        ('7-7 h$ SVCB 1 . key667="a $"', [("h7", 'SVCB 1 . key667="a 7"')]),
        ("7-7 h$$$ TXT $$\\$$", [(r"h\$7", 'TXT "$$7"')]),
        ("7-7 $$INCLUDE A 192.0.2.1", [(r"\$INCLUDE", "A 192.0.2.1")]),
        ("9-9 ${1} TXT ${-10}.${+1,4}.${0,3,d}", [("10", 'TXT "-1.0010.009"')]),
        ("200-200 ${0,0,x} TXT ${0,4,X}.${0,0,o}", [("c8", 'TXT "00C8.310"')]),
        ("418-418 ${0,0,n} TXT ${0,9,N}.${0,4,n}", [("2.a.1", 'TXT "2.A.1.0.0.2.a.1"')]),
        ("1-1 ${0,2,n}a A 192.0.2.1", [("1.a", "A 192.0.2.1")]),
        ("1-1 a\\.b$ A 192.0.2.1", [(r"a\.b1", "A 192.0.2.1")]),
        ("1-1 h$.other. A 192.0.2.1", []),
    ],
)
def test_a_line_stands_for_records(line: str, expected: list[tuple[str, str]]) -> None:
    """The number in every form, the character itself, and rdata of more than one word."""
    found = lines(f"$GENERATE {line} ; and a comment\n")
    assert [(each.name, f"{each.type} {each.text}") for each in found] == [
        (f"{name}.example.org.", content) for name, content in expected
    ]
    assert {each.ttl for each in found} <= {300}


@pytest.mark.parametrize("middle", ["60 A", "60 IN A", "in 60 A", "1m CLASS1 a", "\tIN\t1M\ta"])
def test_ttl_and_class_come_in_any_order(middle: str) -> None:
    """As in an ordinary line."""
    (found,) = lines(f"$generate 1-1 h$ {middle} 192.0.2.1")
    assert found == Line("h1.example.org.", 60, "A", "192.0.2.1")


def test_what_stands_around_is_read_as_ever() -> None:
    """A record without an owner is of the one before; the ends of lines may be of any kind."""
    for end in ("\n", "\r\n", "\r"):
        for before in ("www", r"a\.b"):
            text = f"{before} A 192.0.2.1\n$GENERATE 1-2 h$ A 192.0.2.$\n TXT x\n"
            names = [line.name.split(".example")[0] for line in lines(text.replace("\n", end))]
            assert names == [before, "h1", "h2", before]


WRONG = "$GENERATE wants start-stop"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", WRONG),
        ("1 h$ A 192.0.2.1", WRONG),
        ("1-2 h$ A", WRONG),
        ("1-2 (h$ A 192.0.2.1)", WRONG),
        ('1-2 h$ TXT "a', WRONG),
        ("1-2 h$ TXT " + "x" * 5000, WRONG),
        ("3-1 h$ A 192.0.2.1", "the range"),
        ("1-2/0 h$ A 192.0.2.1", "the range"),
        ("1-2147483648 h$ A 192.0.2.1", "the range"),
        ("1-2 h${1,x} A 192.0.2.1", "$GENERATE wants ${offset"),
        ("1-2 h${0,128} A 192.0.2.1", "$GENERATE wants ${offset"),
        ("1-2 h${-9,0,x} A 192.0.2.1", "$GENERATE wants ${offset"),
        ("1-2 h$ A 192.0.2.25${4}", "malformed"),
        ("1-2 h$ CH A 192.0.2.1", "class"),
        ("1-2 h$ NOSUCH x", "NOSUCH"),
        ("1-2 ${0,100} A 192.0.2.1", "label"),
        ("0-250000 h$ A 192.0.2.1", "more than 250000 records"),
    ],
)
def test_a_line_that_is_wrong_is_told_with_its_number(line: str, reason: str) -> None:
    """Also where one record of it is."""
    with pytest.raises(zonefile.Malformed, match=f"line:5: .*{re.escape(reason)}"):
        lines(f"www A 192.0.2.1\n$GENERATE {line}\nnext A 192.0.2.2\n", piece=1 << 16)


def test_a_name_must_come_first() -> None:
    """As for every record."""
    with pytest.raises(zonefile.OriginMissing):
        zonefile.read([b"$GENERATE 1-2 h$ 60 A 192.0.2.1\n"], lambda _origin, _line: None)


def test_the_lines_of_a_file_make_so_many_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records, also those that are outside of the zone, and characters."""
    monkeypatch.setattr(generate, "MAX_GENERATED", 10)
    text = "$GENERATE 1-5 h$ A 192.0.2.1\n$GENERATE 1-5 h$.other. A 192.0.2.1\n"
    assert len(lines(text)) == 5
    with pytest.raises(zonefile.Malformed, match="line:6: .* more than 10 records"):
        lines(text + "$GENERATE 1-1 h$ A 192.0.2.1\n")
    monkeypatch.setattr(generate, "MAX_TEXT", 1000)
    with pytest.raises(zonefile.Malformed, match="line:5: .* more than 1000 characters"):
        lines("$GENERATE 1-1 h$ A 192.0.2.1\n$GENERATE 1-9 h$ TXT " + "${0,120} " * 10)
