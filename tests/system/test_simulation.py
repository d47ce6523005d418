# SPDX-License-Identifier: Apache-2.0
"""Ten million zones and a hundred name servers: the bounds of docs/scaling.md hold."""

import subprocess
import sys

import pytest

LONGEST = 1200.0


@pytest.mark.slow
def test_the_simulated_cloud_keeps_its_bounds() -> None:
    """Of waiting, of fairness, and of what each process and each server has to do."""
    command = [sys.executable, "-m", "tests.simulation"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
