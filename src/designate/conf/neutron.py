# SPDX-License-Identifier: Apache-2.0
"""Options of `[network_api:neutron]`: where floating IPs are asked for, and how."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from oslo_config import cfg

from designate.conf.addresses import Parsed
from designate.conf.section import read_section

GROUP = "network_api:neutron"


class RegionUrl(NamedTuple):
    """The Neutron of a region."""

    region: str
    url: str

    def __str__(self) -> str:
        """As written in an option."""
        return f"{self.region}|{self.url}"


def region_url(text: str) -> RegionUrl:
    """Parses `RegionOne|https://network.example.org:9696`; raises ValueError."""
    region, _, url = (part.strip() for part in text.partition("|"))
    if not region or not url.startswith(("http://", "https://")):
        raise ValueError(f"{text!r} is not region|url")
    return RegionUrl(region, url)


OPTIONS = (
    cfg.ListOpt(
        "endpoints",
        item_type=Parsed(region_url, "region|url"),
        help="Neutron of each region, as region|url; unset: the service catalogue of the token.",
    ),
    cfg.StrOpt(
        "endpoint_type",
        default="publicURL",
        choices=("publicURL", "internalURL", "adminURL"),
        help="Interface to take from the service catalogue.",
    ),
    cfg.IntOpt("timeout", default=30, min=1, help="Seconds to wait for an answer."),
    cfg.BoolOpt("insecure", default=False, help="Whether any certificate will do."),
    cfg.StrOpt("ca_certificates_file", help="Certificates of the authorities to trust."),
    cfg.StrOpt("client_certificate_file", help="Certificate and key to show to Neutron."),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[network_api:neutron]`; `timeout` in seconds."""

    endpoints: tuple[RegionUrl, ...] | None
    endpoint_type: str
    timeout: int
    insecure: bool
    ca_certificates_file: str | None
    client_certificate_file: str | None

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
