# SPDX-License-Identifier: Apache-2.0
"""Why zones do not become ACTIVE: the logs and the database go with the cluster."""

import re
import time
from collections.abc import Iterator

from sqlalchemy import case, func, select

from designate.storage.tables import zone_servers, zone_state, zone_work, zones
from designate.storage.tables.zones import LIVE
from tests.cluster.cluster import Cluster

LINES = 12
TEXT = 60


def reasons(cluster: Cluster) -> Iterator[str]:
    """What is said of the zones and of their servers, and what the services warned of last."""
    ids = select(zones.c.id).where(zones.c.deleted == LIVE, zones.c.status != "ACTIVE")
    keys = select(zones.c.name_key).where(zones.c.id.in_(ids))
    said, found = zone_state.c.failure_code, zone_servers.c
    due = func.round((zone_work.c.due_at - time.time()) / 10) * 10
    held = case((zone_work.c.lease_token.is_(None), "free"), else_="held")
    with cluster.engine.connect() as connection:
        for what, columns, where in (
            (
                "zones",
                (said, func.substr(zone_state.c.failure_text, 1, TEXT)),
                zone_state.c.zone_id,
            ),
            (
                "at servers",
                (found.role, found.server, found.state, found.error_code),
                found.zone_id,
            ),
            ("seconds until due", (due, held, zone_work.c.attempts), zone_work.c.name_key),
        ):
            among = keys if where is zone_work.c.name_key else ids
            count = func.count()
            rows = select(count, *columns).where(where.in_(among)).group_by(*columns)
            for row in connection.execute(rows.order_by(count.desc()).limit(LINES)):
                yield f"{what}: {', '.join(map(str, row))}"
    for service in cluster.services:
        warned = re.findall(r"^.* (?:WARNING|ERROR) .*$", service.log(), re.M)
        yield from (f"{service.name}: {line[:200]}" for line in warned[-LINES:])
