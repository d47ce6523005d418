# SPDX-License-Identifier: Apache-2.0
"""Projects p0 to p3 of a real Keystone, and who is who in them.

A: administrator in p0; AA: the same with all projects; M1, M2, M3: members of p1, p2, p3; R1, R2:
readers there.
"""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.api.exchange import Reply
from tests.keystone.door import Door
from tests.servers.keystone import Keystone

CALLERS = ("A", "AA", "M1", "R1", "M2", "R2", "M3")
OTHER_POOL = "cf2e8eab-76cd-4162-bf76-8aeee3556de0"
_ALL = {"X-Auth-All-Projects": "true"}
_numbers = itertools.count(1)


@dataclass
class Cloud:
    """An installation, and the tokens of its callers; projects may have any number of zones."""

    door: Door
    keystone: Keystone
    projects: Mapping[str, str]
    tokens: Mapping[str, str]

    def ask(
        self,
        caller: str,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request as somebody; a body of bytes is sent as it is."""
        sent = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        switches = _ALL if caller == "AA" else {}
        token = self.tokens[caller]
        return self.door.ask(method, path, token, sent, {**switches, **(headers or {})})

    def made(
        self, caller: str, path: str, body: Any, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Create something that the test needs."""
        reply = self.ask(caller, "POST", path, body, headers)
        assert reply.status in (201, 202), reply.text
        return reply.json

    def name(self, label: str = "zone") -> str:
        """A name for a zone that nobody has."""
        return f"{label}{next(_numbers)}.cloud.example."

    def zone(self, caller: str = "M1", name: str | None = None, **fields: Any) -> Any:
        """A new zone."""
        body = {"name": name or self.name(), "email": "dns@cloud.example", **fields}
        return self.made(caller, "/v2/zones", body)


def populated(keystone: Keystone, door: Door) -> Cloud:
    """Three projects and their users, and one of the administrator's; a second pool."""
    projects = {name: keystone.project(name) for name in ("p0", "p1", "p2", "p3")}
    admin = keystone.caller("admin", project=projects["p0"])
    tokens = {"A": admin, "AA": admin}
    for caller in ("M1", "R1", "M2", "R2", "M3"):
        role = "member" if caller[0] == "M" else "reader"
        tokens[caller] = keystone.caller(role, project=projects[f"p{caller[1]}"])
    door.installation.add_pool(OTHER_POOL, "other", "ns1.other.example.")
    cloud = Cloud(door, keystone, projects, tokens)
    key = {"name": "other", "algorithm": "hmac-sha256", "secret": "c2VjcmV0"}
    cloud.made("AA", "/v2/tsigkeys", {**key, "scope": "POOL", "resource_id": OTHER_POOL})
    for project in projects.values():
        assert cloud.ask("AA", "PATCH", f"/v2/quotas/{project}", {"zones": -1}).status == 200
    return cloud
