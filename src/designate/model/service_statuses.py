# SPDX-License-Identifier: Apache-2.0
"""The services that report themselves (API.md section 23)."""

from datetime import datetime
from typing import Any

import msgspec

UP = "UP"
DOWN = "DOWN"
WARNING = "WARNING"
STOPPED = "STOPPED"


class ServiceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one service on one host, in the API's order.

    DOWN is nowhere stored: it is a service that has been silent for too long.
    """

    id: str
    hostname: str
    service_name: str
    status: str
    stats: dict[str, Any] = {}
    capabilities: dict[str, Any] = {}
    heartbeated_at: datetime | None = None
    created_at: datetime
    updated_at: datetime | None = None
