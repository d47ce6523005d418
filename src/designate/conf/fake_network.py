# SPDX-License-Identifier: Apache-2.0
"""Options of `[network_api:fake]`: the floating IPs of a cloud without Neutron."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import NamedTuple, Self
from uuid import UUID

from oslo_config import cfg

from designate.conf.addresses import Parsed
from designate.conf.section import read_section

GROUP = "network_api:fake"


class Allocated(NamedTuple):
    """A floating IP of a project."""

    project_id: str
    region: str
    id: str
    address: str

    def __str__(self) -> str:
        """As written in an option."""
        return "|".join(self)


def allocated(text: str) -> Allocated:
    """Parses `project|region|uuid|address`; raises ValueError."""
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != len(Allocated._fields) or not all(parts):
        raise ValueError(f"{text!r} is not project|region|uuid|address")
    project_id, region, identifier, address = parts
    return Allocated(project_id, region, str(UUID(identifier)), str(ip_address(address)))


OPTIONS = (
    cfg.ListOpt(
        "floatingips",
        default=[],
        item_type=Parsed(allocated, "project|region|uuid|address"),
        help="Floating IPs there are, each as project|region|uuid|address.",
    ),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[network_api:fake]`."""

    floatingips: tuple[Allocated, ...]

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)
