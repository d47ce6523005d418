# SPDX-License-Identifier: Apache-2.0
"""What gophercloud, and with it Terraform and others, and the client's library do (API.md 28.3)."""

import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from designateclient.v2.client import Client  # type: ignore[import-untyped]
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

from tests.clients.cloud import Cloud, Person
from tests.servers.keystone import DOMAIN, REGION
from tests.servers.rest import Answer

WAITING = 30.0


class Gophercloud:
    """Sends as it does, and reads what it reads."""

    def __init__(self, cloud: Cloud, person: Person, headers: Mapping[str, str]) -> None:
        self._cloud = cloud
        self._headers = {"X-Auth-Token": person.token, "Accept": "application/json", **headers}

    def send(self, method: str, path: str, body: Any = None) -> Answer:
        """One request; an answer about a zone or recordset is one that it can read."""
        answer = self._cloud.call(method, path, body, headers=self._headers)
        if answer.status < 300:
            _readable(answer.json)
        return answer

    def wait(self, path: str, done: Callable[[Answer], bool]) -> Answer:
        """Poll as Terraform does: what is neither done nor PENDING or ACTIVE is an error."""
        deadline = time.monotonic() + WAITING
        while not done(answer := self.send("GET", path)):
            assert answer.json["status"] in ("PENDING", "ACTIVE"), answer
            assert time.monotonic() < deadline, answer
            time.sleep(0.02)
        return answer


def _readable(body: Any) -> None:
    """Times have no zone, the map of links is there, a TTL is a number or null."""
    for name in ("created_at", "updated_at", "transferred_at"):
        if body.get(name) is not None:
            datetime.strptime(body[name], "%Y-%m-%dT%H:%M:%S.%f")
    assert body["links"]["self"].startswith("http")
    assert body["ttl"] is None or isinstance(body["ttl"], int)
    assert isinstance(body.get("serial", 0), int)
    assert all(isinstance(value, str) for value in body.get("attributes", {}).values())


def _active(answer: Answer) -> bool:
    return answer.status == 200 and bool(answer.json["status"] == "ACTIVE")


def _gone(answer: Answer) -> bool:
    return answer.status == 404


@pytest.mark.parametrize("who", ["owner", "operator"])
def test_a_zone_and_a_recordset_live_and_end(cloud: Cloud, who: str) -> None:
    """Created, polled until ACTIVE, changed, deleted, polled until 404.

    An operator acts for the project by the older name of the header, as Terraform does.
    """
    acting = {"X-Auth-Sudo-Tenant-ID": cloud.owner.project, "X-Auth-All-Projects": "true"}
    client = (
        Gophercloud(cloud, cloud.owner, {})
        if who == "owner"
        else Gophercloud(cloud, cloud.operator, acting)
    )
    name = f"{uuid.uuid4().hex[:12]}.example."
    body = {"name": name, "email": "dns@shop.example", "ttl": 300, "type": "PRIMARY"}
    made = client.send("POST", "/v2/zones", body)
    assert (made.status, made.json["project_id"]) == (202, cloud.owner.project)
    zone = f"/v2/zones/{made.json['id']}"
    client.wait(zone, _active)
    changed = client.send("PATCH", zone, {"ttl": 600, "description": "words"})
    assert (changed.status, changed.json["ttl"]) == (202, 600)
    client.wait(zone, _active)

    body = {"name": f"www.{name}", "type": "A", "records": ["192.0.2.1"], "description": "words"}
    made = client.send("POST", f"{zone}/recordsets", body)
    assert (made.status, made.json["ttl"]) == (202, None)
    recordset = f"{zone}/recordsets/{made.json['id']}"
    client.wait(recordset, _active)
    changed = client.send("PUT", recordset, {"records": ["192.0.2.2"], "ttl": 60})
    assert (changed.status, changed.json["records"]) == (202, ["192.0.2.2"])
    client.wait(recordset, _active)
    found = cloud.call("GET", f"/v2/recordsets?zone_id={zone.rpartition('/')[2]}&type=A").json
    assert [one["id"] for one in found["recordsets"]] == [made.json["id"]]

    assert client.send("DELETE", recordset).status == 202
    client.wait(recordset, _gone)
    assert client.send("DELETE", zone).status == 202
    client.wait(zone, _gone)


def test_the_library_lists_pools(cloud: Cloud) -> None:
    """The command has no word for them."""
    who = cloud.operator
    auth = Password(
        cloud.keystone.url,
        username=who.user.name,
        password=who.user.password,
        user_domain_id=DOMAIN,
        project_id=who.project,
    )
    client = Client(session=Session(auth=auth), region_name=REGION)
    found = {pool["name"]: pool for pool in client.pools.list()}
    assert set(found) == {"default", "other"}
    assert found["default"]["ns_records"] == [{"priority": 1, "hostname": "ns1.shop.example."}]
