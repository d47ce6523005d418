# SPDX-License-Identifier: Apache-2.0
"""`designate up --auth keystone`, found by clients in the service catalogue."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.keystone.door import written
from tests.servers.designate import Designate
from tests.servers.keystone import Keystone

BIN = Path(sys.executable).parent
TIMEOUT = 120.0


def test_the_openstack_command_finds_it_and_enters(keystone: Keystone, tmp_path: Path) -> None:
    """With a user's name and password, as in any cloud; nobody enters without."""
    file = written(tmp_path, keystone.authtoken())
    server = Designate(tmp_path / "up", "--auth", "keystone", "--config-file", str(file))
    server.start()
    keystone.register_dns(server.api)
    try:
        assert server.call("GET", "/v2/zones").status == 401
        project = keystone.project()
        member = keystone.user("member", project=project)
        zone = ["zone", "create", "--email", "dns@up.example", "up.example.", "-f", "json"]
        done = subprocess.run(
            [BIN / "openstack", *zone],
            env={**os.environ, **keystone.access(member, project)},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        made = json.loads(done.stdout)
        assert (made["name"], made["project_id"]) == ("up.example.", project)
    finally:
        keystone.unregister_dns()
        assert server.stop() == 0


def test_it_refuses_without_knowing_where_keystone_is(tmp_path: Path) -> None:
    """In one sentence that names the section."""
    command = [str(BIN / "designate"), "up", "--state-dir", str(tmp_path), "--auth", "keystone"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert "[keystone_authtoken] auth_type is not set" in ended.stderr
    assert "Traceback" not in ended.stderr
