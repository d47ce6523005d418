# SPDX-License-Identifier: Apache-2.0
"""The outcome matrix of API.md section 33: who may do what to a zone, with real tokens.

Zone Z is owned by p1 and shared with p2; p3 is unrelated. A: administrator of another project; AA:
the same with all projects; M: member; R: reader only. `202>403` is upstream's outcome and ours:
each such cell is a defect of upstream's that section 30 of the contract lists, and stands in
docs/compatibility.md.
"""

import itertools
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from oslo_policy.policy import DocumentedRuleDefault

from designate import policy
from designate.policy.checks import ADMIN
from tests.api.exchange import Reply
from tests.keystone.cloud import CALLERS, OTHER_POOL, Cloud

MATRIX = """
                          | A    | AA  | M1  | R1      | M2      | R2      | M3
GET zone                  | 404  | 200 | 200 | 200     | 200     | 200     | 404
zone in the list          | no   | yes | yes | yes     | yes     | yes     | no
PATCH zone                | 404  | 202 | 202 | 403     | 403     | 403     | 404
DELETE zone               | 404  | 202 | 202 | 403     | 403     | 403     | 404
GET nameservers           | 404  | 200 | 200 | 200     | 403     | 403     | 404
GET recordsets            | 404  | 200 | 200 | 200     | 200     | 200     | 404
POST recordset            | 404  | 202 | 202 | 403     | 202     | 202>403 | 404
POST recordset, SECONDARY | 404  | 202 | 403 | 403     | 403     | 403     | 404
PUT p1's recordset        | 404  | 202 | 202 | 403     | 403     | 403     | 404
DELETE p1's recordset     | 404  | 202 | 202 | 403     | 403     | 403     | 404
PUT p2's recordset        | 404  | 202 | 202 | 403     | 202     | 403     | 404
DELETE p2's recordset     | 404  | 202 | 202 | 403     | 202     | 403     | 404
PUT managed recordset     | 404  | 400 | 400 | 400     | 400     | 400     | 404
DELETE managed recordset  | 404  | 400 | 400 | 403     | 403     | 403     | 404
POST share                | 404  | 201 | 201 | 403     | 403     | 403     | 404
GET shares                | 200  | 200 | 200 | 403>200 | 200     | 403     | 200
GET share item            | 404  | 200 | 200 | 403     | 403     | 403     | 404
POST export               | 404  | 202 | 202 | 403     | 403     | 403     | 404
POST transfer request     | 404  | 201 | 201 | 403     | 403     | 403     | 404
POST abandon              | 404  | 204 | 403 | 403     | 403     | 403     | 403
POST pool_move            | 404  | 202 | 403 | 403     | 403     | 403     | 404
POST xfr                  | 404  | 202 | 202 | 403     | 403     | 403     | 404
"""

SHARES_SEEN = {"A": 0, "AA": 1, "M1": 1, "R1": 1, "M2": 1, "M3": 0}
"""How many of Z's shares are in the list of who may ask for it."""

numbers = itertools.count(1)


def outcomes() -> Iterator[tuple[str, str, str]]:
    """Operation, caller, outcome of each cell."""
    for line in MATRIX.strip().splitlines()[1:]:
        operation, *cells = (cell.strip() for cell in line.split("|"))
        yield from ((operation, *pair) for pair in zip(CALLERS, cells, strict=True))


