# SPDX-License-Identifier: Apache-2.0
"""Memory stays where it was, however much is written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WRITES = int(os.environ.get("WRITES") or 50_000)
"""A million, as in docs/reliability.md, takes half an hour."""
WARM = 0.5
"""The part of the writes after which everything that is remembered has been filled."""
GROWTH = 8 << 20
"""Bytes that the rest may add: caches of SQLite fill up, and malloc keeps what it had once."""

BLOCKS = 0.1
"""Blocks of memory of Python's that a write may leave: one object for every tenth is a leak."""


@pytest.mark.slow
def test_memory_is_where_it_was(tmp_path: Path) -> None:
    """With content that does not grow, the later half of the writes adds nothing that goes on."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.system.endurance", str(tmp_path / "state"), str(WRITES)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60 + WRITES / 50,
    )
    seen = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(seen) == 10 and seen[-1]["writes"] > 0.9 * WRITES
    warm = next(one for one in seen if one["writes"] >= WARM * WRITES)
    assert seen[-1]["bytes"] - warm["bytes"] < GROWTH, ended.stdout
    written = seen[-1]["writes"] - warm["writes"]
    assert seen[-1]["blocks"] - warm["blocks"] < written * BLOCKS, ended.stdout
