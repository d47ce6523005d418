# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about accepts of transfer requests (API.md section 15)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.transfer_accepts import NewTransferAccept, TransferAccept


class TransferAccepts(Protocol):
    """Operations on transfer accepts."""

    def create(self, ctx: Context, new: NewTransferAccept) -> TransferAccept:
        """Take an offered zone over for the caller's project, at once.

        Raises, in this order: ZoneTransferRequestNotFound, Forbidden, InvalidZoneTransferRequest
        (it is not open), InvalidKey, MissingProject; then, leaving an accept in ERROR, BadRequest
        (the zone is being deleted), OverQuota.
        """

    def find(self, ctx: Context, query: Query) -> Page[TransferAccept]:
        """List the project's accepts; raises Forbidden and the list errors."""

    def get(self, ctx: Context, accept_id: str) -> TransferAccept:
        """Return an accept; raises ZoneTransferAcceptNotFound, Forbidden."""

    def run_next(self) -> bool:
        """Let recordsets of a large zone follow it to its new owner; False when none wait."""