class World:
    """One zone Z as the matrix has it."""

    def __init__(self, cloud: Cloud, *, secondary: bool = False) -> None:
        self.cloud = cloud
        self.name = f"z{next(numbers)}.example."
        mastered = {"type": "SECONDARY", "masters": ["192.0.2.1"]}
        kind = mastered if secondary else {"email": "dns@z.example"}
        self.zone = cloud.made("M1", "/v2/zones", {"name": self.name, **kind})
        self.path = f"/v2/zones/{self.zone['id']}"
        target = {"target_project_id": cloud.projects["p2"]}
        self.share = cloud.made("M1", f"{self.path}/shares", target)

    def recordset(self, owner: str) -> str:
        """The path of a new recordset."""
        made = self.cloud.made(owner, f"{self.path}/recordsets", self.record(owner))
        return f"{self.path}/recordsets/{made['id']}"

    def record(self, label: str) -> dict[str, Any]:
        """A recordset to send."""
        name = f"{label.lower()}-{next(numbers)}.{self.name}"
        return {"name": name, "type": "A", "records": ["192.0.2.1"]}

    def managed(self) -> str:
        """The path of the zone's NS recordset."""
        found = self.cloud.ask("M1", "GET", f"{self.path}/recordsets?type=NS").json["recordsets"]
        return f"{self.path}/recordsets/{found[0]['id']}"


@pytest.fixture(scope="module")
def unchanged(cloud: Cloud) -> World:
    """The zone of operations that leave it as the others need it."""
    return World(cloud)


@pytest.fixture(scope="module")
def secondary(cloud: Cloud) -> World:
    """The same, of type SECONDARY."""
    return World(cloud, secondary=True)


def posted(world: World, caller: str) -> Reply:
    return world.cloud.ask(caller, "POST", f"{world.path}/recordsets", world.record(caller))


def changed(world: World, caller: str, path: str) -> Reply:
    return world.cloud.ask(caller, "PUT", path, {"records": ["192.0.2.2"]})


def removed(world: World, caller: str, path: str) -> Reply:
    return world.cloud.ask(caller, "DELETE", path)


def without_share(method: str, below: str = "") -> Callable[[World, str], Reply]:
    """Sharees need the share to see the zone; for the others none is left."""

    def run(world: World, caller: str) -> Reply:
        if caller not in ("M2", "R2"):
            share = f"{world.path}/shares/{world.share['id']}"
            assert removed(world, "M1", share).status == 204
        return world.cloud.ask(caller, method, world.path + below)

    return run


def shared_further(world: World, caller: str) -> Reply:
    body = {"target_project_id": world.cloud.projects["p3"]}
    return world.cloud.ask(caller, "POST", f"{world.path}/shares", body)


def listed_shares(world: World, caller: str) -> Reply:
    reply = world.cloud.ask(caller, "GET", f"{world.path}/shares")
    if reply.status == 200:
        assert len(reply.json["shared_zones"]) == SHARES_SEEN[caller]
    return reply


def simple(method: str, below: str = "", body: Any = None) -> Callable[[World, str], Reply]:
    """An operation on a path of the zone."""
    return lambda world, caller: world.cloud.ask(caller, method, world.path + below, body)


OPERATIONS: Mapping[str, Callable[[World, str], Reply]] = {
    "GET zone": simple("GET"),
    "PATCH zone": simple("PATCH", body={"ttl": 700}),
    "DELETE zone": without_share("DELETE"),
    "GET nameservers": simple("GET", "/nameservers"),
    "GET recordsets": simple("GET", "/recordsets"),
    "POST recordset": posted,
    "POST recordset, SECONDARY": posted,
    "PUT p1's recordset": lambda world, caller: changed(world, caller, world.recordset("M1")),
    "DELETE p1's recordset": lambda world, caller: removed(world, caller, world.recordset("M1")),
    "PUT p2's recordset": lambda world, caller: changed(world, caller, world.recordset("M2")),
    "DELETE p2's recordset": lambda world, caller: removed(world, caller, world.recordset("M2")),
    "PUT managed recordset": lambda world, caller: world.cloud.ask(
        caller, "PUT", world.managed(), {"ttl": 300}
    ),
    "DELETE managed recordset": lambda world, caller: removed(world, caller, world.managed()),
    "POST share": shared_further,
    "GET shares": listed_shares,
    "GET share item": lambda world, caller: world.cloud.ask(
        caller, "GET", f"{world.path}/shares/{world.share['id']}"
    ),
    "POST export": simple("POST", "/tasks/export"),
    "POST transfer request": simple("POST", "/tasks/transfer_requests", {}),
    "POST abandon": without_share("POST", "/tasks/abandon"),
    "POST xfr": simple("POST", "/tasks/xfr"),
    "POST pool_move": simple("POST", "/tasks/pool_move", {"pool_id": OTHER_POOL}),
}


