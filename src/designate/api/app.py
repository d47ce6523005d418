# SPDX-License-Identifier: Apache-2.0
"""The WSGI application: every route on one screen, and every middleware on one screen."""

from typing import TYPE_CHECKING, Any

import falcon
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import make_wsgi_app

from designate.api import errors
from designate.api.links import Links
from designate.api.middleware.accept import Accept
from designate.api.middleware.body_limit import BodyLimit
from designate.api.middleware.edge import Edge, by_prefix, disabled
from designate.api.middleware.identity import Enforcer, Identity, noauth
from designate.api.middleware.maintenance import Maintenance
from designate.api.middleware.metrics import Metrics
from designate.api.middleware.request_id import RequestId
from designate.api.paging import Paging
from designate.api.request import Request
from designate.api.v2 import (
    absent,
    exports,
    floatingips,
    imports,
    limits,
    nameservers,
    recordsets,
    shares,
    zones,
)
from designate.api.versions import Versions
from designate.conf import ConfigurationError, Settings
from designate.contracts.central import Central

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

App = falcon.App[Request, falcon.Response]


def build(
    central: Central,
    settings: Settings,
    enforcer: Enforcer,
    registry: CollectorRegistry,
    edge: Edge | None = None,
) -> "WSGIApplication":
    """Return the whole API as one WSGI application; raises ConfigurationError."""
    api = settings.api
    if edge is None:
        edge = Edge(proxy_headers=settings.middleware.enable_proxy_headers_parsing)
    links = Links(None if api.enable_host_header else api.api_base_uri)
    return edge.wrap(
        by_prefix(
            {
                "v2": _v2(central, settings, enforcer, registry) if api.enable_api_v2 else disabled,
                "admin": disabled,
                "healthcheck": edge.health(),
                "metrics": make_wsgi_app(registry),
            },
            otherwise=Versions(links, maintenance=api.maintenance_mode),
        )
    )


def _v2(
    central: Central, settings: Settings, enforcer: Enforcer, registry: CollectorRegistry
) -> App:
    api = settings.api
    if api.auth_strategy != "noauth":
        raise ConfigurationError(["[service:api] auth_strategy: only noauth works so far"])
    chain: list[Any] = [
        Metrics(registry),
        RequestId(),
        BodyLimit(settings.middleware.max_request_body_size, api.max_import_size),
        Identity(noauth, enforcer),
        *([Maintenance(api.maintenance_mode_role)] if api.maintenance_mode else []),
        Accept(),
    ]
    app = App(middleware=chain, request_type=Request)
    app.req_options.strip_url_path_trailing_slash = True
    errors.install(app)
    links = Links(None if api.enable_host_header else api.api_base_uri)
    add_routes(app, central, links, Paging(api.default_limit_v2, api.max_limit_v2))
    app.add_sink(absent.absent)
    return app


def add_routes(app: App, central: Central, links: Links, pages: Paging) -> None:
    sets = central.recordsets
    export_list = exports.ExportList(central.exports, links, pages)
    export_item = exports.ExportItem(central.exports, links)
    export_text = exports.ExportText(central.exports)
    nowhere = absent.Absent()
    for path, resource in (
        ("/v2/zones", zones.ZoneList(central.zones, links, pages)),
        ("/v2/zones/{zone_id}", zones.ZoneItem(central.zones, links)),
        ("/v2/zones/{zone_id}/nameservers", nameservers.NameserverList(central.nameservers)),
        ("/v2/zones/{zone_id}/recordsets", recordsets.RecordSetList(sets, links, pages)),
        ("/v2/zones/{zone_id}/recordsets/{recordset_id}", recordsets.RecordSetItem(sets, links)),
        ("/v2/zones/{zone_id}/shares", shares.ShareList(central.shares, links, pages)),
        ("/v2/zones/{zone_id}/shares/{zone_share_id}", shares.ShareItem(central.shares, links)),
        ("/v2/recordsets", recordsets.AllRecordSets(sets, links, pages)),
        ("/v2/recordsets/{recordset_id}", recordsets.RecordSetById(sets, links)),
        ("/v2/zones/{zone_id}/tasks/export", exports.ExportTask(central.exports, links)),
        ("/v2/zones/tasks/exports", export_list),
        ("/v2/zones/tasks/exports/{export_id}", export_item),
        ("/v2/zones/tasks/exports/{export_id}/export", export_text),
        # The same, as openstacksdk spells it.
        ("/v2/zones/tasks/export", export_list),
        ("/v2/zones/tasks/export/{export_id}", export_item),
        ("/v2/zones/tasks/export/{export_id}/export", export_text),
        ("/v2/zones/tasks/imports", imports.ImportList(central.imports, links, pages)),
        ("/v2/zones/tasks/imports/{import_id}", imports.ImportItem(central.imports, links)),
        ("/v2/limits", limits.LimitItem(central.limits)),
        ("/v2/reverse", floatingips.Reverse()),
        ("/v2/reverse/floatingips", floatingips.FloatingIPList(central.floatingips, links)),
        ("/v2/reverse/floatingips/{key}", floatingips.FloatingIPItem(central.floatingips, links)),
        # Words that are no identifiers.
        ("/v2/zones/nameservers", nowhere),
        ("/v2/zones/recordsets", nowhere),
        ("/v2/zones/shares", nowhere),
        ("/v2/zones/tasks", nowhere),
    ):
        app.add_route(path, resource)
