# SPDX-License-Identifier: Apache-2.0
"""Every DNS command of `openstack`, by several users of a cloud with Keystone."""

from collections.abc import Callable

import pytest

from tests.clients.cloud import Cloud
from tests.clients.openstack import COMMANDS, Openstack
from tests.clients.walks import recordsets, registers, sharing, site, tasks, zones

WALKS: dict[str, Callable[[Cloud], None]] = {
    "zone": zones.zones,
    "zone nameservers": zones.nameservers,
    "zone blacklist": registers.blacklists,
    "zone export": tasks.exports,
    "zone import": tasks.imports,
    "zone share": sharing.shares,
    "zone transfer accept": sharing.transfer_accepts,
    "zone transfer request": sharing.transfer_requests,
    "recordset": recordsets.recordsets,
    "ptr record": recordsets.ptr_records,
    "tld": registers.tlds,
    "tsigkey": registers.tsigkeys,
    "dns limit": site.limits,
    "dns quota": site.quotas,
    "dns service": site.services,
}


def _noun(command: str) -> str:
    return command.rpartition(" ")[0]


@pytest.mark.parametrize("noun", sorted({_noun(command) for command in COMMANDS}))
def test_every_command_of_a_noun(cloud: Cloud, noun: str) -> None:
    """The installed plug-in's commands do what they say, and refuse whom they should."""
    cloud.walked.clear()
    WALKS[noun](cloud)
    assert {command for command in COMMANDS if _noun(command) == noun} <= cloud.walked


def test_whom_keystone_does_not_know(cloud: Cloud) -> None:
    """A wrong password, and a token that is none, end with a message about it."""
    person = cloud.owner
    access = cloud.keystone.access(person.user, person.project)
    stranger = Openstack(access | {"OS_PASSWORD": "wrong"}, cloud.walked)
    assert "HTTP 401" in stranger.refused("zone list")
    stranger.close()
    forged = {"OS_AUTH_TYPE": "admin_token", "OS_TOKEN": "forged", "OS_ENDPOINT": cloud.api + "/v2"}
    forger = Openstack(forged, cloud.walked)
    assert forger.refused("zone list") == "Forbidden"
    forger.close()
