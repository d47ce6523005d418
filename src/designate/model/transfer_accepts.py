# SPDX-License-Identifier: Apache-2.0
"""A transfer accept: that a project has taken an offered zone (API.md section 15)."""

from datetime import datetime

import msgspec

COMPLETE = "COMPLETE"
ERROR = "ERROR"


class TransferAccept(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is known to whoever has just sent it, and is not stored."""

    id: str
    zone_transfer_request_id: str
    project_id: str
    zone_id: str
    key: str | None = None
    status: str
    created_at: datetime
    updated_at: datetime | None = None


class NewTransferAccept(msgspec.Struct, frozen=True, kw_only=True):
    """An accept to be made."""

    zone_transfer_request_id: str | None = None
    key: str
