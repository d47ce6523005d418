# SPDX-License-Identifier: Apache-2.0
"""Patterns of forbidden names: whatever they are, they cost little."""

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.rules import patterns

NAME = ("a" * 60 + ".") * 4
CATASTROPHES = [
    r"^((a|aa)+\.)+x",
    r"(?R)",
    r"((?&x))(?P<x>a)",
    r"(?:(?:a?){30}){30}x",
    r"(a*)*(a*)*(a*)*b\1\2\3",
    r"(?e)(?:.*a.*a.*b){e<=9}",
]
BOMBS = [
    "a{1000000}",
    "a{100000,}",
    "a{" + "9" * 200 + "}",
    "(a{1000}){1000}",
    "((a{99}){99}){99}",
    "(?:" * 30 + "a" + ")+" * 30,
    "(?:" * 25 + "a" + "){1,2}" * 25,
    "(?x)(a{1000}) {1 000}",
    "(?ix)a",
    "(?i-x:a)",
]


@pytest.mark.parametrize("pattern", CATASTROPHES)
def test_no_search_takes_long(pattern: str) -> None:
    """What could not be searched in time is found (API.md 6.3, item 7)."""
    patterns.compiled(pattern)
    began = time.thread_time()
    patterns.is_found(pattern, NAME)
    assert time.thread_time() - began < 10 * patterns.PATIENCE


@pytest.mark.parametrize("pattern", BOMBS)
def test_no_pattern_is_written_out_to_gigabytes(pattern: str) -> None:
    """It is refused before it is compiled, and forbids nothing where it stands already."""
    began = time.thread_time()
    with pytest.raises(patterns.BadPattern):
        patterns.compiled(pattern)
    assert not patterns.is_found(pattern, NAME)
    assert time.thread_time() - began < 1.0


@pytest.mark.parametrize(
    "pattern",
    [
        r"^([A-Za-z0-9_\-]+\.)*example\.com\.$",
        r"[a-z]{63}\.[a-z]{63}\.[a-z]{63}\.[a-z]{1,60}\.",
        r"([0-9a-f]\.){32}ip6\.arpa\.$",
        r"([0-9a-f]\.){16}x([0-9a-f]\.){16}",
        r"^(?!good\.).*\.example\.$",
        r"(a|b)\.\1\.",
        r"(?i:EXAMPLE)",
    ],
)
def test_what_people_write_is_taken(pattern: str) -> None:
    """Repeats of names, lookaheads and references are all there."""
    patterns.compiled(pattern)


@pytest.mark.parametrize("pattern", ["exam(", "*", "[z-a]", r"\1", "(?P<a>x", "(?<", r"\L<words>"])
def test_what_is_no_pattern_is_told(pattern: str) -> None:
    """In one error, which says where."""
    with pytest.raises(patterns.BadPattern, match="position"):
        patterns.compiled(pattern)


PARTS = ["(", "(?:", "(?=", "(?>", ")", "[", "]", "{9}", "{99,}", "{2,3}", "+", "*", "?", "|", "a"]
PARTS += [".", "\\", "\\1", "^", "$", "{e<=2}", "(?R)", "(?1)", "\\p{L}", "(?b)", "(?r)", "-", "0"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join) | st.text(max_size=255))
def test_any_text_is_a_pattern_or_a_bad_one(text: str) -> None:
    """No other error, nor more memory than is stated."""
    tracemalloc.start()
    try:
        patterns.is_found(text[:255], NAME)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
