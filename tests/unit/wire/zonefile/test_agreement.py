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


@pytest.mark.parametrize("name", ["wikimedia.org", "10.in-addr.arpa"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_real_file_is_read_as_dnspython_reads_it(name: str, end: bytes) -> None:
    """All of its records."""
    text = (ZONES / f"{name}.zone").read_bytes().replace(b"\n", end)
    theirs = expected(text)
    assert found(text, 4099) == theirs
    assert len(theirs[1]) > 600
    assert theirs[2] is None
