# SPDX-License-Identifier: Apache-2.0
"""Where a recordset may stand (API.md 7.3, items 2, 3 and 8 to 12)."""

from collections.abc import Collection

from designate.errors import BadRequest, InvalidRecordSetLocation, InvalidRecordSetName
from designate.rdata import tlsa


def check_type_rules(name: str, rtype: str) -> None:
    """Raise BadRequest for a SOA, which the service keeps, and for a misplaced TLSA (RFC 6698)."""
    if rtype == "SOA":
        raise BadRequest("SOA recordsets are managed by the service and cannot be created")
    if rtype == "TLSA" and not tlsa.is_owner(name):
        raise BadRequest("The name of a TLSA recordset must begin with _port._protocol.")


def check_location(name_key: str, zone_key: str, max_length: int) -> None:
    """Raise unless the name is short enough and stands at or below the apex."""
    if len(name_key) > max_length:
        raise InvalidRecordSetName(f"The name is longer than {max_length} characters")
    if name_key != zone_key and not name_key.endswith("." + zone_key):
        raise InvalidRecordSetLocation("RecordSet is not contained within its parent zone")


def check_cname_place(name_key: str, zone_key: str, rtype: str, others: Collection[str]) -> None:
    """Raise where a CNAME would stand at the apex or beside other data (RFC 1034 section 3.6.2).

    `others` are the types of the other recordsets at the name.
    """
    if rtype == "CNAME":
        if name_key == zone_key:
            raise InvalidRecordSetLocation("CNAME recordsets may not be created at the zone apex")
        if others:
            raise InvalidRecordSetLocation("CNAME recordsets may not share a name with any other")
    elif "CNAME" in others:
        raise InvalidRecordSetLocation("A CNAME recordset already exists at this name")


def check_cname_count(rtype: str, count: int) -> None:
    """Raise BadRequest for a CNAME with more than one record (RFC 2181 section 10.1)."""
    if rtype == "CNAME" and count > 1:
        raise BadRequest("CNAME recordsets may not have more than 1 record")


def names_of_children(name_key: str, zone_key: str) -> list[str]:
    """The names of zones that would hold this name instead: it and its ancestors below the apex."""
    found: list[str] = []
    rest = name_key
    while len(rest) > len(zone_key):
        found.append(rest)
        rest = rest.partition(".")[2]
    return found


def check_children(name_key: str, rtype: str, children: Collection[str]) -> None:
    """Raise where a child zone of the same pool holds the name.

    At its apex the parent may delegate to it (RFC 1034 section 4.2.1).
    """
    holding = [child for child in children if (child, rtype) != (name_key, "NS")]
    if holding:
        raise InvalidRecordSetLocation(
            f"{name_key} belongs to the child zone {max(holding, key=len)}"
        )
