# SPDX-License-Identifier: Apache-2.0
"""Options of `[service:api]`: the REST API (API section 31)."""

from dataclasses import dataclass
from typing import Self

from oslo_config import cfg

from designate.conf.addresses import ENDPOINT, Endpoint
from designate.conf.health import health_listen
from designate.conf.section import read_section

GROUP = "service:api"
RPC = "rpc"
LOCAL = "local"

OPTIONS = (
    health_listen(),
    cfg.IntOpt("workers", min=1, help="Processes of the standalone server; unset: one."),
    cfg.IntOpt("threads", default=100, min=1, help="Requests served at once by a process."),
    cfg.BoolOpt(
        "enable_host_header", default=True, help="Build links from the Host header of the request."
    ),
    cfg.StrOpt(
        "api_base_uri",
        default="http://127.0.0.1:9001/",
        help="Start of links when the Host header is not used.",
    ),
    cfg.ListOpt(
        "listen",
        item_type=ENDPOINT,
        default=["0.0.0.0:9001"],
        help="Where to listen, host:port; an IPv6 address in brackets.",
    ),
    cfg.StrOpt("api_paste_config", default="api-paste.ini", help="File of the WSGI pipeline."),
    cfg.StrOpt(
        "auth_strategy",
        default="keystone",
        choices=("keystone", "noauth"),
        help="Who says who the caller is; noauth believes the caller's headers.",
    ),
    cfg.BoolOpt(
        "trust_identity_headers",
        default=False,
        help="With auth_strategy = keystone and an api-paste.ini without authtoken: believe"
        " X-User-Id, X-Project-Id and X-Roles, which a filter of the site's own sets on every"
        " request. Without such a filter every client is whom it says.",
    ),
    cfg.BoolOpt("enable_api_v2", default=True, help="Serve /v2."),
    cfg.BoolOpt("enable_api_admin", default=False, help="Serve /admin."),
    cfg.ListOpt("enabled_extensions_v2", default=[], help="Extensions of /v2."),
    cfg.ListOpt(
        "enabled_extensions_admin", default=[], help="Parts of /admin: quotas, reports, zones."
    ),
    cfg.IntOpt("default_limit_v2", default=20, min=1, help="Items on a page that names no limit."),
    cfg.IntOpt("max_limit_v2", default=1000, min=1, help="Most items on a page."),
    cfg.IntOpt(
        "default_limit_admin",
        default=20,
        min=1,
        help="No effect: lists below /admin have no pages.",
    ),
    cfg.IntOpt(
        "max_limit_admin",
        default=1000,
        min=1,
        help="No effect: lists below /admin have no pages.",
    ),
    cfg.BoolOpt(
        "quotas_verify_project_id",
        default=False,
        help="Ask Keystone whether a project exists before its quota is set.",
    ),
    cfg.BoolOpt(
        "allow_empty_secrets_for_tsig", default=True, help="Accept TSIG keys without a secret."
    ),
    cfg.BoolOpt("maintenance_mode", default=False, help="Answer 503 to everybody but one role."),
    cfg.StrOpt("maintenance_mode_role", default="admin", help="The role still served then."),
    cfg.IntOpt(
        "max_import_size",
        default=64 * 1024 * 1024,
        min=1,
        help="Largest zone file that may be imported, in bytes; other requests are limited by"
        " [oslo_middleware] max_request_body_size.",
    ),
    cfg.FloatOpt(
        "rate_limit",
        default=0.0,
        min=0.0,
        help="Requests per second that a project may go on sending; 0: as many as it likes.",
    ),
    cfg.IntOpt(
        "rate_limit_burst", default=100, min=1, help="Requests that it may send at once before."
    ),
    cfg.ListOpt(
        "rate_limit_exempt_roles", default=["admin"], help="Roles whose holders have no limit."
    ),
    cfg.StrOpt(
        "central",
        choices=(RPC, LOCAL),
        help="Where central is: asked over the broker, or part of the API, which then needs the"
        " database. Unset: rpc where transport_url is set, else local.",
    ),
    cfg.StrOpt(
        "rate_limit_redis_url",
        secret=True,
        help="Redis that counts for all processes, redis://host:port/0; unset: each for itself.",
    ),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[service:api]`; sizes in bytes."""

    workers: int | None
    health_listen: tuple[Endpoint, ...]
    threads: int
    enable_host_header: bool
    api_base_uri: str
    listen: tuple[Endpoint, ...]
    api_paste_config: str
    auth_strategy: str
    trust_identity_headers: bool
    enable_api_v2: bool
    enable_api_admin: bool
    enabled_extensions_v2: tuple[str, ...]
    enabled_extensions_admin: tuple[str, ...]
    default_limit_v2: int
    max_limit_v2: int
    default_limit_admin: int
    max_limit_admin: int
    quotas_verify_project_id: bool
    allow_empty_secrets_for_tsig: bool
    maintenance_mode: bool
    maintenance_mode_role: str
    max_import_size: int
    central: str | None
    rate_limit: float
    rate_limit_burst: int
    rate_limit_exempt_roles: tuple[str, ...]
    rate_limit_redis_url: str | None

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
