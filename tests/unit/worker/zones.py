# SPDX-License-Identifier: Apache-2.0
"""Facts as tests state them."""

from datetime import datetime, timedelta
from typing import Any

from designate.backends.base import Backend
from designate.backends.embedded import Embedded
from designate.backends.fake import Fake
from designate.model.pools import Endpoint, Nameserver, Pool, Target
from designate.storage.servers import PRESENT, TARGET, Facts, Incarnation, ServerRow

NAME = "example.org."
POOL = "pool"
BACKENDS: dict[str, Backend] = {"fake": Fake(), "embedded": Embedded()}


def key(number: int, kind: str = "fake") -> str:
    """The identity of a target."""
    return f"{kind}/192.0.2.{number}#53"


def target(number: int, kind: str = "fake") -> Target:
    """A target at 192.0.2.`number`."""
    return Target(type=kind, options={"host": f"192.0.2.{number}"})


def pool(*numbers: int, pool_id: str = POOL, **more: Any) -> Pool:
    """A pool whose servers are targets and name servers."""
    fields: dict[str, Any] = {
        "targets": [target(number) for number in numbers],
        "nameservers": [Nameserver(host=f"192.0.2.{number}") for number in numbers],
        "server_config_version": 3,
    }
    return Pool(id=pool_id, name=pool_id, **fields | more)


def zone(zone_id: str = "new", *, age: int = 0, **more: Any) -> Incarnation:
    """A zone that exists at generation 5, serial 500; `age` in days orders incarnations."""
    fields: dict[str, Any] = {
        "pool_id": POOL,
        "type": "PRIMARY",
        "generation": 5,
        "confirmed": 4,
        "serial": 500,
        "status": "PENDING",
        "action": "UPDATE",
        "deleted": False,
    }
    created_at = datetime(2026, 1, 1) - timedelta(days=age)
    return Incarnation(id=zone_id, name=NAME, name_key=NAME, created_at=created_at, **fields | more)


def gone(zone_id: str = "old", *, age: int = 1, **more: Any) -> Incarnation:
    """A zone that was soft-deleted."""
    return zone(zone_id, age=age, deleted=True, action="NONE", status="DELETED", **more)


def deleting(zone_id: str = "old", *, age: int = 1, **more: Any) -> Incarnation:
    """A zone whose deletion was asked for."""
    return zone(zone_id, age=age, action="DELETE", **more)


def row(zone_id: str, server: str, state: str = PRESENT, **more: Any) -> ServerRow:
    """A target's row, at the configuration version of `pool`."""
    fields: dict[str, Any] = {"role": TARGET, "pool_id": POOL, "config_version": 3}
    return ServerRow(zone_id=zone_id, server=server, state=state, name_key=NAME, **fields | more)


def facts(zones: list[Incarnation], rows: list[ServerRow] | None = None) -> Facts:
    """What is known of the name; the newest zone first."""
    return Facts(NAME, tuple(zones), tuple(rows or ()))


def endpoint(number: int) -> Endpoint:
    """Where a server is notified."""
    return Endpoint(host=f"192.0.2.{number}", port=53)
