# SPDX-License-Identifier: Apache-2.0
"""Whether a project exists, by a real Keystone and the caller's own token."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from designate import conf
from designate.errors import InvalidProject, KeystoneCommunicationFailure
from designate.model.context import Context, Secrets
from designate.network.projects import KeystoneProjects
from tests.keystone.door import Door, written
from tests.servers.bind9 import free_port
from tests.servers.keystone import Keystone


@pytest.fixture(scope="module")
def door(keystone: Keystone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """An installation that asks Keystone before a zone is shared."""
    with Door(written(tmp_path_factory.mktemp("door"), keystone.authtoken())) as made:
        yield made


@pytest.fixture(scope="module")
def admin(keystone: Keystone) -> str:
    """A token that may see every project."""
    return keystone.caller("admin", project=keystone.project())


@pytest.fixture(scope="module")
def member(keystone: Keystone) -> str:
    """A token that may not see projects of others."""
    return keystone.caller("member", project=keystone.project())


def caller(token: str, url: str | None) -> Context:
    """Somebody whose catalogue has Keystone at `url`."""
    endpoints = [{"region": "RegionOne", "publicURL": url}] if url else []
    catalog = [{"type": "identity", "endpoints": endpoints}]
    return Context(
        request_id="req-1", secrets=Secrets(token=token, catalog_json=json.dumps(catalog))
    )


def test_one_that_exists_is_accepted_and_another_is_not(
    keystone: Keystone, admin: str, tmp_path: Path
) -> None:
    """Whatever characters the id has."""
    projects = KeystoneProjects(conf.load([str(written(tmp_path))]))
    ctx = caller(admin, keystone.url)
    projects.check(ctx, keystone.project())
    for unknown in (uuid.uuid4().hex, "../users", "a?b#c", "ä/%2e", "", ".", ".."):
        with pytest.raises(InvalidProject):
            projects.check(ctx, unknown)


def test_who_may_not_see_projects_is_believed(
    keystone: Keystone, member: str, tmp_path: Path
) -> None:
    """Keystone's 403 says nothing about the project."""
    projects = KeystoneProjects(conf.load([str(written(tmp_path))]))
    projects.check(caller(member, keystone.url), keystone.project())
    projects.check(caller("expired meanwhile", keystone.url), uuid.uuid4().hex)


def test_the_section_says_where_keystone_is(keystone: Keystone, admin: str, tmp_path: Path) -> None:
    """`endpoint_override` wins over the catalogue; region and interface choose from it."""
    unknown = uuid.uuid4().hex
    fixed = f"[keystone]\nendpoint_override = {keystone.url.removesuffix('/v3')}"
    projects = KeystoneProjects(conf.load([str(written(tmp_path, fixed))]))
    with pytest.raises(InvalidProject):
        projects.check(caller(admin, None), unknown)
    for option in ("region_name = RegionTwo", "valid_interfaces = admin"):
        file = written(tmp_path, f"[keystone]\n{option}")
        projects = KeystoneProjects(conf.load([str(file)]))
        with pytest.raises(KeystoneCommunicationFailure, match="catalogue"):
            projects.check(caller(admin, keystone.url), unknown)


def test_without_keystone_nothing_is_decided(admin: str, tmp_path: Path) -> None:
    """The caller is told that Keystone does not answer, in the time that was set."""
    projects = KeystoneProjects(conf.load([str(written(tmp_path))]))
    away = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(KeystoneCommunicationFailure, match="does not answer"):
        projects.check(caller(admin, away), "p1")
    with pytest.raises(KeystoneCommunicationFailure, match="catalogue"):
        projects.check(caller(admin, None), "p1")


def test_a_zone_is_shared_with_projects_that_exist(
    keystone: Keystone, door: Door, admin: str
) -> None:
    """The catalogue that is asked is the one that came with the token."""
    body = b'{"name": "shares.example.", "email": "dns@shares.example"}'
    zone = door.ask("POST", "/v2/zones", admin, body).json
    path = f"/v2/zones/{zone['id']}/shares"
    unknown = door.ask("POST", path, admin, b'{"target_project_id": "ffff"}')
    assert (unknown.status, unknown.json["type"]) == (400, "invalid_project")
    target = keystone.project().encode()
    made = door.ask("POST", path, admin, b'{"target_project_id": "%s"}' % target)
    assert made.status == 201, made.text
