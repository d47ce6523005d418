# SPDX-License-Identifier: Apache-2.0
"""Floating IPs of Neutron, asked for with the caller's own token.

GET /v2.0/floatingips and /v2.0/floatingips/{id} of the OpenStack networking API v2.0.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

from keystoneauth1 import exceptions
from keystoneauth1.session import Session
from keystoneauth1.token_endpoint import Token

from designate.conf.neutron import Settings
from designate.errors import (
    ConfigurationError,
    NeutronCommunicationFailure,
    NoEndpoint,
    NotFound,
)
from designate.model.context import Context
from designate.model.floatingips import REGION, FloatingIP

LOG = logging.getLogger(__name__)
AT_ONCE = 5
"""Regions that are asked at the same time."""
_VERSION = "/v2.0"
_is_name = re.compile(REGION).fullmatch
_FIELDS = ("id", "floating_ip_address", "project_id")


class _Refused(NeutronCommunicationFailure):
    """Neutron has answered, with an error."""

    def __init__(self, region: str, status: int) -> None:
        super().__init__(f"Neutron of {region} has answered {status}")
        self.status = status


class Neutron:
    """See `contracts.network.Network`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._unnamed = set[str]()
        """Regions that nothing can be asked of; the log has said so."""

    def find(self, ctx: Context) -> list[FloatingIP]:
        """See the contract."""
        regions = self._regions(ctx)
        if not ctx.project_id:
            return []
        with ThreadPoolExecutor(min(AT_ONCE, len(regions))) as pool:
            answers = pool.map(lambda region: self._find(ctx, *region), regions.items())
            return [item for answer in answers for item in answer]

    def get(self, ctx: Context, region: str, floatingip_id: str) -> FloatingIP:
        """See the contract."""
        url = self._regions(ctx).get(region)
        if url is None or not ctx.project_id:
            raise NotFound
        with closing(self._session()) as session:
            try:
                body = _ask(session, ctx, region, f"{url}/{floatingip_id}", _fields())
            except _Refused as refusal:
                if refusal.status == HTTPStatus.NOT_FOUND:
                    raise NotFound from None
                raise
        found = _own(ctx, region, [_member(body, region, "floatingip")])
        if not found:
            raise NotFound
        return found[0]

    def _find(self, ctx: Context, region: str, url: str) -> list[FloatingIP]:
        """The floating IPs of one region."""
        with closing(self._session()) as session:
            return [
                item
                for page in _pages(session, ctx, region, url)
                for item in _own(ctx, region, page)
            ]

    def _regions(self, ctx: Context) -> dict[str, str]:
        """The collection of floating IPs in each region; raises NoEndpoint, ConfigurationError."""
        if self._settings.endpoints:
            named = {item.region: _collection(item.url) for item in self._settings.endpoints}
        else:
            named = self._catalogued(ctx)
        found = {region: url for region, url in named.items() if _is_name(region)}
        for region in named.keys() - found.keys() - self._unnamed:
            self._unnamed.add(region)
            LOG.warning("No key can name the region %r: its floating IPs are left out", region)
        if not found:
            raise NoEndpoint("No region that has a network service can be named")
        return found

    def _catalogued(self, ctx: Context) -> dict[str, str]:
        catalog = ctx.secrets.catalog if ctx.secrets else []
        if not catalog:
            raise ConfigurationError(
                "Nothing says where Neutron is: [network_api:neutron] endpoints is not set, and the"
                " request came without a service catalogue"
            )
        interface = self._settings.endpoint_type
        found = {
            str(endpoint.get("region")): _collection(endpoint[interface])
            for service in catalog
            if service.get("type") == "network"
            for endpoint in service.get("endpoints", ())
            if endpoint.get(interface)
        }
        if not found:
            raise NoEndpoint(f"The service catalogue has no network service with a {interface}")
        return found

    def _session(self) -> Session:
        """Connections of one request: nothing of it, such as a cookie, meets another's."""
        own = self._settings
        return Session(
            verify=False if own.insecure else own.ca_certificates_file or True,
            cert=own.client_certificate_file,
            timeout=own.timeout,
            # The token is for this host.
            redirect=False,
            app_name="designate",
        )


def _collection(url: str) -> str:
    return f"{url.rstrip('/').removesuffix(_VERSION)}{_VERSION}/floatingips"


def _fields() -> list[tuple[str, str]]:
    return [("fields", name) for name in _FIELDS]


def _pages(session: Session, ctx: Context, region: str, url: str) -> Iterator[list[Any]]:
    """The pages of the list: Neutron may be set up to give no more than so many items at once."""
    marker: str | None = None
    while True:
        after = [("marker", marker)] if marker else []
        arguments = [("project_id", str(ctx.project_id)), *_fields(), *after]
        body = _ask(session, ctx, region, url, arguments)
        page = _member(body, region, "floatingips")
        if not isinstance(page, list):
            raise _unreadable(region)
        yield page
        links = body.get("floatingips_links") or ()
        if not page or not any(link.get("rel") == "next" for link in links):
            return
        last = str(_member(page[-1], region, "id"))
        if last == marker:
            raise _unreadable(region)
        marker = last


def _ask(
    session: Session, ctx: Context, region: str, url: str, arguments: list[tuple[str, str]]
) -> Mapping[str, Any]:
    """The JSON object at a place; raises _Refused and NeutronCommunicationFailure."""
    token = Token(url, ctx.secrets.token) if ctx.secrets and ctx.secrets.token else None
    try:
        answer = session.get(
            url,
            params=arguments,
            auth=token,
            headers={"Accept": "application/json"},
            global_request_id=ctx.global_request_id or ctx.request_id,
            raise_exc=False,
            allow_reauth=False,
        )
        if answer.status_code != HTTPStatus.OK:
            raise _Refused(region, answer.status_code)
        body = answer.json()
    except exceptions.ClientException as error:
        LOG.warning("Neutron of %s: %s", region, error)
        raise NeutronCommunicationFailure(f"Neutron of {region} does not answer") from error
    except ValueError as error:
        raise _unreadable(region) from error
    if not isinstance(body, dict):
        raise _unreadable(region)
    return body


def _own(ctx: Context, region: str, items: list[Any]) -> list[FloatingIP]:
    """Those of the caller's project, whatever else an administrator is shown."""
    mine = [item for item in items if _member(item, region, "project_id") == ctx.project_id]
    return [_floatingip(item, region) for item in mine]


def _floatingip(item: Any, region: str) -> FloatingIP:
    identifier, address = _member(item, region, "id"), _member(item, region, "floating_ip_address")
    try:
        return FloatingIP(region=region, id=str(identifier), address=str(ip_address(address)))
    except ValueError:
        raise _unreadable(region) from None


def _member(value: Any, region: str, key: str) -> Any:
    if not isinstance(value, dict) or key not in value:
        raise _unreadable(region)
    return value[key]


def _unreadable(region: str) -> NeutronCommunicationFailure:
    return NeutronCommunicationFailure(f"Neutron of {region} has answered what nobody can read")
