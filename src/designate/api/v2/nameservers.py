# SPDX-License-Identifier: Apache-2.0
"""The name servers of a zone over HTTP (API.md section 10)."""

from typing import Any

import falcon

from designate.api import description, media
from designate.api.description import operation
from designate.api.identifiers import identifier
from designate.api.request import Request
from designate.contracts.nameservers import Nameservers
from designate.errors import ZoneNotFound
from designate.model.pools import NsRecord

_MEMBER = {
    "type": "object",
    "properties": {"priority": {"type": "integer"}, "hostname": description.TEXT},
    "required": ["priority", "hostname"],
    "additionalProperties": False,
}
SHAPE = description.shown("Nameservers", {"nameservers": {"type": "array", "items": _MEMBER}})


def render(record: NsRecord) -> dict[str, Any]:
    """Render one member of the NS set."""
    return {"priority": record.priority, "hostname": record.hostname}


class NameserverList:
    """/v2/zones/{zone_id}/nameservers"""

    def __init__(self, nameservers: Nameservers) -> None:
        self._nameservers = nameservers

    @operation({200: SHAPE}, refuses=[ZoneNotFound], policy=["get_zone_ns_records"])
    def on_get(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """List the name servers; the list has neither pages nor links."""
        found = self._nameservers.find(req.caller, identifier("zone_id", zone_id))
        media.answer(resp, {"nameservers": [render(record) for record in found]})
