# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about requests to transfer a zone (API.md section 14)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.transfer_requests import (
    NewTransferRequest,
    TransferRequest,
    TransferRequestChange,
)


class TransferRequests(Protocol):
    """Operations on transfer requests. Who may not know all of one gets it reduced."""

    def create(self, ctx: Context, zone_id: str, new: NewTransferRequest) -> TransferRequest:
        """Offer a zone.

        Raises, in this order: ZoneNotFound, Forbidden, BadRequest (the zone is being deleted),
        DuplicateZoneTransferRequest.
        """

    def find(self, ctx: Context, query: Query) -> Page[TransferRequest]:
        """List the requests of the project and those for it; raises the list errors."""

    def get(self, ctx: Context, request_id: str) -> TransferRequest:
        """Return a request; raises ZoneTransferRequestNotFound, Forbidden."""

    def update(
        self, ctx: Context, request_id: str, change: TransferRequestChange
    ) -> TransferRequest:
        """Change a request.

        Raises ZoneTransferRequestNotFound, Forbidden, InvalidObject (it has another target).
        """

    def delete(self, ctx: Context, request_id: str) -> None:
        """Withdraw a request; raises ZoneTransferRequestNotFound, Forbidden."""
