# SPDX-License-Identifier: Apache-2.0
"""The WSGI application: every route on one screen, and every middleware on one screen."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import falcon
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import make_wsgi_app

from designate.api import errors, extensions, openapi, paste_file
from designate.api.admin import quotas as admin_quotas
from designate.api.admin import reports as admin_reports
from designate.api.admin import zones as admin_zones
from designate.api.extensions import Offer
from designate.api.links import Links
from designate.api.middleware.accept import Accept
from designate.api.middleware.body_limit import BodyLimit
from designate.api.middleware.edge import around, by_prefix, disabled, health
from designate.api.middleware.identity import Identity, strategy
from designate.api.middleware.maintenance import Maintenance
from designate.api.middleware.metrics import Metrics
from designate.api.middleware.rate_limit import RateLimit
from designate.api.middleware.request_id import RequestId
from designate.api.middleware.switches import Enforcer, Switches
from designate.api.middleware.tokens import Tokens
from designate.api.openapi import Route
from designate.api.paging import Paging
from designate.api.paste_file import Parts
from designate.api.registers import RegisterItem, RegisterList
from designate.api.request import Request
from designate.api.v2 import (
    absent,
    blacklists,
    exports,
    floatingips,
    imports,
    limits,
    nameservers,
    pools,
    quotas,
    recordsets,
    service_statuses,
    shares,
    tlds,
    transfer_accepts,
    transfer_requests,
    tsigkeys,
    zones,
)
from designate.api.versions import Versions
from designate.conf import ConfigOpts, ConfigurationError, Settings
from designate.conf.api import Settings as ApiSettings
from designate.contracts.central import Central
from designate.errors import ConfigurationError as BadConfiguration
from designate.runtime.buckets import Buckets, LocalBuckets, SharedBuckets

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

App = falcon.App[Request, falcon.Response]


def build(
    central: Central,
    settings: Settings,
    enforcer: Enforcer,
    registry: CollectorRegistry,
    conf: ConfigOpts,
) -> "WSGIApplication":
    """Return the whole API as one WSGI application; raises ConfigurationError.

    Its pipeline is that of the site's `api_paste_config`, else the one that is built in.
    """
    api = settings.api
    links = Links(None if api.enable_host_header else api.api_base_uri)
    file = paste_file.find(conf, api.api_paste_config)
    # In a file, the filter that validates tokens is an element of its own.
    validates = api.auth_strategy == "keystone" and file is None
    who = strategy(
        api.auth_strategy,
        file or "The built-in pipeline",
        trust_headers=api.trust_identity_headers and not validates,
    )
    tokens = [Tokens(conf)] if validates else []
    chain = _chain(settings, enforcer, registry, [*tokens, Identity(who)])
    pages = Paging(api.default_limit_v2, api.max_limit_v2)
    offer = Offer(central=central, enforcer=enforcer, links=links, pages=pages)
    admin = _admin_table(offer, api) if api.enable_api_admin else []
    parts = Parts(
        versions=Versions(links, maintenance=api.maintenance_mode),
        v2=_v2(offer, api, chain, admin) if api.enable_api_v2 else disabled,
        admin=_app(chain, admin) if api.enable_api_admin else disabled,
    )
    if file is not None:
        return paste_file.load(file, parts, conf)
    apps = {
        "v2": parts.v2,
        "admin": parts.admin,
        "healthcheck": health(conf),
        "metrics": make_wsgi_app(registry),
    }
    return around(by_prefix(apps, otherwise=parts.versions), conf)


def _chain(
    settings: Settings, enforcer: Enforcer, registry: CollectorRegistry, who: Sequence[Any]
) -> list[Any]:
    api = settings.api
    return [
        Metrics(registry),
        RequestId(),
        BodyLimit(settings.middleware.max_request_body_size, api.max_import_size),
        *who,
        *([_rate_limit(api)] if api.rate_limit else []),
        Switches(enforcer),
        *([Maintenance(api.maintenance_mode_role)] if api.maintenance_mode else []),
        Accept(),
    ]


def _rate_limit(api: ApiSettings) -> RateLimit:
    rate, size = api.rate_limit, api.rate_limit_burst
    buckets: Buckets = LocalBuckets(rate, size)
    if api.rate_limit_redis_url:
        try:
            buckets = SharedBuckets(api.rate_limit_redis_url, rate, size)
        except BadConfiguration as error:
            raise ConfigurationError([f"[service:api] rate_limit_redis_url: {error}"]) from error
    return RateLimit(buckets, api.rate_limit_exempt_roles)


def _app(chain: list[Any], table: Iterable[Route]) -> App:
    app = App(middleware=chain, request_type=Request)
    app.req_options.strip_url_path_trailing_slash = True
    errors.install(app)
    app.add_sink(absent.absent)
    for path, resource in table:
        try:
            app.add_route(path, resource)
        except ValueError as error:
            raise ConfigurationError([f"The route {path} cannot be added: {error}"]) from error
    return app


def _v2(
    offer: Offer, api: ApiSettings, chain: list[Any], admin: Iterable[Route]
) -> "WSGIApplication":
    """Version 2, with the description of both."""
    own = routes(
        offer.central, offer.links, offer.pages, empty_secrets=api.allow_empty_secrets_for_tsig
    )
    table = [*own, *extensions.load(extensions.V2, api.enabled_extensions_v2, own, offer)]
    return openapi.Served(_app(chain, table), [*table, *admin])


def _admin_table(offer: Offer, api: ApiSettings) -> list[Route]:
    known = admin_routes(offer.central, offer.links)
    others = [name for name in api.enabled_extensions_admin if name not in known]
    own = [route for name in api.enabled_extensions_admin for route in known.get(name, ())]
    return [*own, *extensions.load(extensions.ADMIN, others, own, offer)]


Routes = tuple[Route, ...]


def admin_routes(central: Central, links: Links) -> dict[str, Routes]:
    """The routes of the admin API, by what `enabled_extensions_admin` calls them."""
    reports = central.reports
    return {
        "quotas": (("/admin/quotas/{project_id}", admin_quotas.QuotaItem(central.quotas)),),
        "reports": (
            ("/admin/reports/tenants", admin_reports.TenantList(reports, links)),
            ("/admin/reports/tenants/{tenant_id}", admin_reports.TenantItem(reports, links)),
            ("/admin/reports/counts", admin_reports.CountList(reports)),
            ("/admin/reports/counts/{name}", admin_reports.CountItem(reports)),
        ),
        "zones": (("/admin/zones/export/{zone_id}", admin_zones.ZoneText(central.exports)),),
    }


def routes(central: Central, links: Links, pages: Paging, *, empty_secrets: bool = True) -> Routes:
    """Every path of version 2, with what answers there."""
    return (
        *_zones(central, links, pages),
        *_tasks(central, links, pages),
        *_registers(central, links, pages, empty_secrets=empty_secrets),
        ("/v2/limits", limits.LimitItem(central.limits)),
        ("/v2/quotas", quotas.OwnQuotas(central.quotas)),
        ("/v2/quotas/{project_id}", quotas.QuotaItem(central.quotas)),
        *_services(central, links, pages),
        ("/v2/reverse", floatingips.Reverse()),
        ("/v2/reverse/floatingips", floatingips.FloatingIPList(central.floatingips, links)),
        ("/v2/reverse/floatingips/{key}", floatingips.FloatingIPItem(central.floatingips, links)),
    )


def _zones(central: Central, links: Links, pages: Paging) -> Routes:
    """Zones, and what is in them."""
    sets = central.recordsets
    nowhere = absent.Absent()
    return (
        ("/v2/zones", zones.ZoneList(central.zones, links, pages)),
        ("/v2/zones/{zone_id}", zones.ZoneItem(central.zones, links)),
        ("/v2/zones/{zone_id}/nameservers", nameservers.NameserverList(central.nameservers)),
        ("/v2/zones/{zone_id}/recordsets", recordsets.RecordSetList(sets, links, pages)),
        ("/v2/zones/{zone_id}/recordsets/{recordset_id}", recordsets.RecordSetItem(sets, links)),
        ("/v2/zones/{zone_id}/shares", shares.ShareList(central.shares, links, pages)),
        ("/v2/zones/{zone_id}/shares/{zone_share_id}", shares.ShareItem(central.shares, links)),
        ("/v2/recordsets", recordsets.AllRecordSets(sets, links, pages)),
        ("/v2/recordsets/{recordset_id}", recordsets.RecordSetById(sets, links)),
        # Words that are no identifiers.
        ("/v2/zones/nameservers", nowhere),
        ("/v2/zones/recordsets", nowhere),
        ("/v2/zones/shares", nowhere),
        ("/v2/zones/tasks", nowhere),
    )


def _tasks(central: Central, links: Links, pages: Paging) -> Routes:
    """What is done to zones as a whole."""
    of_zone, of_zones = "/v2/zones/{zone_id}/tasks", "/v2/zones/tasks"
    offers, accepts = central.transfer_requests, central.transfer_accepts
    export_list = exports.ExportList(central.exports, links, pages)
    export_item = exports.ExportItem(central.exports, links)
    export_text = exports.ExportText(central.exports)
    offer_list = transfer_requests.TransferRequestList(offers, links, pages)
    offer_item = transfer_requests.TransferRequestItem(offers, links)
    accept_list = transfer_accepts.TransferAcceptList(accepts, links, pages)
    accept_item = transfer_accepts.TransferAcceptItem(accepts, links)
    return (
        (f"{of_zone}/abandon", zones.ZoneAbandon(central.zones)),
        (f"{of_zone}/pool_move", zones.ZonePoolMove(central.zones)),
        (f"{of_zone}/xfr", zones.ZoneXfr(central.zones)),
        (f"{of_zone}/export", exports.ExportTask(central.exports, links)),
        (f"{of_zones}/exports", export_list),
        (f"{of_zones}/exports/{{export_id}}", export_item),
        (f"{of_zones}/exports/{{export_id}}/export", export_text),
        # The same, as openstacksdk spells it.
        (f"{of_zones}/export", export_list),
        (f"{of_zones}/export/{{export_id}}", export_item),
        (f"{of_zones}/export/{{export_id}}/export", export_text),
        (f"{of_zones}/imports", imports.ImportList(central.imports, links, pages)),
        (f"{of_zones}/imports/{{import_id}}", imports.ImportItem(central.imports, links)),
        (f"{of_zone}/transfer_requests", transfer_requests.TransferRequestTask(offers, links)),
        (f"{of_zones}/transfer_requests", offer_list),
        (f"{of_zones}/transfer_requests/{{zone_transfer_request_id}}", offer_item),
        (f"{of_zones}/transfer_accepts", accept_list),
        (f"{of_zones}/transfer_accepts/{{transfer_accept_id}}", accept_item),
    )


def _services(central: Central, links: Links, pages: Paging) -> Routes:
    """What runs where, under both its names."""
    each = service_statuses.ServiceStatusList(central.service_statuses, links, pages)
    item = service_statuses.ServiceStatusItem(central.service_statuses, links)
    return (
        ("/v2/service_statuses", each),
        ("/v2/service_statuses/{service_id}", item),
        ("/v2/service_status", each),
        ("/v2/service_status/{service_id}", item),
    )


def _registers(central: Central, links: Links, pages: Paging, *, empty_secrets: bool) -> Routes:
    """The routes of what administrators keep."""
    keys = tsigkeys.shape(empty_secrets=empty_secrets)
    forbidden = central.blacklists
    return (
        ("/v2/tlds", RegisterList(tlds.SHAPE, central.tlds, links, pages)),
        ("/v2/tlds/{tld_id}", RegisterItem(tlds.SHAPE, central.tlds, links)),
        ("/v2/blacklists", RegisterList(blacklists.SHAPE, forbidden, links, pages)),
        ("/v2/blacklists/{blacklist_id}", RegisterItem(blacklists.SHAPE, forbidden, links)),
        ("/v2/pools", RegisterList(pools.SHAPE, central.pools, links, pages)),
        ("/v2/pools/{pool_id}", RegisterItem(pools.SHAPE, central.pools, links)),
        ("/v2/tsigkeys", RegisterList(keys, central.tsigkeys, links, pages)),
        ("/v2/tsigkeys/{tsigkey_id}", RegisterItem(keys, central.tsigkeys, links)),
    )
