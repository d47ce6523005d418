# SPDX-License-Identifier: Apache-2.0
"""A zone export: a task whose text is rendered when it is downloaded (API.md section 12)."""

from datetime import datetime

import msgspec

PENDING = "PENDING"
COMPLETE = "COMPLETE"
ERROR = "ERROR"


class ZoneExport(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an export; `location` is set once its text can be fetched."""

    id: str
    project_id: str
    zone_id: str
    status: str = PENDING
    message: str | None = None
    location: str | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime | None = None
