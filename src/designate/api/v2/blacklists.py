# SPDX-License-Identifier: Apache-2.0
"""Blacklists over HTTP: /v2/blacklists (API.md section 18)."""

from typing import Any

from designate.api import fields, paging, registers
from designate.errors import BlacklistNotFound, DuplicateBlacklist, InvalidObject
from designate.model.blacklists import BlacklistChange, NewBlacklist

_text = fields.text(255)


def _pattern(key: str, value: Any) -> str:
    """Field: the text of a regular expression; whether it is one shows when it is compiled."""
    pattern: str = _text(key, value)
    if not pattern:
        raise InvalidObject(f"{key} is empty")
    return pattern


SHAPE = registers.Shape(
    noun="blacklist",
    name="Blacklist",
    collection=paging.Collection(
        "blacklists",
        filters=frozenset({"pattern"}),
        sort_keys=("created_at", "id", "updated_at", "pattern"),
        counted=False,
    ),
    new=NewBlacklist,
    change=BlacklistChange,
    fields={
        "pattern": fields.Field(_pattern, {**_text.schema, "minLength": 1}),
        "description": fields.nullable(fields.text(160)),
    },
    required=("pattern",),
    absent=BlacklistNotFound,
    refuses=(DuplicateBlacklist,),
)
