# SPDX-License-Identifier: Apache-2.0
"""How much is thrown at us: a little in the gate, ten times that in `make full`.

FUZZ=N makes it N times; `make fuzz` sets it.
"""

import os

SEARCHES = os.environ.get("HYPOTHESIS_PROFILE") == "search"
TIMES = int(os.environ.get("FUZZ") or (10 if SEARCHES else 1))


def examples(in_the_gate: int) -> int:
    """The number of examples of a property test."""
    return in_the_gate * TIMES
