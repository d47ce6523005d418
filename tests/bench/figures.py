# SPDX-License-Identifier: Apache-2.0
"""Rows of the table, and the numbers in them as text."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """A line of the table; `met` is None where there is no budget for this figure."""

    work: str
    budget: str
    here: str
    met: bool | None = None


def median(seconds: Sequence[float]) -> float:
    """The middle value; NaN, which meets no budget, when there is none."""
    return statistics.median(seconds) if seconds else math.nan


def p95(seconds: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(seconds)[math.ceil(len(seconds) * 0.95) - 1] if seconds else math.nan


def ms(seconds: float) -> str:
    """Milliseconds with three digits that mean something."""
    return f"{_digits(seconds * 1000)} ms"


def spread(seconds: Sequence[float]) -> str:
    """Median and p95."""
    return f"p50 {ms(median(seconds))}, p95 {ms(p95(seconds))}"


def rate(count: float, seconds: float) -> str:
    """A number a second."""
    return f"{_digits(count / seconds)}/s" if seconds else "0/s"


def mebibytes(size: float) -> str:
    """A size of memory."""
    return f"{size / 2**20:.0f} MB"


def refusals(found: Counter[str]) -> str:
    """What was answered instead of success, to put behind a figure; nothing when nothing was."""
    return "".join(f"; **{count} × {what}**" for what, count in sorted(found.items()))


def _digits(value: float) -> str:
    if math.isnan(value):
        return "none"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
