# SPDX-License-Identifier: Apache-2.0
"""Patterns of names that no zone may have: regular expressions at a bounded cost.

Whoever may write a pattern must not be able to stop the service with it. Searching has a limit of
time. Compiling has none, and writes out what is repeated: twenty nested `(...)+` are a million
copies and gigabytes, so patterns of that kind are refused before they are compiled. So are those
that call themselves, as `(?R)` does: within the limit of time they take memory by the 100 MB.
"""

import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import regex

LOG = logging.getLogger(__name__)
PATIENCE = 0.05
"""Seconds for one name and all patterns, of the processor's time."""
MAX_SIZE = 50_000
"""Nodes that a pattern may be written out to: some milliseconds and 20 MB, once."""
_KEPT = 10_000
"""Compiled patterns that are kept."""

# What a pattern is read by. Comments and flags are nothing that could be repeated; a possessive or
# lazy quantifier is one; `*`, `?` and `{,n}` write nothing out, and count as characters.
_tokens = re.compile(
    r"""
    (?P<recursion> \(\?(?: R | [0-9]+ | & | P> ) )
    | (?P<nothing> \(\?\#[^)]*\) | \(\?[a-zA-Z0-9-]*\) )
    | (?P<begin> \( )
    | (?P<end> \) )
    | (?P<copies> (?: \+ | \{(?P<least>[0-9]+)(?:,[0-9]*)?\}? ) [+?]? )
    | (?P<class> \[\^?\]?(?:\\.|[^\]\\])*\] )
    | \\? .
    """,
    re.VERBOSE | re.DOTALL,
).finditer
# They change what a blank, a `#` or a `[` within a class is, and so what a group is.
_has_foreign_syntax = re.compile(r"\(\?[a-zA-Z0-9-]*(x|V1)").search


class BadPattern(ValueError):
    """This cannot be searched for; the message says why."""


@lru_cache(_KEPT)
def compiled(pattern: str) -> "regex.Pattern[str]":
    """The pattern, ready to be searched in any case; raises BadPattern."""
    if _has_foreign_syntax(pattern):
        raise BadPattern("the flags x and V1 are not available")
    if size(pattern) > MAX_SIZE:
        raise BadPattern("it repeats too much")
    try:
        return regex.compile(pattern, regex.IGNORECASE)
    except RecursionError:
        raise BadPattern("it is nested too deep") from None
    except regex.error as error:
        raise BadPattern(str(error)) from None


def size(pattern: str) -> int:
    """At least the number of nodes that the pattern is written out to; raises BadPattern.

    What stands side by side adds up, what is repeated is multiplied. A `)` too many counts as the
    end of a group that holds all before it.
    """
    # The sizes of the groups that are open, and of the last item, which a quantifier repeats.
    around, total, last = list[int](), 0, 0
    for token in _tokens(pattern):
        if token["recursion"]:
            raise BadPattern("a pattern that calls itself is not available")
        if token["begin"]:
            around.append(total + last)
            total, last = 1, 0
        elif token["end"]:
            last += total
            total = around.pop() if around else 0
        elif token["copies"]:
            last = (last + 1) * (int((token["least"] or "1")[:9]) + 1)
        elif not token["nothing"]:
            if token["class"] and "[:" in token["class"][1:]:
                raise BadPattern("classes of characters by name, [:...:], are not available")
            total, last = total + last, len(token[0])
    return sum(around) + total + last


def is_one_found(blacklist: Mapping[str, str], name_key: str) -> bool:
    """Whether a pattern is found, or all of them take too long; `blacklist` is by id.

    What is no pattern is not found.
    """
    left = PATIENCE
    for pattern_id, text in blacklist.items():
        if left <= 0:
            return _overrun(pattern_id)
        try:
            pattern = compiled(text)
        except BadPattern:
            continue
        began = time.thread_time()
        try:
            if pattern.search(name_key, timeout=left) is not None:
                return True
        except TimeoutError:
            return _overrun(pattern_id)
        left -= time.thread_time() - began
    return False


def _overrun(pattern_id: str) -> bool:
    LOG.warning("Blacklists took more than %d ms, up to %s", PATIENCE * 1000, pattern_id)
    return True


@dataclass(slots=True)
class Search:
    """Whether a name is blacklisted: searched for once, as long as the patterns stay the same."""

    name_key: str
    _blacklist: Mapping[str, str] = field(default_factory=dict)
    _found: bool = False

    def finds(self, blacklist: Mapping[str, str]) -> bool:
        """Whether one of the patterns is found; they are by id."""
        if blacklist != self._blacklist:
            self._found = is_one_found(blacklist, self.name_key)
            self._blacklist = blacklist
        return self._found
