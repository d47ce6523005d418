# SPDX-License-Identifier: Apache-2.0
"""Our reader and dnspython's make the same of every file: equal records, equal refusal."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.wire.zonefile.oracle import expected, found
from tests.unit.wire.zonefile.strategies import files, mutated

ZONES = Path(__file__).parents[3] / "data" / "zones"
BINDINGS = ("HTTPS", "SVCB")
"""Types of which ours knows more parameters than dnspython."""


def agree(text: bytes, piece: int) -> None:
    """Fail unless both readers make the same of a file."""
    theirs, ours = expected(text), found(text, piece)
    if "not UTF-8" in (theirs[2] or ""):
        # Ours does not read the whole file first: another fault may come before.
        assert ours[2]
        return
    if theirs[2] != ours[2] and len(ours[1]) > len(theirs[1]):
        number = len(theirs[1])
        assert ours[1][:number] == theirs[1]
        assert ours[1][number].type in BINDINGS
        return
    assert ours[1:] == theirs[1:]
    assert not ours[1] or ours[0] == theirs[0]


@settings(max_examples=60)
@given(files(), st.sampled_from([1, 13, 1 << 16]))
def test_a_file_is_read_as_dnspython_reads_it(text: bytes, piece: int) -> None:
    """Whatever is ordinary in it or rare, and wherever its pieces end."""
    agree(text, piece)


@settings(max_examples=60)
@given(mutated(), st.sampled_from([1, 13, 1 << 16]))
@example(b"$ORIGIN a.\n$TTL 1\n@ TXT \xff\n", 1)
def test_a_broken_file_is_refused_as_dnspython_refuses_it(text: bytes, piece: int) -> None:
    """The records before the fault are the same, the reason is, and the line it names."""
    agree(text, piece)


@pytest.mark.parametrize(
    "bad",
    [
        "SSHFP 1 1 00",
        "TLSA 3 1 1 zz",
        "TLSA 3 1 1 abc",
        "CERT 1 2 3 @@",
        "DS 1 8 2 00",
        "TXT",
        f"TXT {'x' * 256}",
        'TXT "open',
        "CAA 0 issue",
        "SRV 1 2 3",
        "NAPTR 1 2 3",
        "SOA a. b. 1 2 3",
        "SOA a. b. (1 2 3\n 4)",
        "A nowhere",
        "MX ten a.",
        "HTTPS 1",
        "NOTYPE x",
    ],
)
def test_the_line_of_an_error_is_that_of_its_record(bad: str) -> None:
    """Not the next one, where reading it may have come to; of several lines it is the last read."""
    text = f"$ORIGIN a.\n$TTL 1\n@ A 192.0.2.1\nx {bad}\ny A 192.0.2.2\n".encode()
    refusal = found(text)[2] or ""
    assert f": line:{4 + bad.count(chr(10))}: " in refusal, refusal
    agree(text, 13)


@pytest.mark.parametrize("name", ["wikimedia.org", "10.in-addr.arpa"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_real_file_is_read_as_dnspython_reads_it(name: str, end: bytes) -> None:
    """All of its records."""
    text = (ZONES / f"{name}.zone").read_bytes().replace(b"\n", end)
    theirs = expected(text)
    assert found(text, 4099) == theirs
    assert len(theirs[1]) > 600
    assert theirs[2] is None
