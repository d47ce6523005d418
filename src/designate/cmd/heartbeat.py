# SPDX-License-Identifier: Apache-2.0
"""Lets the services of a process report themselves (SERVICES section 13.3)."""

import contextlib
from collections.abc import Collection

from designate.conf import Settings
from designate.conf.heartbeat_emitter import NOOP
from designate.model.service_statuses import STOPPED, UP
from designate.runtime.heartbeat import Heartbeat
from designate.storage import service_statuses
from designate.storage.unit_of_work import Store


def begin(
    stack: contextlib.ExitStack, store: Store, settings: Settings, services: Collection[str]
) -> None:
    """Report these services until `stack` ends."""
    emitter = settings.heartbeat_emitter
    if emitter.emitter_type == NOOP:
        return
    host = settings.default.host

    def report(goes_on: bool) -> None:  # noqa: FBT001 - the one thing that a heartbeat tells
        status = UP if goes_on else STOPPED
        store.write(lambda tx: service_statuses.report(tx, host, services, status))

    heartbeat = Heartbeat(report, emitter.heartbeat_interval)
    heartbeat.start()
    stack.callback(heartbeat.stop)
