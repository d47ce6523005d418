# SPDX-License-Identifier: Apache-2.0
"""What an import makes of the records of a zone file (API.md 13.1)."""

from collections.abc import Collection

from designate.errors import BadRequest, InvalidObject, InvalidZoneName
from designate.model import soa
from designate.model.zones import NewZone
from designate.rdata import names
from designate.rules import contents
from designate.wire.zonefile import Line

_SOA_FIELDS = 7
_MAX_QUOTED = 60
MAX_SECONDS = 2**31 - 1
"""The longest TTL or timer (RFC 2181 section 8)."""


class Apex:
    """The zone as the SOA of the file describes it."""

    def __init__(self, origin: str, line: Line) -> None:
        fields = line.text.split()
        if len(fields) != _SOA_FIELDS:
            raise BadRequest("The SOA record is malformed")
        self.origin = origin
        self.ttl = line.ttl
        self.email = soa.email(names.to_wire(fields[1]))
        self.serial, _refresh, self.retry, self.expire, _minimum = map(int, fields[2:])
        if max(self.ttl, self.retry, self.expire) > MAX_SECONDS:
            raise BadRequest(f"A time of the SOA is longer than {MAX_SECONDS} seconds")

    def zone(self, attributes: dict[str, str]) -> NewZone:
        """The zone to create."""
        return NewZone(name=self.origin, email=self.email, ttl=self.ttl, attributes=attributes)


def check_origin(origin: str) -> None:
    """Raise InvalidZoneName for an origin that no zone can be named."""
    if not names.is_domain(origin):
        raise InvalidZoneName(f"{origin} is not a name that a zone can have")


def is_generated(line: Line, origin: str) -> bool:
    """Whether the service makes this record itself: SOA and NS of the apex."""
    return line.type in ("SOA", "NS") and line.name.lower() == origin.lower()


def check(line: Line, supported: Collection[str]) -> None:
    """Raise InvalidObject unless the API would take a recordset of this name, type and TTL."""
    contents.check_type(line.type, supported)
    valid = _GRAMMARS.get(line.type, names.is_host)
    if not valid(line.name):
        raise InvalidObject(f"{line.name} {line.type}: name is invalid")
    if line.ttl > MAX_SECONDS:
        raise InvalidObject(f"{line.name} {line.type}: ttl is longer than {MAX_SECONDS} seconds")


_GRAMMARS = {"NS": names.is_domain, "SRV": names.is_srv}


def describe(error: BadRequest) -> str:
    """One line for the task: the first problem, with the rule it breaks."""
    if isinstance(error, InvalidObject) and error.problems:
        problem = error.problems[0]
        message = problem.message
        if problem.reason and len(message) > _MAX_QUOTED:
            # The reason must fit behind it.
            message = f"{message[:_MAX_QUOTED]}..."
        return f"{message}: {problem.reason}" if problem.reason else message
    return error.message or error.code
