# SPDX-License-Identifier: Apache-2.0
"""Projects of Keystone, asked for with the caller's own token (API.md sections 9 and 20).

GET /v3/projects/{id} of the OpenStack identity API. Section `[keystone]` says where Keystone is, or
which endpoint of the caller's service catalogue is taken.
"""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

from keystoneauth1 import exceptions, loading
from keystoneauth1.token_endpoint import Token

from designate.conf import ConfigOpts
from designate.conf.libraries import KEYSTONE
from designate.errors import InvalidProject, KeystoneCommunicationFailure
from designate.model.context import Context

LOG = logging.getLogger(__name__)
_VERSION = "/v3"
_NO_SEGMENTS = frozenset({"", ".", ".."})
"""What a path does not keep: Keystone would be asked something else (RFC 3986 section 5.2.4)."""
_INTERFACES = ("internal", "public")


class KeystoneProjects:
    """See `contracts.projects.Projects`."""

    def __init__(self, conf: ConfigOpts) -> None:
        section = conf[KEYSTONE]
        self._session = loading.load_session_from_conf_options(conf, KEYSTONE)
        self._fixed: str | None = section.endpoint_override
        self._service: str = section.service_type
        self._region: str | None = section.region_name
        one = [section.interface] if section.interface else None
        self._interfaces: Sequence[str] = section.valid_interfaces or one or _INTERFACES

    def check(self, ctx: Context, project_id: str) -> None:
        """See the contract."""
        if project_id in _NO_SEGMENTS:
            raise InvalidProject(f"{project_id} is not a valid project ID.")
        base = (self._fixed or self._listed(ctx)).rstrip("/").removesuffix(_VERSION)
        url = f"{base}{_VERSION}/projects/{quote(project_id, safe='')}"
        try:
            answer = self._session.get(
                url,
                auth=Token(url, ctx.secrets.token if ctx.secrets else None),
                headers={"Accept": "application/json"},
                global_request_id=ctx.global_request_id or ctx.request_id,
                raise_exc=False,
                allow_reauth=False,
                # The token is for this host.
                redirect=False,
            )
        except exceptions.ClientException as error:
            LOG.warning("Keystone: %s", error)
            raise KeystoneCommunicationFailure("Keystone does not answer") from error
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise InvalidProject(f"{project_id} is not a valid project ID.")
        if answer.status_code not in (HTTPStatus.OK, HTTPStatus.FORBIDDEN):
            LOG.warning("Keystone answered %d; a project is believed", answer.status_code)

    def _listed(self, ctx: Context) -> str:
        """The endpoint of the caller's catalogue; raises KeystoneCommunicationFailure."""
        endpoints = [
            endpoint
            for service in (ctx.secrets.catalog if ctx.secrets else ())
            if service.get("type") == self._service
            for endpoint in service.get("endpoints", ())
            if self._region in (None, endpoint.get("region"))
        ]
        for interface in self._interfaces:
            for endpoint in endpoints:
                if url := endpoint.get(f"{interface.removesuffix('URL')}URL"):
                    return str(url)
        raise KeystoneCommunicationFailure(
            f"The service catalogue has no endpoint of the service {self._service}"
        )
