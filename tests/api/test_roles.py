# SPDX-License-Identifier: Apache-2.0
"""The policy files of docs/roles.md do what is said of them there."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from designate.policy import rules
from tests.api.exchange import InProcess
from tests.api.installation import Installation

PAGE = (Path(__file__).parents[2] / "docs" / "roles.md").read_text("utf-8")
RECIPES = dict(re.findall(r"^## ([^\n]+)\n.*?```yaml\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE))
ADMIN = "admin"


class Cloud:
    """An installation with a policy file, and a zone of project p1 with an address in it."""

    def __init__(self, installation: Installation) -> None:
        self._sender = InProcess(installation.app)
        new = {"name": "one.example.", "email": "dns@one.example"}
        self.zone = self.call(ADMIN, "p1", "POST", "/v2/zones", new)[1]
        self.path = f"/v2/zones/{self.zone['id']}"
        self.address = self.add(ADMIN, "www", "A", "192.0.2.1")[1]

    def call(
        self, roles: str, project: str, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """Status and body of a request by somebody with these roles in this project."""
        known = {"X-Roles": roles, "X-Auth-Project-ID": project, "Content-Type": "application/json"}
        sent = json.dumps(body).encode() if body is not None else b""
        switches = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self._sender.send(method, path, known | switches, sent)
        return reply.status, reply.json if reply.body else None

    def add(self, roles: str, label: str, rtype: str, record: str) -> tuple[int, Any]:
        """Add a recordset to the zone, as somebody of its project."""
        new = {"name": f"{label}.one.example.", "type": rtype, "records": [record]}
        return self.call(roles, "p1", "POST", f"{self.path}/recordsets", new)


@pytest.fixture
def cloud(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cloud]:
    """A cloud with the policy file of a recipe."""
    file = tmp_path / "policy.yaml"
    file.write_text(RECIPES[request.param], "utf-8")
    options = tmp_path / "designate.conf"
    said = f"[service:api]\nauth_strategy = noauth\n[oslo_policy]\npolicy_file = {file}\n"
    options.write_text(said, "utf-8")
    installation = Installation({}, file=options)
    yield Cloud(installation)
    installation.close()


def recipe(name: str) -> pytest.MarkDecorator:
    """Run a test with the policy file of this recipe."""
    return pytest.mark.parametrize("cloud", [name], indirect=True)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_names_rules_that_exist(name: str) -> None:
    """Or makes its own, which another one of it names."""
    file: Mapping[str, str] = yaml.safe_load(RECIPES[name])
    known = {rule.name for rule in rules()}
    for rule in file.keys() - known:
        assert any(f"rule:{rule}" in check for check in file.values()), rule


@recipe("Records yes, zones no")
def test_members_edit_records_and_not_zones(cloud: Cloud) -> None:
    """Zones are for their owners."""
    member = "member,reader"
    assert cloud.add(member, "a", "A", "192.0.2.7")[0] == 202
    new = {"name": "two.example.", "email": "dns@two.example"}
    assert cloud.call(member, "p1", "POST", "/v2/zones", new)[0] == 403
    assert cloud.call(member, "p1", "PATCH", cloud.path, {"ttl": 60})[0] == 403
    assert cloud.call(member, "p1", "DELETE", cloud.path)[0] == 403
    text = {"zonefile": "$ORIGIN three.example.\n"}
    assert cloud.call(member, "p1", "POST", "/v2/zones/tasks/imports", text)[0] == 403
    assert cloud.call("zone_owner", "p1", "POST", "/v2/zones", new)[0] == 202
    assert cloud.call("zone_owner", "p1", "PATCH", cloud.path, {"ttl": 60})[0] == 202
    assert cloud.call("zone_owner", "p2", "PATCH", cloud.path, {"ttl": 60})[0] == 404


@recipe("DNS only for holders of a role")
def test_without_the_role_there_is_no_dns(cloud: Cloud) -> None:
    """Whatever else a member may do in its project."""
    new = {"name": "two.example.", "email": "dns@two.example"}
    reading = ["/v2/zones", cloud.path, f"{cloud.path}/recordsets", "/v2/recordsets", "/v2/quotas"]
    for path in reading:
        assert cloud.call("member,reader", "p1", "GET", path)[0] == 403, path
        assert cloud.call("dns", "p1", "GET", path)[0] == 200, path
    assert cloud.call("member,reader", "p1", "POST", "/v2/zones", new)[0] == 403
    assert cloud.add("member,reader", "a", "A", "192.0.2.7")[0] == 403
    assert cloud.call("dns", "p1", "POST", "/v2/zones", new)[0] == 202
    assert cloud.add("dns", "a", "A", "192.0.2.7")[0] == 202
    assert cloud.call("dns", "p2", "GET", cloud.path)[0] == 404


@recipe("An auditor")
def test_an_auditor_sees_all_and_changes_nothing(cloud: Cloud) -> None:
    """Of every project, with the switch."""
    everywhere = {"X_Auth_All_Projects": "true"}
    for path in ("/v2/zones", cloud.path, f"{cloud.path}/recordsets", "/v2/recordsets", "/v2/tlds"):
        status, body = cloud.call("auditor", "audit", "GET", path, **everywhere)
        assert status == 200, path
        assert cloud.call("reader", "audit", "GET", path, **everywhere)[0] == 403, path
    zones = cloud.call("auditor", "audit", "GET", "/v2/zones", **everywhere)[1]["zones"]
    assert [zone["id"] for zone in zones] == [cloud.zone["id"]]
    new = {"name": "two.example.", "email": "dns@two.example"}
    assert cloud.call("auditor", "audit", "POST", "/v2/zones", new)[0] == 403
    assert cloud.call("auditor", "audit", "PATCH", cloud.path, {"ttl": 60}, **everywhere)[0] == 403
    assert cloud.call("auditor", "audit", "DELETE", cloud.path, **everywhere)[0] == 403


@recipe("One type of record only")
def test_a_role_may_edit_one_type(cloud: Cloud) -> None:
    """TXT records come, change and go; nothing else does."""
    acme = "acme,reader"
    status, challenge = cloud.add(acme, "_acme-challenge", "TXT", '"token"')
    assert status == 202
    txt = f"{cloud.path}/recordsets/{challenge['id']}"
    address = f"{cloud.path}/recordsets/{cloud.address['id']}"
    assert cloud.call(acme, "p1", "PUT", txt, {"records": ['"other"']})[0] == 202
    assert cloud.call(acme, "p1", "PUT", address, {"records": ["192.0.2.9"]})[0] == 403
    assert cloud.call(acme, "p1", "DELETE", address)[0] == 403
    assert cloud.add(acme, "a", "A", "192.0.2.7")[0] == 403
    assert cloud.call(acme, "p1", "PATCH", cloud.path, {"ttl": 60})[0] == 403
    assert cloud.call(acme, "p1", "DELETE", txt)[0] == 202
    assert cloud.add("member,reader", "a", "A", "192.0.2.7")[0] == 202
