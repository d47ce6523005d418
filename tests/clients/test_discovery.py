# SPDX-License-Identifier: Apache-2.0
"""Clients find the API by the catalogue, however an operator wrote its URL there (API.md 1.2)."""

import contextlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import openstack.connection
import pytest
from designateclient.v2.client import Client  # type: ignore[import-untyped]
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

from tests.clients.cloud import Cloud
from tests.servers.bind9 import HOST
from tests.servers.haproxy import HaProxy
from tests.servers.keystone import DOMAIN, REGION

# What the SDK plans to remove from itself.
pytestmark = pytest.mark.filterwarnings("ignore::openstack.warnings._RemovedInSDKWarning")


@pytest.fixture(params=["", "/", "/v2", "/v2/", "/dns", "/dns/v2"])
def catalogued(request: pytest.FixtureRequest, cloud: Cloud) -> Iterator[str]:
    """The URL that the catalogue has: plain, with a version, behind a path of a proxy."""
    path: str = request.param
    base = cloud.api
    with contextlib.ExitStack() as stack:
        if path.startswith("/dns"):
            at = urlsplit(cloud.api)
            proxy = HaProxy()
            port = proxy.prefixed("/dns", (str(at.hostname), at.port or 0))
            stack.enter_context(proxy)
            base = f"http://{HOST}:{port}"
        cloud.keystone.unregister_dns()
        cloud.keystone.register_dns(base + path)
        yield base + path
    cloud.keystone.unregister_dns()
    cloud.keystone.register_dns(cloud.api)


def password(cloud: Cloud) -> Password:
    """The owner's."""
    return Password(
        auth_url=cloud.keystone.url,
        username=cloud.owner.user.name,
        password=cloud.owner.user.password,
        user_domain_id=DOMAIN,
        project_id=cloud.owner.project,
    )


def test_the_sdk_finds_it(cloud: Cloud, catalogued: str) -> None:
    """With the versions that the root names."""
    zone = cloud.zone(cloud.owner)
    connection = openstack.connection.Connection(
        region_name=REGION, session=Session(auth=password(cloud), timeout=30)
    )
    assert connection.dns.get_zone(zone["id"]).name == zone["name"]
    assert zone["name"] in [each.name for each in connection.dns.zones()]
    connection.close()


def test_the_client_library_finds_it(cloud: Cloud, catalogued: str) -> None:
    """It adds the version by itself where the URL has none."""
    zone = cloud.zone(cloud.owner)
    session = Session(auth=password(cloud), timeout=30)
    client = Client(session=session, region_name=REGION)
    assert client.zones.get(zone["id"])["name"] == zone["name"]
    assert zone["name"] in [each["name"] for each in client.zones.list()]
