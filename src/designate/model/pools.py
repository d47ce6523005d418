# SPDX-License-Identifier: Apache-2.0
"""A pool: the name servers that serve its zones (SERVICES.md section 11)."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from designate.model.registers import Entry


class NsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the NS set of every zone of the pool; the lowest priority is the SOA's MNAME."""

    priority: int = 1
    hostname: str


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An address that DNS is spoken with; of a master, where it is."""

    host: str
    port: int = 53
    availability_zone: str | None = None


class Nameserver(msgspec.Struct, frozen=True, kw_only=True):
    """A server that is asked for its serial, to see whether it serves a version."""

    host: str
    port: int = 53
    tsigkey_id: str | None = None
    availability_zone: str | None = None

    @property
    def key(self) -> str:
        """The identity of the server: its address, and the TSIG key that selects a view."""
        address = f"{self.host}#{self.port}"
        return f"{address};{self.tsigkey_id}" if self.tsigkey_id else address


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A server that is told which zones exist. `type` names the backend that drives it."""

    type: str
    masters: list[Endpoint] = []
    options: dict[str, str] = {}
    description: str | None = None
    tsigkey_id: str | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where the target receives NOTIFY."""
        return Endpoint(
            host=self.options.get("host", "127.0.0.1"), port=int(self.options.get("port", "53"))
        )

    @property
    def key(self) -> str:
        """The identity of the target: type, address and view."""
        key = f"{self.type}/{self.endpoint.host}#{self.endpoint.port}"
        view = self.options.get("view")
        return f"{key};{view}" if view else key

    @property
    def near_masters(self) -> frozenset[str]:
        """The hosts of those masters that the target is to ask before others."""
        named = self.options.get("near_masters", "").replace(",", " ").split()
        here = self.availability_zone
        near = [m.host for m in self.masters if here and m.availability_zone == here]
        return frozenset((*named, *near))

    @property
    def availability_zone(self) -> str | None:
        """Where the target is, as `[DEFAULT] availability_zone` says of hosts."""
        return self.options.get("availability_zone")


class Pool(Entry, frozen=True, kw_only=True):
    """A pool with everything that belongs to it.

    `ns_version` rises when `ns_records` change, `server_config_version` when a target changes:
    zones and servers carry the version applied last, and what lies below is the work.
    `owns_tsigkey` holds when a TSIG key of scope POOL belongs to it. `due_from` is the first shard
    whose zones are yet to be told of a change of the servers, None once all are; `joining` are the
    keys of the name servers that were new with it.
    """

    name: str
    description: str | None = None
    project_id: str | None = None
    attributes: dict[str, str] = {}
    ns_records: list[NsRecord] = []
    nameservers: list[Nameserver] = []
    targets: list[Target] = []
    also_notifies: list[Endpoint] = []
    joining: list[str] = []
    due_from: int | None = None
    owns_tsigkey: bool = False
    ns_version: int = 1
    server_config_version: int = 1
    version: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def ordered_ns(self) -> list[NsRecord]:
        """The NS records by priority, then name: an order that no update changes by chance."""
        return sorted(self.ns_records, key=lambda ns: (ns.priority, ns.hostname))


class NewPool(msgspec.Struct, frozen=True, kw_only=True):
    """A pool to be created over the API: without servers, which a file tells of.

    Without a project it is the caller's.
    """

    name: str
    project_id: str | None = None
    description: str | None = None
    attributes: dict[str, str] = {}
    ns_records: list[NsRecord] = []


class PoolChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a pool that a PATCH sets; UNSET leaves them as they are."""

    name: str | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    attributes: dict[str, str] | UnsetType = UNSET
    ns_records: list[NsRecord] | UnsetType = UNSET
