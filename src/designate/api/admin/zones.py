# SPDX-License-Identifier: Apache-2.0
"""The text of any zone over HTTP (API.md section 24)."""

import falcon

from designate.api import media
from designate.api.description import TEXT, Shape, operation
from designate.api.identifiers import identifier
from designate.api.request import Request
from designate.contracts.exports import Exports
from designate.errors import ZoneNotFound

_TEXT = Shape("ZoneText", TEXT, media.DNS)


class ZoneText:
    """/admin/zones/export/{zone_id}"""

    writes = media.DNS

    def __init__(self, exports: Exports) -> None:
        self._exports = exports

    @operation({200: _TEXT}, refuses=[ZoneNotFound], policy=["zone_export"])
    def on_get(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Send the zone as it is now, piece by piece."""
        zone_id = identifier("zone_id", zone_id)
        media.answer_text(resp, self._exports.zone_text(req.caller, zone_id))
