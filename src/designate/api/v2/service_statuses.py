# SPDX-License-Identifier: Apache-2.0
"""States of services over HTTP: /v2/service_statuses (API.md section 23).

/v2/service_status is the same; whatever links from there leads here.
"""

from typing import Any

import falcon

from designate.api import description, media, paging
from designate.api.description import operation
from designate.api.identifiers import identifier
from designate.api.links import Links
from designate.api.request import Request
from designate.contracts.service_statuses import ServiceStatuses
from designate.errors import ServiceStatusNotFound
from designate.model.service_statuses import DOWN, STOPPED, UP, WARNING, ServiceStatus

COLLECTION = paging.Collection(
    "service_statuses",
    filters=frozenset({"hostname", "service_name", "status"}),
    sort_keys=("created_at", "id", "updated_at", "hostname", "service_name", "status"),
    counted=False,
)
_PATH = "/v2/service_statuses"
_OBJECT = {"type": "object"}
SHAPE = description.shown(
    "ServiceStatus",
    {
        "id": description.ID,
        "hostname": description.TEXT,
        "service_name": description.TEXT,
        "status": {"enum": [UP, DOWN, WARNING, STOPPED]},
        "stats": _OBJECT,
        "capabilities": _OBJECT,
        "heartbeated_at": description.NULLABLE_MOMENT,
        "created_at": description.MOMENT,
        "updated_at": description.NULLABLE_MOMENT,
        "links": description.LINKS,
    },
)


def render(service: ServiceStatus, base: str) -> dict[str, Any]:
    """Render the state of a service with its link below `base`."""
    return {
        "id": service.id,
        "hostname": service.hostname,
        "service_name": service.service_name,
        "status": service.status,
        "stats": service.stats,
        "capabilities": service.capabilities,
        "heartbeated_at": media.timestamp(service.heartbeated_at),
        "created_at": media.timestamp(service.created_at),
        "updated_at": media.timestamp(service.updated_at),
        "links": {"self": f"{base}{_PATH}/{service.id}"},
    }


class ServiceStatusList:
    """/v2/service_statuses"""

    def __init__(self, services: ServiceStatuses, links: Links, pages: paging.Paging) -> None:
        self._services = services
        self._links = links
        self._pages = pages

    @operation(
        {200: description.page(SHAPE, COLLECTION)},
        listed=COLLECTION,
        policy=["find_service_statuses"],
    )
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the services that report themselves."""
        base = self._links.base(req.env)
        query = self._pages.query(req, COLLECTION)
        found = query, self._services.find(req.caller, query)
        body = paging.envelope(
            COLLECTION, base + _PATH, req.arguments, found, lambda service: render(service, base)
        )
        media.answer(resp, body)


class ServiceStatusItem:
    """/v2/service_statuses/{service_id}"""

    def __init__(self, services: ServiceStatuses, links: Links) -> None:
        self._services = services
        self._links = links

    @operation({200: SHAPE}, refuses=[ServiceStatusNotFound], policy=["find_service_status"])
    def on_get(self, req: Request, resp: falcon.Response, service_id: str) -> None:
        """Show the state of a service."""
        service = self._services.get(req.caller, identifier("service_id", service_id))
        media.answer(resp, render(service, self._links.base(req.env)))
