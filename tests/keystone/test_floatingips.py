# SPDX-License-Identifier: Apache-2.0
"""Floating IPs by the catalogue of a real token: Neutron is asked where it says, as the caller.

Neutron itself is played by a server that knows its requests by heart (tests/unit/network).
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.exchange import Reply
from tests.keystone.door import Door, written
from tests.servers.keystone import REGION, Keystone
from tests.unit.network.neutron_server import FIELDS, NeutronServer, floatingip

ID = "aaaaaaaa-0000-4000-8000-000000000001"
PLACE = f"/v2/reverse/floatingips/{REGION}:{ID}"


@pytest.fixture(scope="module")
def door(keystone: Keystone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Nothing but Keystone is configured."""
    file = written(tmp_path_factory.mktemp("door"), keystone.authtoken())
    with Door(file) as made:
        yield made


@pytest.fixture
def neutron(keystone: Keystone) -> Iterator[NeutronServer]:
    """A Neutron that the catalogue names."""
    with NeutronServer() as running:
        keystone.register("network", running.url)
        yield running
        keystone.unregister("network")


def change(door: Door, token: str, **fields: Any) -> Reply:
    """PATCH the floating IP."""
    return door.ask("PATCH", PLACE, token, json.dumps(fields).encode())


def test_a_member_names_the_floating_ip_that_neutron_shows(
    keystone: Keystone, door: Door, neutron: NeutronServer
) -> None:
    """Every request to Neutron carries the caller's token, and none is made to unset."""
    project = keystone.project()
    item = floatingip(ID, "198.51.100.7", project)
    listed = f"/v2.0/floatingips?project_id={project}&{FIELDS}"
    shown = f"/v2.0/floatingips/{ID}?{FIELDS}"
    neutron.will_answer(listed, {"floatingips": [item]})
    neutron.will_answer(shown, {"floatingip": item})
    reader = keystone.caller("reader", project=project)
    member = keystone.caller("member", project=project)
    found = door.ask("GET", "/v2/reverse/floatingips", reader).json["floatingips"]
    assert [(one["id"], one["status"]) for one in found] == [(f"{REGION}:{ID}", "INACTIVE")]
    assert change(door, reader, ptrdname="vm.example.org.").status == 403
    made = change(door, member, ptrdname="vm.example.org.")
    assert (made.status, made.json["status"]) == (202, "PENDING")
    assert door.ask("GET", PLACE, reader).json["ptrdname"] == "vm.example.org."
    asked = [(one.target, one.token) for one in neutron.asked]
    assert asked == [(listed, reader), (shown, member), (shown, reader)]
    gone = change(door, member, ptrdname=None)
    assert (gone.status, gone.text) == (202, "null")
    assert change(door, member, ptrdname=None).status == 404
    assert len(neutron.asked) == 3


def test_that_of_another_project_is_not_there(
    keystone: Keystone, door: Door, neutron: NeutronServer
) -> None:
    """Even where Neutron shows it, as it does to administrators."""
    item = floatingip(ID, "198.51.100.7", keystone.project())
    neutron.will_answer(f"/v2.0/floatingips/{ID}?{FIELDS}", {"floatingip": item})
    admin = keystone.caller("admin", project=keystone.project())
    assert door.ask("GET", PLACE, admin).status == 404
    assert change(door, admin, ptrdname="mine.example.org.").status == 404


def test_an_administrator_acts_for_a_project(
    keystone: Keystone, door: Door, neutron: NeutronServer
) -> None:
    """With sudo: the floating IPs are that project's, the token is the administrator's."""
    project = keystone.project()
    listed = f"/v2.0/floatingips?project_id={project}&{FIELDS}"
    neutron.will_answer(listed, {"floatingips": [floatingip(ID, "198.51.100.7", project)]})
    admin = keystone.caller("admin", project=keystone.project())
    sudo = {"X-Auth-Sudo-Project-ID": project}
    reply = door.ask("GET", "/v2/reverse/floatingips", admin, headers=sudo)
    assert [one["address"] for one in reply.json["floatingips"]] == ["198.51.100.7"]
    assert neutron.asked[0].token == admin


def test_what_neutron_refuses_or_nobody_serves(
    keystone: Keystone, door: Door, neutron: NeutronServer
) -> None:
    """A failure of Neutron is a 504; a catalogue without it a 403."""
    reader = keystone.caller("reader", project=keystone.project())
    reply = door.ask("GET", "/v2/reverse/floatingips", reader)
    assert (reply.status, reply.json["type"]) == (504, "neutron_communication_failure")
    keystone.unregister("network")
    keystone.register("dns", "http://127.0.0.1:9001")
    other = keystone.caller("reader", project=keystone.project())
    reply = door.ask("GET", "/v2/reverse/floatingips", other)
    assert (reply.status, reply.json["type"]) == (403, "no_endpoint")
    keystone.unregister("dns")
