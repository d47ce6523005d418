# SPDX-License-Identifier: Apache-2.0
"""The schema, one file per group of tables; `metadata` knows them all.

Portable SQL only (decision 3a.23): no partial or functional indexes, no foreign key from children
to zones (InnoDB's shared parent lock turns concurrent writes into deadlocks), uniqueness by NOT
NULL markers, keys that compare by their bytes on every database.
"""

from designate.storage.tables.calls import calls
from designate.storage.tables.columns import metadata
from designate.storage.tables.journal import journal
from designate.storage.tables.periods import members, task_periods
from designate.storage.tables.pools import pools, tsigkeys
from designate.storage.tables.projects import blacklists, project_usage, quotas, shares, tlds
from designate.storage.tables.recordsets import record_values, recordsets
from designate.storage.tables.services import service_statuses
from designate.storage.tables.tasks import zone_task_chunks, zone_tasks
from designate.storage.tables.transfers import transfer_accepts, transfer_requests
from designate.storage.tables.work import zone_servers, zone_work
from designate.storage.tables.zones import name_locks, names, zone_pools, zone_state, zones

__all__ = [
    "blacklists",
    "calls",
    "journal",
    "members",
    "metadata",
    "name_locks",
    "names",
    "pools",
    "project_usage",
    "quotas",
    "record_values",
    "recordsets",
    "service_statuses",
    "shares",
    "task_periods",
    "tlds",
    "transfer_accepts",
    "transfer_requests",
    "tsigkeys",
    "zone_pools",
    "zone_servers",
    "zone_state",
    "zone_task_chunks",
    "zone_tasks",
    "zone_work",
    "zones",
]
