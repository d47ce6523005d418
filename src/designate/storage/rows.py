# SPDX-License-Identifier: Apache-2.0
"""Rows to structs, and the values that every table writes alike."""

import json
import os
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy.sql.elements import ColumnElement

from designate.model.zones import AWAITS_TRANSFER, DELETE, SECONDARY, Zone
from designate.storage.tables.columns import DEL, Ascii

_LAST = "\U0010ffff"
_BEYOND = 256
"""Characters, more than indexed columns hold."""


def new_id() -> str:
    """A random identifier (UUIDv4), for rows whose id is a shard key or must not be guessed."""
    return str(uuid.uuid4())


class OrderedIds:
    """Identifiers that sort by the order of their making (UUIDv7, RFC 9562 section 5.7)."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> str:
        """The next identifier: milliseconds, then a counter that rises within one of them."""
        ticks = max(time.time_ns() // 1_000_000 << 12, self._last + 1)
        self._last = ticks
        milliseconds, counter = ticks >> 12, ticks & 0xFFF
        tail = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
        value = milliseconds << 80 | 7 << 76 | counter << 64 | 2 << 62 | tail
        digits = f"{value & (1 << 128) - 1:032x}"
        parts = digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]
        return "-".join(parts)


ordered_id = OrderedIds()


def ordered_from(moment: datetime) -> str:
    """What ordered identifiers that are made from then on sort behind."""
    digits = f"{int(unix_time(moment) * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"


load = msgspec.json.Decoder().decode
"""The value of a Document column."""
_dump = json.JSONEncoder(separators=(",", ":")).encode


def shard_of(identifier: str) -> int:
    """The shard, 0 to 4095, of a zone id: its first three digits, as upstream's."""
    return int(identifier[:3], 16)


def unix(moment: datetime) -> int:
    """A naive UTC time as whole seconds of Unix time."""
    return int(unix_time(moment))


def unix_time(moment: datetime) -> float:
    """A naive UTC time as Unix time, with its fraction."""
    return moment.replace(tzinfo=UTC).timestamp()


def dump(value: Any) -> str:
    """A value as the JSON of a Document column."""
    return _dump(value)


def zone(row: Any) -> Zone:
    """A zone from a row of `storage.zones`' selects."""
    awaits = row.type == SECONDARY and row.transferred_at is None and row.action != DELETE
    return Zone(
        id=row.id,
        pool_id=row.pool_id,
        project_id=row.project_id,
        name=row.name,
        email=row.email,
        ttl=row.ttl,
        serial=row.serial,
        refresh=row.refresh,
        retry=row.retry,
        expire=row.expire,
        minimum=row.minimum,
        mname=row.mname,
        type=row.type,
        description=row.description,
        status=row.status,
        action=row.action,
        status_reason=AWAITS_TRANSFER if awaits else row.failure_text,
        shared=bool(row.shared),
        shared_with_caller=bool(row.shared_with_caller),
        attributes=load(row.attributes),
        masters=load(row.masters),
        generation=row.generation,
        confirmed_generation=row.confirmed_generation or 0,
        epoch=row.epoch,
        recordset_count=row.recordset_count,
        record_count=row.record_count,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        transferred_at=row.transferred_at,
        hard_delete=bool(row.hard_delete),
    )


def prefix_bounds(prefix: str, last: str = _LAST) -> tuple[str, str]:
    """The first text that begins with `prefix`, and the first one after all that do.

    `last` is the last character that such texts may have.
    """
    stem = prefix.rstrip(last)
    if not stem:
        return prefix, last * _BEYOND
    following = chr(ord(stem[-1]) + 1)
    return prefix, stem[:-1] + ("\ue000" if following == "\ud800" else following)


def prefix_range(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """Texts that begin with `prefix`, as a range that an index serves on every database."""
    if not prefix:
        return column.is_not(None)
    low, high = prefix_bounds(prefix, DEL if isinstance(column.type, Ascii) else _LAST)
    return (column >= low) & (column < high)
