# SPDX-License-Identifier: Apache-2.0
"""A transfer accept: that a project has taken an offered zone (API.md section 15)."""

from datetime import datetime

from designate.model.secrets import Secretive

COMPLETE = "COMPLETE"
ERROR = "ERROR"


class TransferAccept(Secretive, frozen=True, kw_only=True):
    """`key` is known to whoever has just sent it, and is not stored."""

    secretive = "key"

    id: str
    zone_transfer_request_id: str
    project_id: str
    zone_id: str
    key: str | None = None
    status: str
    created_at: datetime
    updated_at: datetime | None = None


class NewTransferAccept(Secretive, frozen=True, kw_only=True):
    """An accept to be made."""

    secretive = "key"

    zone_transfer_request_id: str | None = None
    key: str
