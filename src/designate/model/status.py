# SPDX-License-Identifier: Apache-2.0
"""Status and action, derived from generations (API.md section 26)."""

import msgspec

from designate.model.recordsets import RecordSet
from designate.model.zones import ACTIVE, CREATE, ERROR, NONE, PENDING, UPDATE, Zone


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


def changed(recordset: RecordSet, zone: Zone, wire: bytes) -> RecordSet:
    """The recordset as changed by this version of its zone; without records nothing is pending."""
    generation = zone.generation if wire else 0
    return derived(msgspec.structs.replace(recordset, generation=generation), zone)


def derived(recordset: RecordSet, zone: Zone) -> RecordSet:
    """The recordset with status and action as its zone stands."""
    confirmed = zone.confirmed_generation
    generation, created = recordset.generation, recordset.created_generation
    return msgspec.structs.replace(
        recordset,
        status=recordset_status(generation, confirmed, failing=zone.status == ERROR),
        action=recordset_action(generation, created, confirmed),
    )
