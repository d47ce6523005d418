# SPDX-License-Identifier: Apache-2.0
"""What is said of zones once it is known what their servers have: ACTIVE, or ERROR and why."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, exists, select, update

from designate.model.zones import ACTIVE, DELETE, ERROR, NONE, PENDING
from designate.storage.keyed import Keyed
from designate.storage.servers import MAX_TEXT, Incarnation
from designate.storage.tables import zone_state, zones
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction

_settle_zones = Keyed(
    zones.c.id,
    lambda own: (
        update(zones)
        .where(
            own.rows,
            zones.c.generation <= own.value(zones.c.generation),
            zones.c.action != DELETE,
            zones.c.deleted == LIVE,
        )
        .values(status=ACTIVE, action=NONE)
    ),
)
_raise_confirmed = Keyed(
    zone_state.c.zone_id,
    lambda own: (
        update(zone_state)
        .where(own.rows, zone_state.c.confirmed_generation < own.value(zones.c.generation))
        .values(confirmed_generation=own.value(zones.c.generation))
    ),
)
_clear_failures = Keyed(
    zone_state.c.zone_id,
    lambda own: (
        update(zone_state)
        .where(
            own.rows,
            zone_state.c.failure_code.is_not(None),
            exists().where(
                zones.c.id == zone_state.c.zone_id,
                zones.c.generation <= own.value(zones.c.generation),
                zones.c.status == ACTIVE,
            ),
        )
        .values(failure_code=None, failure_text=None)
    ),
)
_fail_zones = Keyed(
    zones.c.id,
    lambda own: (
        update(zones)
        .where(
            own.rows,
            zones.c.generation == own.value(zones.c.generation),
            zones.c.deleted == LIVE,
            (zones.c.status == PENDING) | (zones.c.status == ERROR),
        )
        .values(status=ERROR)
    ),
)
_failed = Keyed(
    zones.c.id,
    lambda own: select(zones.c.id).where(
        own.any_of(zones.c.generation), zones.c.deleted == LIVE, zones.c.status == ERROR
    ),
)
_say_why = Keyed(
    zone_state.c.zone_id,
    lambda own: (
        update(zone_state)
        .where(own.rows)
        .values(
            failure_code=own.value(zone_state.c.failure_code),
            failure_text=own.value(zone_state.c.failure_text),
            changed_at=bindparam("b_now", type_=zone_state.c.changed_at.type),
        )
    ),
)


def confirm(tx: Transaction, confirmed: Mapping[str, int]) -> None:
    """Raise the confirmed generation of zones; those that are settled by it become ACTIVE."""
    if not confirmed:
        return
    by_zone = [(key, confirmed[key]) for key in sorted(confirmed)]
    states = [{"zone_id": key, "generation": generation} for key, generation in by_zone]
    _settle_zones.run(tx, [{"id": key, "generation": generation} for key, generation in by_zone])
    _raise_confirmed.run(tx, states)
    _clear_failures.run(tx, states)


def fail(tx: Transaction, failed: Sequence[tuple[Incarnation, str, str]]) -> None:
    """Put zones that wait in ERROR, each with its code and text, unless it has a newer version."""
    if not failed:
        return
    in_order = sorted(failed, key=lambda item: item[0].id)
    found = [{"id": zone.id, "generation": zone.generation} for zone, _, _ in in_order]
    if _fail_zones.run(tx, found):
        these = {row.id for row in _failed.all(tx.connection, found)}
        reasons = [
            {"zone_id": zone.id, "failure_code": code, "failure_text": text[:MAX_TEXT]}
            for zone, code, text in in_order
            if zone.id in these
        ]
        _say_why.run(tx, reasons, b_now=tx.now)
