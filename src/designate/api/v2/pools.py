# SPDX-License-Identifier: Apache-2.0
"""Pools over HTTP: /v2/pools (API.md section 22). Their servers are not shown."""

from typing import Any

import falcon

from designate.api import description, fields, paging, registers
from designate.errors import (
    DuplicatePool,
    DuplicatePoolNsRecord,
    InvalidObject,
    InvalidOperation,
    LastServerDeleteNotAllowed,
    PoolNotFound,
)
from designate.model.pools import NewPool, NsRecord, PoolChange

_NS_RECORD: dict[str, fields.Field] = {
    "priority": fields.integer(1, 10000),
    "hostname": fields.domain,
}
_NS_RECORDS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {name: field.schema for name, field in _NS_RECORD.items()},
        "required": ["hostname"],
        "additionalProperties": False,
    },
}


def _ns_records(key: str, value: Any) -> list[NsRecord]:
    """Field: the names of the servers that zones delegate to, each with a priority."""
    if not isinstance(value, list):
        raise InvalidObject(f"{key} must be a list of objects, not {value!r:.100}")
    return [_ns_record(f"{key}[{index}]", item) for index, item in enumerate(value)]


def _ns_record(place: str, item: Any) -> NsRecord:
    if not isinstance(item, dict):
        raise InvalidObject(f"{place} must be an object, not {item!r:.100}")
    fields.refuse_unknown(place, item, (frozenset(_NS_RECORD),))
    values = {key: _NS_RECORD[key](f"{place}.{key}", value) for key, value in item.items()}
    if "hostname" not in values:
        raise InvalidObject(f"{place} has no hostname")
    return NsRecord(**values)


SHAPE = registers.Shape(
    noun="pool",
    name="Pool",
    collection=paging.Collection(
        "pools",
        filters=frozenset({"name"}),
        sort_keys=("created_at", "id", "updated_at", "name"),
        counted=False,
    ),
    new=NewPool,
    change=PoolChange,
    given={"project_id": description.NULLABLE_TEXT},
    once={"project_id": fields.nullable(fields.project)},
    fields={
        "name": fields.text(50),
        "description": fields.nullable(fields.text(160)),
        "attributes": fields.mapping(255),
        "ns_records": fields.Field(_ns_records, _NS_RECORDS),
    },
    required=("name",),
    absent=PoolNotFound,
    refuses=(DuplicatePool, DuplicatePoolNsRecord, LastServerDeleteNotAllowed),
    in_use=(InvalidOperation,),
    changed=falcon.HTTP_202,
)
