# SPDX-License-Identifier: Apache-2.0
"""Who the client is, by a real Keystone (API.md section 2)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from designate import conf
from designate.api import app
from tests.keystone.door import Door, written
from tests.servers.bind9 import free_port
from tests.servers.keystone import DOMAIN, Keystone
from tests.servers.memcached import Memcached

ZONE = b'{"name": "%s.example.", "email": "dns@shop.example"}'


@pytest.fixture(scope="module")
def door(keystone: Keystone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Keystone is the default strategy: nothing else is configured."""
    file = written(tmp_path_factory.mktemp("door"), keystone.authtoken())
    with Door(file) as made:
        yield made


@pytest.fixture(scope="module")
def project(keystone: Keystone) -> str:
    """A project."""
    return keystone.project()


@pytest.mark.parametrize("token", [None, "", "forged", "gAAAAABf"])
def test_without_a_valid_token_nobody_enters(
    keystone: Keystone, door: Door, token: str | None
) -> None:
    """The body is that of keystonemiddleware; headers that claim an identity do not help."""
    claims = {
        "X-Roles": "admin",
        "X-User-Id": "u1",
        "X-Project-Id": "p1",
        "X-Identity-Status": "Confirmed",
        "OpenStack-System-Scope": "all",
    }
    for path in ("/v2/zones", "/v2/limits", "/v2/nowhere"):
        reply = door.ask("GET", path, token, headers=claims)
        assert reply.status == 401
        assert reply.headers["content-type"].startswith("application/json")
        assert reply.headers["www-authenticate"] == f'Keystone uri="{keystone.url}"'
        assert reply.headers["x-openstack-request-id"].startswith("req-")
        assert reply.json["error"]["code"] == 401
        assert reply.json["error"]["title"] == "Unauthorized"


def test_what_is_open_needs_no_token(door: Door) -> None:
    """The list of versions, health, and the answer to OPTIONS."""
    assert door.ask("GET", "/").json["versions"]
    assert door.ask("GET", "/healthcheck").text == "OK"
    assert door.ask("OPTIONS", "/v2/zones").status == 200


def test_the_token_tells_project_and_roles(keystone: Keystone, door: Door, project: str) -> None:
    """A member makes a zone of its project, a reader only sees it, another project does not."""
    member = keystone.caller("member", project=project)
    reader = keystone.caller("reader", project=project)
    stranger = keystone.caller("member", project=keystone.project())
    made = door.ask("POST", "/v2/zones", member, ZONE % b"roles")
    assert made.status == 202, made.text
    assert made.json["project_id"] == project
    path = f"/v2/zones/{made.json['id']}"
    assert door.ask("GET", path, reader).status == 200
    assert door.ask("DELETE", path, reader).status == 403
    assert door.ask("GET", path, stranger).status == 404
    assert door.ask("DELETE", path, member).status == 202


def test_headers_never_replace_what_the_token_says(
    keystone: Keystone, door: Door, project: str
) -> None:
    """Neither those that Keystone's filter sets nor those of noauth."""
    reader = keystone.caller("reader", project=project)
    claims = {
        "X-Roles": "admin",
        "X-Project-Id": "victim",
        "X-Tenant-Id": "victim",
        "X-Auth-Project-Id": "victim",
        "X-Auth-User-Id": "victim",
    }
    assert door.ask("POST", "/v2/zones", reader, ZONE % b"claims", claims).status == 403


def test_any_spelling_of_a_role_counts(keystone: Keystone, door: Door, project: str) -> None:
    """Role names compare without case, as oslo.policy does."""
    keystone.role("Dns-Watcher")
    token = keystone.caller("Dns-Watcher", "reader", project=project)
    assert door.ask("GET", "/v2/zones", token).status == 200


def test_a_role_of_no_meaning_reaches_policy(keystone: Keystone, door: Door, project: str) -> None:
    """It is denied there, with the one error body."""
    keystone.role("nothing")
    reply = door.ask("GET", "/v2/zones", keystone.caller("nothing", project=project))
    assert reply.status == 403
    assert list(reply.json) == ["code", "type", "request_id"]


@pytest.mark.parametrize(
    "switch", ["X-Auth-All-Projects", "X-Auth-Sudo-Project-ID", "X-Designate-Hard-Delete"]
)
def test_a_denied_switch_has_the_one_error_body(
    keystone: Keystone, door: Door, project: str, switch: str
) -> None:
    """It is checked on every path, before anything is looked at."""
    token = keystone.caller("member", project=project)
    reply = door.ask("GET", "/v2/limits", token, headers={switch: "true"})
    assert reply.status == 403
    assert reply.json["type"] == "forbidden"
    assert reply.headers["content-type"] == "application/json"


def test_an_administrator_may_act_for_others(keystone: Keystone, door: Door, project: str) -> None:
    """All projects are seen with the switch only; sudo makes things for the other project."""
    admin = keystone.caller("admin", project=keystone.project())
    made = door.ask("POST", "/v2/zones", admin, ZONE % b"sudo", {"X-Auth-Sudo-Project-ID": project})
    assert made.json["project_id"] == project
    path = f"/v2/zones/{made.json['id']}"
    assert door.ask("GET", path, admin).status == 404
    assert door.ask("GET", f"{path}?all_projects=yes", admin).status == 200


