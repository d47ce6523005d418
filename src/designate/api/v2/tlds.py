# SPDX-License-Identifier: Apache-2.0
"""TLDs over HTTP: /v2/tlds (API.md section 17)."""

from typing import Any

from designate.api import fields, paging, registers
from designate.errors import DuplicateTld, InvalidObject, TldNotFound
from designate.model.tlds import NewTld, TldChange


def _name(key: str, value: Any) -> str:
    """Field: a name without its final dot."""
    if isinstance(value, str) and value.endswith("."):
        raise InvalidObject(f"{key} {value!r:.100} has a final dot")
    name: str = fields.domain(key, f"{value}." if isinstance(value, str) else value)
    return name[:-1]


SHAPE = registers.Shape(
    noun="tld",
    name="Tld",
    collection=paging.Collection(
        "tlds",
        filters=frozenset({"name"}),
        sort_keys=("created_at", "id", "updated_at", "name"),
        counted=False,
    ),
    new=NewTld,
    change=TldChange,
    fields={
        "name": fields.Field(_name, {"type": "string", "maxLength": 253}),
        "description": fields.nullable(fields.text(160)),
    },
    required=("name",),
    absent=TldNotFound,
    refuses=(DuplicateTld,),
)
