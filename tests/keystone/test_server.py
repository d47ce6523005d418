# SPDX-License-Identifier: Apache-2.0
"""The Keystone of the tests is a real one: scopes, implied roles, the catalogue."""

from tests.api.exchange import Live
from tests.servers.keystone import DOMAIN, Keystone


def test_tokens_have_the_scope_and_the_roles_that_were_asked_for(keystone: Keystone) -> None:
    """A member's token says so for its project; others are of a domain and of the system."""
    project = keystone.project()
    user = keystone.user("member", project=project)
    keystone.grant(user, "admin", on=f"/domains/{DOMAIN}")
    keystone.grant(user, "reader")

    def told(token: str) -> dict[str, object]:
        body: dict[str, object] = keystone.call(
            "GET", "/auth/tokens", headers={"X-Subject-Token": token}
        )["token"]
        return body

    of_project = told(keystone.token(user, project=project))
    assert of_project["project"]["id"] == project  # type: ignore[index]
    roles = {role["name"] for role in of_project["roles"]}  # type: ignore[attr-defined]
    assert roles == {"member", "reader"}
    assert told(keystone.token(user, domain=DOMAIN))["domain"]["id"] == DOMAIN  # type: ignore[index]
    assert told(keystone.token(user, system=True))["system"] == {"all": True}
    assert "project" not in told(keystone.token(user))


def test_a_revoked_token_is_refused(keystone: Keystone) -> None:
    """Revocation is seen by the next question."""
    project = keystone.project()
    token = keystone.caller("reader", project=project)
    ask = {"X-Auth-Token": token, "X-Subject-Token": token}
    assert Live(keystone.url).send("GET", "/auth/tokens", ask, b"").status == 200
    keystone.revoke(token)
    assert Live(keystone.url).send("GET", "/auth/tokens", ask, b"").status == 401


def test_the_catalogue_names_the_dns_service(keystone: Keystone) -> None:
    """What is registered is in the catalogue of the next token, until it is taken out."""
    project = keystone.project()
    user = keystone.user("reader", project=project)
    keystone.register_dns("http://dns.test:9001")

    def urls() -> list[str]:
        asked = {"X-Subject-Token": keystone.token(user, project=project)}
        catalog = keystone.call("GET", "/auth/tokens", headers=asked)["token"]["catalog"]
        return [end["url"] for one in catalog if one["type"] == "dns" for end in one["endpoints"]]

    assert urls() == ["http://dns.test:9001"] * 3
    keystone.unregister_dns()
    assert urls() == []
