# SPDX-License-Identifier: Apache-2.0
"""A share: a zone that another project may use (API.md section 9)."""

from datetime import datetime

import msgspec


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """`project_id` is the owner of the zone, whoever made the share."""

    id: str
    zone_id: str
    project_id: str | None
    target_project_id: str
    created_at: datetime
    updated_at: datetime | None = None