def test_the_scope_of_a_token_counts(keystone: Keystone, door: Door) -> None:
    """System scope is refused but for limits; a domain's owner sees nothing and owns nothing."""
    user = keystone.user()
    keystone.grant(user, "admin", on=f"/domains/{DOMAIN}")
    keystone.grant(user, "admin")
    system = keystone.token(user, system=True)
    reply = door.ask("GET", "/v2/zones", system)
    assert (reply.status, reply.json["type"]) == (403, "invalid_token_scope")
    assert door.ask("GET", "/v2/limits", system).status == 200
    reply = door.ask("PATCH", "/v2/quotas/somebody", system, b'{"zones": 5}')
    assert (reply.status, reply.json["type"]) == (401, "missing_project_id")
    domain = keystone.token(user, domain=DOMAIN)
    reply = door.ask("GET", "/v2/zones", domain)
    assert (reply.status, reply.json["zones"]) == (200, [])
    reply = door.ask("POST", "/v2/zones", domain, ZONE % b"domain")
    assert (reply.status, reply.json["type"]) == (401, "missing_project_id")
    assert reply.headers["www-authenticate"].startswith("Keystone uri=")


def test_a_token_without_scope_has_no_roles(keystone: Keystone, door: Door) -> None:
    """Nothing is allowed, nothing fails."""
    reply = door.ask("GET", "/v2/zones", keystone.token(keystone.user()))
    assert reply.status == 403


def test_a_large_body_is_refused_before_keystone_is_asked(door: Door) -> None:
    """The order is that of the contract."""
    assert door.ask("POST", "/v2/zones", None, b"x" * 114689).status == 413


def test_maintenance_comes_after_who_asks(keystone: Keystone, project: str, tmp_path: Path) -> None:
    """401 and 403 win over 503."""
    on = "[service:api]\nmaintenance_mode = true"
    member = keystone.caller("member", project=project)
    admin = keystone.caller("admin", project=project)
    every = {"X-Auth-All-Projects": "1"}
    with Door(written(tmp_path, on, keystone.authtoken())) as door:
        assert door.ask("GET", "/v2/zones").status == 401
        assert door.ask("GET", "/v2/zones", member, headers=every).status == 403
        reply = door.ask("GET", "/v2/zones", member)
        assert (reply.status, reply.headers["retry-after"], reply.body) == (503, "60", b"")
        assert door.ask("GET", "/v2/zones", admin).status == 200


def test_a_delayed_decision_is_made_here(keystone: Keystone, tmp_path: Path) -> None:
    """With delay_auth_decision a request without a token is 401 in the one error body."""
    file = written(tmp_path, keystone.authtoken(delay_auth_decision=True))
    with Door(file) as door:
        reply = door.ask("GET", "/v2/zones", "forged", headers={"X-User-Id": "u1"})
    assert (reply.status, reply.json["type"]) == (401, "unauthorized")
    assert reply.headers["www-authenticate"].startswith("Keystone uri=")


def test_while_keystone_is_away_the_answer_is_503(keystone: Keystone, tmp_path: Path) -> None:
    """Nobody is let in meanwhile."""
    away = f"http://127.0.0.1:{free_port()}/v3"
    file = written(tmp_path, keystone.authtoken(auth_url=away, http_request_max_retries=0))
    with Door(file) as door:
        assert door.ask("GET", "/v2/zones", "whatever").status == 503


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("", "auth_type is not set"),
        ("[keystone_authtoken]\nauth_type = telepathy\n", "telepathy"),
        ("[keystone_authtoken]\nauth_type = password\n", "auth_url"),
    ],
)
def test_keystone_must_be_configured(door: Door, section: str, words: str, tmp_path: Path) -> None:
    """What is missing is said when it starts, not by the first request."""
    config = conf.load([str(written(tmp_path, section))])
    made = door.installation
    with pytest.raises(conf.ConfigurationError, match=words):
        app.build(made.central, conf.settings(config), made.enforcer, CollectorRegistry(), config)


def test_tokens_are_cached(keystone: Keystone, door: Door, project: str, tmp_path: Path) -> None:
    """A revoked token works until its cache entry ends, and not at all without a cache."""
    token = keystone.caller("reader", project=project)
    with Door(written(tmp_path, keystone.authtoken(token_cache_time=-1))) as uncached:
        for one in (door, uncached):
            assert one.ask("GET", "/v2/zones", token).status == 200
        keystone.revoke(token)
        assert door.ask("GET", "/v2/zones", token).status == 200
        assert uncached.ask("GET", "/v2/zones", token).status == 401


@pytest.mark.parametrize("strategy", ["None", "ENCRYPT"])
def test_processes_share_what_they_know_of_tokens(
    keystone: Keystone, project: str, tmp_path: Path, strategy: str
) -> None:
    """In memcached, where one has validated a token and another has not; encrypted if wanted."""
    server = Memcached(tmp_path)
    server.start()
    shared = {
        "memcached_servers": server.address,
        "memcache_security_strategy": strategy,
        "memcache_secret_key": "a secret of the site's",
    }
    file = written(tmp_path, keystone.authtoken(**shared))
    token = keystone.caller("reader", project=project)
    try:
        with Door(file) as first, Door(file) as second:
            assert first.ask("GET", "/v2/zones", token).status == 200
            keystone.revoke(token)
            assert second.ask("GET", "/v2/zones", token).status == 200
        with Door(written(tmp_path, keystone.authtoken())) as alone:
            assert alone.ask("GET", "/v2/zones", token).status == 401
    finally:
        server.stop()
