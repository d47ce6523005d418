# SPDX-License-Identifier: Apache-2.0
"""The text of any zone over HTTP (API.md section 24)."""

import falcon

from designate.api import media
from designate.api.identifiers import identifier
from designate.api.request import Request
from designate.contracts.exports import Exports


class ZoneText:
    """/admin/zones/export/{zone_id}"""

    writes = media.DNS

    def __init__(self, exports: Exports) -> None:
        self._exports = exports

    def on_get(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Send the zone as it is now, piece by piece."""
        zone_id = identifier("zone_id", zone_id)
        media.answer_text(resp, self._exports.zone_text(req.caller, zone_id))
