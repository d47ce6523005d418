# SPDX-License-Identifier: Apache-2.0
"""Parts of the cluster fail in random order while clients write: nothing is lost, doubled, stuck.

`make chaos` runs the short form, `make chaos-long` the long one; CHAOS_SEED=N repeats a run but for
its timing, CHAOS_FAULTS=N is how many faults the short form has.
"""

import os
import random

import pytest

from tests.cluster import faults
from tests.cluster.chaos import Chaos
from tests.cluster.cluster import Cluster

pytestmark = pytest.mark.slow

SEED = "CHAOS_SEED"
FEW = "CHAOS_FAULTS"


def undergo(cluster: Cluster, most: int | None) -> None:
    """Run so many of all faults, in random order."""
    seed = int(os.environ.get(SEED, random.SystemRandom().randrange(1 << 32)))
    print(f"{SEED}={seed}", flush=True)
    every = faults.every(cluster)
    random.Random(seed).shuffle(every)
    Chaos(cluster, seed, every[:most]).run()


def test_eight_faults(cluster: Cluster) -> None:
    """Whichever they are."""
    undergo(cluster, int(os.environ.get(FEW, "8")))


def test_every_fault_of_every_part(cluster: Cluster) -> None:
    """Which takes half an hour."""
    undergo(cluster, None)
