# SPDX-License-Identifier: Apache-2.0
"""Options of `[oslo_middleware]`: request size and proxy headers; the library owns them."""

from dataclasses import dataclass
from typing import Self

from oslo_config import cfg
from oslo_middleware import http_proxy_to_wsgi, sizelimit

from designate.conf.section import read_section

GROUP = "oslo_middleware"

OPTIONS: tuple[cfg.Opt, ...] = (*sizelimit.OPTS, *http_proxy_to_wsgi.OPTS)


@dataclass(frozen=True)
class Settings:
    """Values of `[oslo_middleware]`; sizes in bytes."""

    max_request_body_size: int
    enable_proxy_headers_parsing: bool

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
