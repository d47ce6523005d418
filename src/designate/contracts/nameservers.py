# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about the name servers of a zone (API.md section 10)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.pools import NsRecord


class Nameservers(Protocol):
    """Operations on the name servers of a zone."""

    def find(self, ctx: Context, zone_id: str) -> list[NsRecord]:
        """List the NS records of the zone's pool; raises ZoneNotFound, Forbidden."""
