# SPDX-License-Identifier: Apache-2.0
"""Status and action, derived from generations (API.md section 26)."""

from designate.model.zones import ACTIVE, CREATE, ERROR, NONE, PENDING, UPDATE


def recordset_status(generation: int, confirmed: int, *, failing: bool) -> str:
    """ACTIVE once enough servers serve its last change, else PENDING, or ERROR while that fails."""
    if generation <= confirmed:
        return ACTIVE
    return ERROR if failing else PENDING


def recordset_action(generation: int, created: int, confirmed: int) -> str:
    """What is still to be confirmed of a recordset."""
    if generation <= confirmed:
        return NONE
    return CREATE if created > confirmed else UPDATE
