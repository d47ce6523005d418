# SPDX-License-Identifier: Apache-2.0
"""A zone import: a task that turns a zone file into a zone (API.md section 13)."""

from datetime import datetime

import msgspec

PENDING = "PENDING"
COMPLETE = "COMPLETE"
ERROR = "ERROR"


class ZoneImport(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an import; `records_done` and the byte counts tell its progress."""

    id: str
    project_id: str
    status: str = PENDING
    message: str | None = None
    zone_id: str | None = None
    records_done: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    version: int = 1
    created_at: datetime
    updated_at: datetime | None = None
