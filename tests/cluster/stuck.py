# SPDX-License-Identifier: Apache-2.0
"""Why zones do not become ACTIVE: the logs and the database go with the cluster."""

import re
import time
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select

from designate.storage.tables import zone_servers, zone_state, zone_work, zones
from designate.storage.tables.zones import LIVE
from tests.cluster.cluster import Cluster

LINES = 12
TEXT = 60


def reasons(cluster: Cluster) -> Iterator[str]:
    """What is said of the zones and of their servers, and what the services warned of last."""
    stuck = zones.c.deleted == LIVE, zones.c.status != "ACTIVE"
    ids, names = select(zones.c.id).where(*stuck), select(zones.c.name_key).where(*stuck)
    state, there, work = zone_state.c, zone_servers.c, zone_work.c
    due = func.round((work.due_at - time.time()) / 10) * 10
    counted = {
        "zones": select(state.failure_code, func.substr(state.failure_text, 1, TEXT)).where(
            state.zone_id.in_(ids)
        ),
        "at servers": select(there.role, there.server, there.state, there.error_code).where(
            there.zone_id.in_(ids)
        ),
        "seconds until due, whether held, attempts": select(
            due, work.lease_token.is_not(None), work.attempts
        ).where(work.name_key.in_(names)),
    }
    with cluster.engine.connect() as connection:
        for what, rows in counted.items():
            found = Counter(map(tuple, connection.execute(rows)))
            for row, times in found.most_common(LINES):
                yield f"{what}: {times} x {', '.join(map(str, row))}"
    for service in cluster.services:
        warned = re.findall(r"^.* (?:WARNING|ERROR) .*$", service.log(), re.M)
        yield from (f"{service.name}: {line[:200]}" for line in warned[-LINES:])
    for number, bind in enumerate(cluster.binds, 1):
        failed = re.findall(
            r"^.* (?:failed|failure|unreachable|refused|timed out).*$", bind.log_text(), re.M
        )
        yield from (f"bind{number} at {bind.port}: {line[:200]}" for line in failed[-LINES:])
