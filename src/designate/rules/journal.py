# SPDX-License-Identifier: Apache-2.0
"""How much of a zone's journal is kept (decisions 3a.13 and 3a.14)."""

from designate.model.journal import Kept


def floor(
    kept: Kept, current_then: int | None, current_lately: int | None, max_versions: int
) -> int:
    """The oldest version to keep.

    `current_then` is the version that was current when the time began for which versions are kept;
    None when that is no longer known. What a name server may still ask for is kept however old it
    is, but no more than `max_versions` are kept for anything: whoever is further behind takes the
    whole zone. Those that came after `current_lately` are kept however many they are: by them a
    writer learns what became of its commit.
    """
    by_age = min(current_then or kept.floor, kept.needed)
    by_size = min(current_lately or kept.floor, kept.generation - max_versions + 1)
    return max(by_age, by_size, kept.floor)
