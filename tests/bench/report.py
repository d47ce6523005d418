# SPDX-License-Identifier: Apache-2.0
"""The table, and its place in docs/benchmarks.md."""

import datetime
import os
import platform
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.bench.figures import Row, refusals
from tests.bench.scale import FULL, Scale
from tests.servers.bind9 import binary

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN = "<!-- figures: written by `make bench ARGS=--markdown` -->"
END = "<!-- end of figures -->"
HEAD = ("work", "budget", "here", "met?")


def line(row: Row) -> str:
    """A row as a line of Markdown."""
    met = {True: "yes", False: "**no**", None: ""}[row.met]
    return f"| {row.work} | {row.budget} | {row.here} | {met} |"


def head() -> str:
    """The two lines above the rows."""
    return f"| {' | '.join(HEAD)} |\n{'|---' * len(HEAD)}|"


def conditions(scale: Scale, busy: float) -> str:
    """When, where and of what the figures are; `busy` is the load average before."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {_bind()}"
    preliminary = "" if scale is FULL else " Preliminary: a small run."
    machine = f"{os.cpu_count()} cores, load {busy:.1f} before"
    return f"{today}, {machine}, commit {_commit()}; {versions}.{preliminary}"


def summary(rows: Iterable[Row], complaints: Counter[str]) -> str:
    """How many budgets are met, and what the servers' logs complain of."""
    judged = [row.met for row in rows if row.met is not None]
    text = f"{sum(judged)} of {len(judged)} budgets met."
    if complaints:
        text += f" In the logs{refusals(complaints)}"
    return text


def write(figures: str) -> None:
    """Put the figures between the marks of the page; raises ValueError when it has none."""
    page = PAGE.read_text("utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has no marks for the figures")
    PAGE.write_text(f"{before}{begin}\n\n{figures}\n\n{end}{after}", "utf-8")


def _commit() -> str:
    git = ("git", "-C", str(ROOT))
    changed = _output(*git, "status", "--porcelain", "src")
    return _output(*git, "rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def _bind() -> str:
    return " ".join(_output(binary("named"), "-v").split()[:2]).partition("-")[0]


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()
