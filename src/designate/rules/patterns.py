# SPDX-License-Identifier: Apache-2.0
"""Patterns of names that no zone may have: regular expressions at a bounded cost.

Whoever may write a pattern must not be able to stop the service with it. Searching has a limit of
time. Compiling has none, and writes out what is repeated: twenty nested `(...)+` are a million
copies and gigabytes, so patterns of that kind are refused before they are compiled.
"""

import math
import re
from functools import lru_cache

import regex

PATIENCE = 0.02
"""Seconds for one pattern and one name."""
MAX_SIZE = 50_000
"""Nodes that a pattern may be written out to: some milliseconds and 20 MB, once."""
_KEPT = 10_000
"""Compiled patterns that are kept."""

# A quantifier, and whether it belongs to a group; `*`, `?` and `{,n}` write nothing out.
_quantifiers = re.compile(r"([)}]?)(\+|\{([0-9]+))").findall
# Blanks are not looked for in quantifiers, where this flag allows them.
_is_verbose = re.compile(r"\(\?[a-zA-Z0-9-]*x").search


class BadPattern(ValueError):
    """This cannot be searched for; the message says why."""


@lru_cache(_KEPT)
def compiled(pattern: str) -> "regex.Pattern[str]":
    """The pattern, ready to be searched in any case; raises BadPattern."""
    if _is_verbose(pattern):
        raise BadPattern("the flag x is not available")
    if size(pattern) > MAX_SIZE:
        raise BadPattern("it repeats too much")
    try:
        return regex.compile(pattern, regex.IGNORECASE)
    except RecursionError:
        raise BadPattern("it is nested too deep") from None
    except regex.error as error:
        raise BadPattern(str(error)) from None


def size(pattern: str) -> int:
    """At least the number of nodes that the pattern is written out to.

    Groups count as if each stood within all the others.
    """
    single, groups = len(pattern), [1]
    for of_group, _, least in _quantifiers(pattern):
        copies = int(least[:9] or 1) + 1
        if of_group:
            groups.append(copies)
        else:
            single += copies
    return single * math.prod(groups)


def is_found(pattern: str, name_key: str) -> bool:
    """Whether a pattern is found; one that takes too long is, one that is no pattern is not."""
    try:
        return compiled(pattern).search(name_key, timeout=PATIENCE) is not None
    except TimeoutError:
        return True
    except BadPattern:
        return False
