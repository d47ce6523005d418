# SPDX-License-Identifier: Apache-2.0
"""Generators of zone files: ordinary ones, odd spellings, and broken ones."""

from hypothesis import strategies as st

from tests.unit.rdata.strategies import VALID

_LABELS = ["www", "WWW", "a.b", "*", "*.w", "_sip._tcp", "300", "in", "a-b", "x" * 63, "x" * 64]
_OWNERS = st.sampled_from(
    [
        *["", "", "", "@", *_LABELS],
        *["www.example.org.", "Example.ORG.", "sub.EXAMPLE.org.", "example.org", "."],
        *["example.com.", "notexample.org.", "org.", r"a\.b", r"x\.example.org.", r"\097", "a@b"],
        *["a..b", ".", "..", "a/b", "a+b", "a!b", "$x", "é", "ö.example.org.", "-", "a.", "1h"],
        ".".join(["y" * 50] * 5) + ".",
        ".".join(["y" * 61] * 4),
    ]
)
_TTLS = st.sampled_from(
    ["", "", "", "0", "60", "1h30m", "1H", "1w2d3h4m5s", "007", "2147483648", "4294967295"]
    + ["4294967296", "99999999999", "1h30", "h", "1x", "-1", "1d1d"]
)
_CLASSES = st.sampled_from(["", "", "IN", "in", "In", "CLASS1", "CH", "ANY", "IN IN"])
_TARGETS = st.sampled_from(["@", ".", "www", "a.b.", "a..b", "x" * 64, "a_b", r"a\.b", "é", "*.x"])
_ODD = {
    "A": [
        "192.0.2.1",
        "192.0.2.256",
        "192.0.2.01",
        "1.2.3",
        "192.0.2.1 x",
        '"192.0.2.1"',
        "١.2.3.4",
    ],
    "AAAA": [
        *["::", "::1", "1::", "2001:DB8::1", "2001:db8:0:0:1:0:0:1", "1:2:3:4:5:6:7:8", "1::8:9:a"],
        *["::ffff:192.0.2.1", "::192.0.2.1", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "fe80::1%eth0"],
        *["0:0:0:0:0:ffff:c000:201", "1::2::3", "1:2", "12345::", "1:2:3:4:5:6:7:8:9", "::0:0:1"],
        *["1:2:3::4:5:6:7:8", "2001:db8:0:1::", ":1::2", "1::2:", "0:0::1", "1:0:0:2:0:0:0:3"],
    ],
    "MX": ["10 @", "010 mail", "65536 mail", "10", "10 mail x", "-1 mail", "10 a b", "1_0 a"],
    "SRV": ["0 0 0 .", "1 2 65536 a", "1 2 3", "01 2 3 a.b.", "1 2 3 @"],
    "TXT": [
        *["a", "a b", '"a" "b"', '"a""b"', 'a"b"', '"a"b', '""', '"a', 'a"', '"é"', "é", r"\é"],
        *[r'"a\"b"', r'"a\\"', r'"a\255"', r'"a\256"', r'"a\25"', r"a\;b", "a;b", '"a;b"', "a (b)"],
        *['"' + "x" * 255 + '"', '"' + "x" * 256 + '"', "x" * 255, "x" * 256, '"\t"', "a\tb", "\\"],
        *[
            'k="v w"',
            '"a\\\nb"',
            '"a\nb"',
            "(a\nb)",
            "(a ; c\n b) c",
            "a\x0bb",
            "a\xa0b",
            "\x7f",
            "a@$",
        ],
    ],
    "CAA": ['0 issue "ca.example"', "0 issue ca", '256 issue ""', "0 is-sue x", '00 Issue "a\\"b"'],
    "SSHFP": ["1 1 " + "aB" * 20, "1 1 ab", "1 2 " + "cd" * 32, "1 1 " + "ab " * 20, "300 1 ab"],
    "HTTPS": ["1 . alpn=h2", '1 . alpn="h2,h3"', "0 a.b.", "1 @ port=53", "1 www", "65536 ."],
}
_GENERIC = [r"\# 4 C0000201", r"\# 0", r"\# 4 C00002", r"\# 1 00", "", "()", '""', "@", "("]


