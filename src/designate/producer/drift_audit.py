# SPDX-License-Identifier: Apache-2.0
"""Looks at servers although nothing changed: what was changed behind our back is found and healed.

A server that was restored, replaced or edited by hand would go unnoticed until the next change of
each of its zones; so would we, with an older database. Some zones are verified in each run, and all
of them in turn.
"""

import logging
from functools import partial

from designate.conf.producer import TaskSettings
from designate.producer.schedule import Stopping
from designate.storage import audit, rows
from designate.storage.unit_of_work import Store

LOG = logging.getLogger(__name__)

NAME = "drift_audit"


class DriftAudit:
    """See `producer.schedule.Task`. It begins anywhere, so that a restart does not begin anew."""

    name = NAME

    def __init__(self, store: Store, settings: TaskSettings) -> None:
        self._store = store
        self._settings = settings
        self._after = rows.new_id()

    @property
    def interval(self) -> float:
        """See the protocol."""
        return self._settings.interval

    def run(self, stopping: Stopping) -> None:
        """See the protocol."""
        left, verified = self._settings.batch_size or 0, 0
        wrapped = not self._after
        while left > 0 and not stopping():
            number = min(left, self._settings.per_page)
            with self._store.read() as connection:
                page = audit.page(connection, self._after, number)
            if page.names:
                verified += self._store.write(partial(audit.doubt, names=page.names))
            left -= number
            self._after = page.last or ""
            if page.last is None:
                if wrapped:
                    break
                wrapped = True
        LOG.debug("%d zones are verified", verified)
