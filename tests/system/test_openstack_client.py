# SPDX-License-Identifier: Apache-2.0
"""The `openstack` command and its library as they are, against `designate up`.

The suite `clients` has all of their commands and calls, with Keystone.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from designateclient.v2.client import Client  # type: ignore[import-untyped]
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session

from tests.servers.designate import Designate

COMMAND = str(Path(sys.executable).parent / "openstack")
TIMEOUT = 120.0
ZONE_FILE = """$ORIGIN imported.example.
$TTL 300
@ IN SOA ns.imported.example. dns.imported.example. 1 3600 600 86400 300
@ IN NS ns.imported.example.
www IN A 192.0.2.80
"""


class Cli:
    """The command, without authentication."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command by itself, as it is typed in a shell."""
        access = ("--os-auth-type", "none", "--os-endpoint", self._endpoint)
        return subprocess.run(
            [COMMAND, *access, *arguments],
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )


@pytest.fixture
def cli(designate: Designate) -> Cli:
    """The command for the running installation."""
    return Cli(f"{designate.api}/v2")


def test_the_command_creates_lists_and_deletes_a_zone(designate: Designate, cli: Cli) -> None:
    """What README shows works, and a wrong name ends with a message and status 1."""
    done = cli.run("zone", "create", "--email", "dns@cli.example", "cli.example.", "-f", "json")
    assert done.returncode == 0, done.stderr
    zone = json.loads(done.stdout)
    assert (zone["name"], zone["status"], zone["action"]) == ("cli.example.", "PENDING", "CREATE")
    designate.wait(f"/v2/zones/{zone['id']}", status="ACTIVE")

    listed = json.loads(cli.run("zone", "list", "-f", "json").stdout)
    assert [(one["id"], one["status"]) for one in listed] == [(zone["id"], "ACTIVE")]

    wrong = cli.run("zone", "show", "nowhere.example.")
    assert wrong.returncode == 1
    assert "nowhere.example." in wrong.stderr
    taken = cli.run("zone", "create", "--email", "dns@cli.example", "cli.example.")
    assert taken.returncode == 1
    assert "Duplicate" in taken.stderr

    assert cli.run("zone", "delete", "cli.example.").returncode == 0
    designate.wait_gone(f"/v2/zones/{zone['id']}")


def test_records_with_spaces_and_quotes(designate: Designate, cli: Cli) -> None:
    """What a shell hands over arrives as it is."""
    zone = designate.create("/v2/zones", {"name": "cli.example.", "email": "dns@cli.example"})
    text = ("--type", "TXT", "--record", '"a b" "c"', "-f", "json")
    txt = json.loads(cli.run("recordset", "create", zone["id"], "txt", *text).stdout)
    assert (txt["name"], txt["records"]) == ("txt.cli.example.", '"a b" "c"')


def test_the_library_walks_the_same_nouns(designate: Designate) -> None:
    """python-designateclient, as other programs use it."""
    client = Client(session=Session(auth=NoAuth(endpoint=f"{designate.api}/v2")))
    zone = client.zones.create("lib.example.", email="dns@lib.example")
    assert client.zones.update("lib.example.", {"ttl": 60})["ttl"] == 60
    www = client.recordsets.create("lib.example.", "www", "A", ["192.0.2.1"])
    changed = client.recordsets.update(zone["id"], www["id"], {"records": ["192.0.2.2"]})
    assert changed["records"] == ["192.0.2.2"]
    assert [one["id"] for one in client.recordsets.list(zone["id"], {"type": "A"})] == [www["id"]]
    assert client.nameservers.list(zone["id"])[0]["hostname"] == "ns1.localhost."
    task = client.zone_imports.create(ZONE_FILE)
    designate.wait(f"/v2/zones/tasks/imports/{task['id']}", status="COMPLETE")
    export = client.zone_exports.create("imported.example.")
    designate.wait(f"/v2/zones/tasks/exports/{export['id']}", status="COMPLETE")
    assert "192.0.2.80" in client.zone_exports.get_export(export["id"])
    assert client.recordsets.delete(zone["id"], www["id"])["action"] == "DELETE"
    client.zones.delete(zone["id"])
    designate.wait_gone(f"/v2/zones/{zone['id']}")
    assert [one["name"] for one in client.zones.list()] == ["imported.example."]