CHANGING = {
    "DELETE zone",
    "POST share",
    "POST transfer request",
    "POST abandon",
    "POST pool_move",
}
"""Operations that need a zone of their own."""

SECONDARY = {"POST recordset, SECONDARY", "POST xfr"}
"""Operations on a zone of that type."""


@pytest.mark.parametrize(("operation", "caller", "outcome"), list(outcomes()))
def test_the_outcome_is_that_of_the_matrix(
    request: pytest.FixtureRequest, cloud: Cloud, operation: str, caller: str, outcome: str
) -> None:
    """One cell: one request."""
    if operation in CHANGING:
        world = World(cloud)
    else:
        world = request.getfixturevalue("secondary" if operation in SECONDARY else "unchanged")
    wanted = outcome.rpartition(">")[2]
    if operation == "zone in the list":
        listed = cloud.ask(caller, "GET", f"/v2/zones?name={world.name}").json["zones"]
        assert (len(listed) == 1) == (wanted == "yes")
        return
    reply = OPERATIONS[operation](world, caller)
    assert reply.status == int(wanted), reply.text


def closed() -> list[tuple[str, str]]:
    """What only administrators may do, by the rules of policy.

    What is done to a zone is in the matrix; a path of any kind is a switch, not an operation.
    """
    found = {
        (operation["method"], operation["path"])
        for rule in policy.rules()
        if rule.check_str == ADMIN and isinstance(rule, DocumentedRuleDefault)
        for operation in rule.operations
    }
    return sorted(
        (method, path)
        for method, path in found
        if path.startswith("/v2/") and not re.match(r"/v2/(\*|zones$|zones/{zone_id})", path)
    )


CLOSED = closed()
KEPT: Mapping[str, Mapping[str, Any]] = {
    "blacklists": {"pattern": "closed"},
    "pools": {"name": "closed", "ns_records": [{"hostname": "ns1.closed.example.", "priority": 1}]},
    "quotas": {"zones": 1},
    "tlds": {"name": "closed"},
    "tsigkeys": {
        "name": "closed",
        "algorithm": "hmac-sha256",
        "secret": "c2VjcmV0",
        "scope": "POOL",
        "resource_id": OTHER_POOL,
    },
}
"""Bodies that an administrator may send, by collection."""


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_what_administrators_keep_is_closed_to_others(cloud: Cloud, method: str, path: str) -> None:
    """Members and readers get 403 from every method, who has no token 401.

    Of a body that is wrong they are told before (API.md 6.3); administrators pass.
    """
    place = re.sub(r"{\w+}", str(uuid.uuid4()), path)
    body = KEPT[path.split("/")[2]] if method in ("POST", "PATCH") else None
    for caller in ("M1", "R1"):
        refused = cloud.ask(caller, method, place, body)
        assert (refused.status, refused.json["type"]) == (403, "forbidden"), refused.text
        if body is not None:
            assert cloud.ask(caller, method, place, {"nonsense": 1}).status == 400
    assert cloud.door.ask(method, place).status == 401
    if method != "POST":
        known = "{" not in path or "quotas" in path
        passed = {"DELETE": 204}.get(method, 200) if known else 404
        assert cloud.ask("AA", method, place, body).status == passed


def test_nothing_that_administrators_keep_is_forgotten() -> None:
    """Each of the five collections, all its methods, and the list of accepts."""
    methods = Counter(path.split("/")[2] for _, path in CLOSED)
    assert methods == {
        **dict.fromkeys(("blacklists", "pools", "tlds", "tsigkeys"), 5),
        **dict.fromkeys(("quotas", "service_statuses"), 2),
        "zones": 1,
    }
