# SPDX-License-Identifier: Apache-2.0
"""TSIG keys over HTTP: /v2/tsigkeys (API.md section 19)."""

from collections.abc import Mapping
from typing import Any

from designate.api import fields, paging, registers
from designate.errors import DuplicateTsigKey, InvalidTsigKey, Problem, TsigKeyNotFound
from designate.model.tsigkeys import ALGORITHMS, POOL, ZONE, NewTsigKey, TsigKeyChange

_FIELDS: Mapping[str, fields.Field] = {
    "name": fields.text(160),
    "algorithm": fields.choice(*ALGORITHMS),
    "secret": fields.text(160),
    "scope": fields.choice(POOL, ZONE),
    "resource_id": fields.uuid,
}


def _no_secret(values: Mapping[str, Any]) -> list[Problem]:
    if values.get("secret") != "":
        return []
    return [Problem(("type",), "'secret' must not be empty", "value", ["secret"])]


def shape(*, empty_secrets: bool) -> registers.Shape[NewTsigKey, TsigKeyChange]:
    """What keys are; `empty_secrets`: whether a key may do without one."""
    return registers.Shape(
        noun="tsigkey",
        name="TsigKey",
        collection=paging.Collection(
            "tsigkeys",
            filters=frozenset({"name", "algorithm", "scope"}),
            sort_keys=("created_at", "id", "updated_at", "name"),
            counted=False,
        ),
        new=NewTsigKey,
        change=TsigKeyChange,
        fields=_FIELDS,
        required=tuple(_FIELDS),
        absent=TsigKeyNotFound,
        refuses=(DuplicateTsigKey, InvalidTsigKey),
        faults=(lambda values: []) if empty_secrets else _no_secret,
    )
