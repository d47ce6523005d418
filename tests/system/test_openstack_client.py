# SPDX-License-Identifier: Apache-2.0
"""The `openstack` command, its library and the SDK as they are, against `designate up`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openstack.connection
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
        return self._run([COMMAND, *access, *arguments])

    def session(self, *lines: str) -> list[Any]:
        """Commands of one interactive session; what they print is JSON."""
        access = {"OS_AUTH_TYPE": "none", "OS_ENDPOINT": self._endpoint}
        done = self._run([COMMAND], input="".join(f"{line}\n" for line in lines), env=access)
        # Its status is 1 whatever happened; a command that fails says so here.
        assert done.stderr == ""
        found, decoder, text = [], json.JSONDecoder(), done.stdout.strip()
        while text:
            value, end = decoder.raw_decode(text)
            found.append(value)
            text = text[end:].strip()
        return found

    @staticmethod
    def _run(
        command: list[str], *, input: str = "", env: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            input=input,
            env={**os.environ, **(env or {})},
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


def test_zones_and_recordsets_by_command(designate: Designate, cli: Cli) -> None:
    """Create, show, list, set and delete, of zones and recordsets, by name and by id."""
    created, shown, changed, servers, limits = cli.session(
        "zone create cli.example. --email dns@cli.example --ttl 600 -f json",
        "zone show cli.example. -f json",
        "zone set cli.example. --email new@cli.example --description words -f json",
        "zone nameservers list cli.example. -f json",
        "dns limit list -f json",
    )
    assert (created["ttl"], created["type"], created["email"]) == (
        600,
        "PRIMARY",
        "dns@cli.example",
    )
    assert shown["id"] == changed["id"] == created["id"]
    assert (changed["email"], changed["description"]) == ("new@cli.example", "words")
    assert changed["serial"] > created["serial"]
    assert servers == [{"hostname": "ns1.localhost.", "priority": 1}]
    assert {"Limit": "max_page_limit", "Value": 1000} in limits

    # A session takes no quotes inside quotes.
    text = ("--type", "TXT", "--record", '"a b" "c"', "-f", "json")
    done = cli.run("recordset", "create", "cli.example.", "txt.cli.example.", *text)
    txt = json.loads(done.stdout)
    assert (txt["records"], txt["ttl"]) == ('"a b" "c"', None)
    www, shown, changed, listed = cli.session(
        "recordset create cli.example. www --type A --record 192.0.2.1 --record 192.0.2.2"
        " --ttl 60 -f json",
        "recordset show cli.example. www.cli.example. -f json",
        "recordset set cli.example. www.cli.example. --record 192.0.2.3 --no-ttl -f json",
        "recordset list cli.example. -f json",
    )
    assert (www["name"], www["records"]) == ("www.cli.example.", "192.0.2.1\n192.0.2.2")
    assert (shown["id"], shown["ttl"]) == (www["id"], 60)
    assert (changed["records"], changed["ttl"]) == ("192.0.2.3", None)
    assert sorted((one["name"], one["type"]) for one in listed) == [
        ("cli.example.", "NS"),
        ("cli.example.", "SOA"),
        ("txt.cli.example.", "TXT"),
        ("www.cli.example.", "A"),
    ]
    everywhere, deleted, zone = cli.session(
        "recordset list all --type A --all-projects -f json",
        f"recordset delete {created['id']} {www['id']} -f json",
        "zone delete cli.example. -f json",
    )
    assert [one["id"] for one in everywhere] == [www["id"]]
    assert (deleted["id"], deleted["action"]) == (www["id"], "DELETE")
    assert (zone["status"], zone["action"]) == ("PENDING", "DELETE")
    designate.wait_gone(f"/v2/zones/{created['id']}")


def test_imports_and_exports_by_command(designate: Designate, cli: Cli, tmp_path: Path) -> None:
    """A file goes in, comes out again, and both tasks are listed, shown and deleted."""
    file = tmp_path / "imported.zone"
    file.write_text(ZONE_FILE, "ascii")
    [imported] = cli.session(f"zone import create {file} -f json")
    assert imported["status"] == "PENDING"
    task = designate.wait(f"/v2/zones/tasks/imports/{imported['id']}", status="COMPLETE")
    exported, shown, listed = cli.session(
        "zone export create imported.example. -f json",
        f"zone import show {imported['id']} -f json",
        "zone import list -f json",
    )
    assert (shown["status"], shown["zone_id"]) == ("COMPLETE", task["zone_id"])
    assert [one["id"] for one in listed] == [imported["id"]]
    designate.wait(f"/v2/zones/tasks/exports/{exported['id']}", status="COMPLETE")
    shown, listed, text, no_exports, no_imports = cli.session(
        f"zone export show {exported['id']} -f json",
        "zone export list -f json",
        f"zone export showfile {exported['id']} -f json",
        f"zone export delete {exported['id']}",
        "zone export list -f json",
        f"zone import delete {imported['id']}",
        "zone import list -f json",
    )
    assert (shown["zone_id"], shown["status"]) == (task["zone_id"], "COMPLETE")
    assert [one["id"] for one in listed] == [exported["id"]]
    assert "www.imported.example." in text["data"]
    assert "192.0.2.80" in text["data"]
    assert no_exports == no_imports == []


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


# What it plans to remove from itself.
@pytest.mark.filterwarnings("ignore::openstack.warnings._RemovedInSDKWarning")
def test_the_sdk_walks_the_same_nouns(designate: Designate) -> None:
    """openstacksdk, which Ansible and others use."""
    dns = openstack.connection.Connection(auth_type="none", endpoint=designate.api).dns
    zone = dns.create_zone(name="sdk.example.", email="dns@sdk.example")
    assert [one.id for one in dns.zones(name="sdk.example.")] == [zone.id]
    assert dns.update_zone(zone, ttl=60).ttl == 60
    www = dns.create_recordset(zone, name="www.sdk.example.", type="A", records=["192.0.2.1"])
    assert dns.update_recordset(www, records=["192.0.2.2"], zone_id=zone.id).records == [
        "192.0.2.2"
    ]
    names = {one.name for one in dns.recordsets(zone, limit=2)}
    assert names == {"sdk.example.", "www.sdk.example."}
    # Release 4.22 can neither begin an export nor fetch its text.
    task = designate.create(f"/v2/zones/{zone.id}/tasks/export", None)
    designate.wait(f"/v2/zones/tasks/exports/{task['id']}", status="COMPLETE")
    [export] = dns.zone_exports()
    assert dns.get_zone_export(export).zone_id == zone.id
    dns.delete_recordset(www)
    dns.delete_zone(zone)
    designate.wait_gone(f"/v2/zones/{zone.id}")
    assert list(dns.zones()) == []
