# SPDX-License-Identifier: Apache-2.0
"""The masters that a server transfers from: those that are near to it come first."""

import random
from collections.abc import Sequence

from designate.model.pools import Endpoint, Target


def in_order(target: Target) -> list[Endpoint]:
    """The masters as a server is told of them: name servers ask the first that answers.

    Those of the option `near_masters` come first. Both parts are shuffled, so that the transfers
    of many zones spread.
    """
    masters = random.sample(target.masters, len(target.masters))
    return sorted(masters, key=lambda master: master.host not in target.near_masters)


def are_right(target: Target, given: Sequence[tuple[str, int]]) -> bool:
    """Whether a server has these masters, by host and port, and the near ones first."""
    wanted = {(master.host, master.port) for master in target.masters}
    far = [host not in target.near_masters for host, _ in given]
    return set(given) == wanted and far == sorted(far)
