# SPDX-License-Identifier: Apache-2.0
"""A site's `api-paste.ini` with Keystone: the file validates tokens, and may change the 401."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.paste_filters import UPSTREAMS
from tests.keystone.door import Door, written
from tests.servers.keystone import Keystone

OURS = (Path(__file__).parents[2] / "etc/designate/api-paste.ini").read_text("utf-8")


@pytest.fixture(scope="module", params=[OURS, UPSTREAMS], ids=["ours", "upstream"])
def piped(
    request: pytest.FixtureRequest, keystone: Keystone, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """An installation with the file beside its configuration."""
    folder = tmp_path_factory.mktemp("piped")
    (folder / "api-paste.ini").write_text(request.param, "utf-8")
    with Door(written(folder, keystone.authtoken())) as made:
        yield made


def test_a_token_is_needed_and_its_project_counts(keystone: Keystone, piped: Door) -> None:
    """Claims in headers are removed here too."""
    project = keystone.project()
    member = keystone.caller("member", project=project)
    claims = {"X-User-Id": "u1", "X-Roles": "admin", "X-Project-Id": "victim"}
    refused = piped.ask("GET", "/v2/zones", headers=claims)
    assert refused.status == 401
    assert refused.headers["www-authenticate"] == f'Keystone uri="{keystone.url}"'
    assert refused.headers["x-openstack-request-id"].startswith("req-")
    body = b'{"name": "%s.example.", "email": "dns@shop.example"}' % project[:8].encode()
    made = piped.ask("POST", "/v2/zones", member, body, claims)
    assert (made.status, made.json["project_id"]) == (202, project)
    assert piped.ask("GET", "/").status == 200


def test_a_sites_filter_knows_the_project_and_words_the_401(
    keystone: Keystone, tmp_path: Path
) -> None:
    """As one operator does: business rules behind Keystone, JSON of its own in front."""
    project = keystone.project()
    member = keystone.caller("member", project=project)
    (tmp_path / "api-paste.ini").write_text(UPSTREAMS, "utf-8")
    with Door(written(tmp_path, keystone.authtoken())) as door:
        refused = door.ask("GET", "/v2/zones")
        assert refused.json == {"code": 401, "type": "unauthorized", "site": "ours"}
        denied = door.ask("GET", "/v2/zones?name=forbidden", member)
        assert denied.json["message"] == f"{project} may not say forbidden"
