# SPDX-License-Identifier: Apache-2.0
"""What a zone of its type must have and must not have (API.md sections 3.3 and 6.1)."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from designate.errors import DuplicateZoneAttribute, Problem
from designate.model.zones import PRIMARY, SECONDARY, master_server


def lacking(zone_type: str, fields: Mapping[str, Any]) -> list[Problem]:
    """What is not there of a zone to be created."""
    if zone_type == PRIMARY and fields.get("email") is None:
        return [Problem(("type", "email"), _required("email"), "required", "email")]
    if zone_type == SECONDARY and "masters" not in fields:
        return [_no_masters()]
    return []


def unfitting(zone_type: str, fields: Mapping[str, Any]) -> list[Problem]:
    """What is there and must not be, of a zone that is created or changed."""
    problems = []
    if zone_type == PRIMARY and fields.get("masters"):
        message = "'masters' has more items than a PRIMARY zone may have"
        problems.append(Problem(("type",), message, "maxItems", ["masters"]))
    if zone_type == SECONDARY:
        if "masters" in fields and not fields["masters"]:
            problems.append(_no_masters())
        for key in ("email", "ttl"):
            if fields.get(key) is not None:
                message = f"'{key}' is not allowed in SECONDARY zones"
                problems.append(Problem(("type",), message, "not_allowed", key))
    return problems


def check_masters(masters: Sequence[str]) -> None:
    """Raise DuplicateZoneAttribute where two are the same server, however they are spelled."""
    if len({_server(master) for master in masters}) < len(masters):
        raise DuplicateZoneAttribute


def _server(master: str) -> tuple[str, int]:
    """A master's host in one spelling, and its port."""
    host, port = master_server(master)
    try:
        return str(ipaddress.ip_address(host)), port
    except ValueError:
        return host.lower().rstrip("."), port


def _no_masters() -> Problem:
    return Problem(("type", "masters"), _required("masters"), "required", ["masters"])


def _required(field: str) -> str:
    return f"'{field}' is a required property"
