# SPDX-License-Identifier: Apache-2.0
"""What an import makes of the records of a zone file (API.md 13.1)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from designate.errors import BadRequest, InvalidObject, InvalidZoneName
from designate.model import soa
from designate.model.recordsets import RecordSet, Stored
from designate.model.zones import NewZone
from designate.rdata import names
from designate.rules import contents, placement
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
    return line.type in _GENERATED and line.name.lower() == origin.lower()


def check(line: Line, supported: Collection[str]) -> None:
    """Raise InvalidObject unless the API would take a recordset of this name, type and TTL."""
    contents.check_type(line.type, supported)
    valid = _GRAMMARS.get(line.type, names.is_host)
    if not valid(line.name):
        raise InvalidObject(f"{line.name} {line.type}: name is invalid")
    if line.ttl > MAX_SECONDS:
        raise InvalidObject(f"{line.name} {line.type}: ttl is longer than {MAX_SECONDS} seconds")


_GENERATED = frozenset({"SOA", "NS"})
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


Key = tuple[str, str]
"""Name in lower case and type."""


@dataclass(slots=True)
class Group:
    """Records of one name and type, in the order of the file."""

    name: str
    type: str
    ttl: int
    texts: list[str]

    def encode(self) -> contents.Contents:
        """The records as DNS content; raises BadRequest that names the recordset."""
        try:
            return contents.encode(self.name, self.type, self.texts)
        except BadRequest as error:
            raise BadRequest(f"{self.name} {self.type}: {describe(error)}") from None


@dataclass(slots=True)
class Gathering:
    """Takes records one by one, checks them as the API does, and gathers them to recordsets.

    `done` have been taken, and `held` of them are waiting, with texts of `size` characters.
    """

    supported: Collection[str]
    max_name: int
    done: int = 0
    held: int = 0
    size: int = 0
    lowest_ttl: int = 1 << 32
    origin: str = ""
    zone_key: str = ""
    soa: Apex | None = None
    groups: dict[Key, Group] = field(default_factory=dict)

    def accept(self, origin: str, line: Line) -> None:
        """Take a record; raises InvalidObject, InvalidZoneName, BadRequest."""
        if not self.origin:
            check_origin(origin)
            self.origin, self.zone_key = origin, origin.lower()
        self.done += 1
        if is_generated(line, self.origin):
            if line.type == "SOA":
                self.soa = Apex(self.origin, line)
            return
        self.held += 1
        self.size += len(line.text)
        key = (line.name.lower(), line.type)
        group = self.groups.get(key)
        if group is not None:
            group.texts.append(line.text)
            group.ttl = min(group.ttl, line.ttl)
            return
        self._check(line, key[0])
        self.groups[key] = Group(line.name, line.type, line.ttl, [line.text])

    def _check(self, line: Line, name_key: str) -> None:
        check(line, self.supported)
        placement.check_type_rules(line.name, line.type)
        placement.check_location(name_key, self.zone_key, self.max_name)
        placement.check_cname_place(name_key, self.zone_key, line.type, ())

    def take(self) -> dict[Key, Group]:
        """What is waiting, and begin anew."""
        groups, self.groups, self.held, self.size = self.groups, {}, 0, 0
        lowest = min((group.ttl for group in groups.values()), default=self.lowest_ttl)
        self.lowest_ttl = min(self.lowest_ttl, lowest)
        return groups

    def stored(
        self,
        group: Group,
        made: contents.Contents,
        *,
        id: str,
        zone_id: str,
        project_id: str | None,
        created_at: datetime,
    ) -> Stored:
        """The recordset that a group is, its records encoded as `made`."""
        recordset = RecordSet(
            id=id,
            zone_id=zone_id,
            zone_name=self.origin,
            project_id=project_id,
            name=group.name,
            type=group.type,
            records=made.records,
            ttl=group.ttl,
            generation=1,
            created_generation=1,
            created_at=created_at,
        )
        head = contents.head(recordset.name_key, self.zone_key, group.type)
        return Stored(recordset=recordset, head=head, wire=made.wire)

    def described(self) -> Apex:
        """The zone as its SOA describes it; raises BadRequest where the file has none."""
        if self.soa is None:
            raise BadRequest("Malformed zone file: a SOA record is required at the origin")
        return self.soa


class Seen:
    """Which keys there were, in little memory: it may say yes of one that was not."""

    _BITS = 1 << 24

    def __init__(self) -> None:
        self._marks = bytearray(self._BITS // 8)

    def add(self, key: Key) -> bool:
        """Remember a key; whether it may have been there before."""
        byte, bit = divmod(hash(key) % self._BITS, 8)
        known = self._marks[byte] >> bit & 1
        self._marks[byte] |= 1 << bit
        return bool(known)
