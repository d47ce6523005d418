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
    r"(?:[(]a{999}){999}",
    r"(?:a{999}[(]b){999}",
    r"(?:a{999}[]()]b){999}",
    r"(?:a{999}[^](]b){999}",
    r"(?:a{999}[\](]b){999}",
    r"(?:a{999}\(b){999}",
    r"(?:a{999}(?#(())b){999}",
    "(?:a{999})(?#){999}",
    "(?:a{999})(?i){999}",
    "(?:[)]a{999}){999}",
    "(?:a{999}[)]){999}",
    "{(?:(?:a{999}){999}}",
    "[[:Lu:](]",
    "(?V1)[[a](]",
]


@pytest.mark.parametrize("pattern", CATASTROPHES)
def test_no_search_takes_long(pattern: str) -> None:
    """What could not be searched in time is found (API.md 6.3, item 7)."""
    patterns.compiled(pattern)
    began = time.thread_time()
    patterns.is_one_found({"1": pattern}, NAME)
    assert time.thread_time() - began < 4 * patterns.PATIENCE


def test_all_patterns_share_one_time(caplog: pytest.LogCaptureFixture) -> None:
    """However many there are; where it is over, the log says at which, once."""
    slow = {str(number): rf"^((a|aa)+\.)+x{number}" for number in range(40)}
    slow["0"] = "nothing"
    for pattern in slow.values():
        patterns.compiled(pattern)
    began = time.thread_time()
    assert patterns.is_one_found(slow, NAME)
    assert time.thread_time() - began < 4 * patterns.PATIENCE
    assert caplog.messages == ["Blacklists took more than 50 ms, up to 1"]


def test_compiling_is_not_searching() -> None:
    """The first creation after a start is not refused for what others will find prepared."""
    many = {str(number): rf"^([a-z0-9_-]+\.)*first{number}\.example\.$" for number in range(2500)}
    began = time.thread_time()
    assert not patterns.is_one_found(many, "shop.example.org.")
    assert time.thread_time() - began > patterns.PATIENCE


def test_a_name_is_searched_for_again_when_the_patterns_are_others() -> None:
    """And only then."""
    search = patterns.Search("shop.example.org.")
    assert not search.finds({})
    assert not search.finds({"1": "nothing"})
    assert search.finds({"1": "shop"})
    assert not search.finds({"1": "nothing"})
    slow = {"1": r"^((a|aa)+\.)+x"}
    search = patterns.Search(NAME)
    assert search.finds(slow)
    began = time.thread_time()
    assert search.finds(dict(slow))
    assert time.thread_time() - began < patterns.PATIENCE / 2


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"^shop\.", True),
        (r"example\.org\.$", True),
        (r"example\.org$", False),
        ("HOP", True),
        (r"^example", False),
    ],
)
def test_patterns_search_the_name_with_its_final_dot(pattern: str, *, found: bool) -> None:
    """Unanchored, in any case (API.md section 29, K28)."""
    assert patterns.is_one_found({"1": "nothing", "2": pattern}, "shop.example.org.") == found


def test_what_is_no_pattern_forbids_nothing() -> None:
    """A broken row of the table must not end every creation of a zone with an error."""
    assert not patterns.is_one_found({"1": "exam(", "2": "*", "3": "[z-a]"}, "example.org.")


@pytest.mark.parametrize("pattern", BOMBS)
def test_no_pattern_is_written_out_to_gigabytes(pattern: str) -> None:
    """It is refused before it is compiled, and forbids nothing where it stands already."""
    began = time.thread_time()
    with pytest.raises(patterns.BadPattern):
        patterns.compiled(pattern)
    assert not patterns.is_one_found({"1": pattern}, NAME)
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
        r"^([a-z]+\.)+([a-z]+-)+([a-z]+_)+(a|b)+(c|d)+(e|f)+(g|h)+(i|j)+(k|l)+(m|n)+(o|p)+(q|r)+x",
        r"^(?:[^.()]{1,63}\.){1,4}[)(]{0,2}(?:[^.]{1,63}\.){1,4}",
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
PARTS += ["(?#", "(?i)", "[^]", "[]", "[:alpha:]", "(a{99}", "){99}", "(?V1)", "{e<=1:[a(]}"]


@pytest.mark.parametrize(
    "pattern", ["(?R)", "a(?0)", "(a(?1))", "(?P<x>(?&x))", "(?P<x>a(?P>x))", "((?&x))(?P<x>a)"]
)
def test_no_pattern_calls_itself(pattern: str) -> None:
    """It would take memory for as long as it may search."""
    with pytest.raises(patterns.BadPattern, match="calls itself"):
        patterns.compiled(pattern)


@pytest.mark.parametrize("pattern", [r"(\(?R)", "[(?R)]", r"x(\(?0)?"])
def test_what_only_looks_like_a_call_is_taken(pattern: str) -> None:
    """An escaped bracket that may be absent, and characters of a class."""
    patterns.compiled(pattern)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join) | st.text(max_size=255))
def test_any_text_is_a_pattern_or_a_bad_one(text: str) -> None:
    """No other error, nor more memory than is stated."""
    tracemalloc.start()
    try:
        patterns.is_one_found({"1": text[:255]}, NAME)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