@st.composite
def _record(draw: st.DrawFn) -> str:
    blank = draw(st.sampled_from([" ", " ", "\t", "  ", " \t"]))
    rtype = draw(st.sampled_from([*VALID, *_ODD]))
    rdata = draw(
        st.one_of(
            VALID[rtype],
            _TARGETS,
            st.sampled_from(_ODD.get(rtype, _GENERIC)),
            st.sampled_from(_GENERIC),
        )
    )
    spelling = draw(st.sampled_from([rtype, rtype, rtype, rtype.lower(), rtype.title(), "TYPE1"]))
    ttl, its_class = draw(_TTLS), draw(_CLASSES)
    middle = [ttl, its_class] if draw(st.booleans()) else [its_class, ttl]
    comment = draw(st.sampled_from(["", "", " ", "; a (comment)", ' ;"', "\t;é"]))
    words = [word for word in (*middle, spelling, rdata) if word]
    return draw(_OWNERS) + blank + blank.join(words) + comment


def _ordinary(rtype: str) -> st.SearchStrategy[str]:
    owner = st.sampled_from(["www", "a.b", "@", "", "mail.example.org."])
    line = st.tuples(owner, st.sampled_from(["", "60", "1h"]), st.sampled_from(["", "IN"]))
    return st.builds(lambda head, rdata: " ".join([*head, rtype, rdata]), line, VALID[rtype])


_ORDINARY = st.sampled_from(sorted(VALID)).flatmap(_ordinary)
_DIRECTIVES = st.sampled_from(
    [
        *["$TTL 60", "$TTL 1h", "$ttl 5 ; c", "$TTL", "$TTL x", "$TTL 1 2", "$ORIGIN", "$ORIGIN ."],
        *["$ORIGIN example.org.", "$origin Sub.example.org.", "$ORIGIN sub", "$ORIGIN com."],
        *[r"$ORIGIN a\.b.example.org.", "$ORIGIN @", "$INCLUDE x", "$NOSUCH", "$UNICODE 2008"],
        *["@ SOA ns. a.b. 1 2 3 4 5", "@ SOA ns. a.b. (1 2 3\n4 ;)\n 5)", "@ 7 SOA a b 1 2 3 4 9"],
    ]
)
_EMPTY = st.sampled_from(["", " ", "\t", ";", " ; x", "; (", '; "'])
_LINES = st.one_of(_ORDINARY, _ORDINARY, _record(), _record(), _DIRECTIVES, _EMPTY)
_ENDS = st.sampled_from(["\n", "\n", "\n", "\n", "\r\n", "\r\n", "\r", "\n\r"])
_HEADS = st.sampled_from(
    [
        "$ORIGIN example.org.\n$TTL 300\n@ SOA ns. a.b. 1 2 3 4 5\n",
        "$ORIGIN example.org.\n$TTL 300\n@ SOA ns. a.b. 1 2 3 4 5\n",
        "$ORIGIN example.org.\n@ SOA ns. a.b. 1 2 3 4 5\n",
        "$ORIGIN example.org.\n",
        "\ufeff; c\n$ORIGIN .\n$TTL 1\n",
        "",
    ]
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Text of lines of all kinds, most of which can be read."""
    lines = draw(st.lists(st.tuples(_LINES, _ENDS), max_size=8))
    text = draw(_HEADS) + "".join(line + end for line, end in lines)
    return (text.removesuffix("\n") if draw(st.booleans()) else text).encode()


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A file of which some characters were replaced, removed or doubled."""
    text = bytearray(draw(files()))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        until = at + draw(st.integers(0, 2))
        text[at:until] = draw(st.sampled_from(_NOISE))
    return bytes(text)


_NOISE = [*(bytes((byte,)) for byte in b' \t\r\n\\";()$@.:*-0aA/\0\x0b\x1c\x85\xff'), b"", b"\r\n"]
