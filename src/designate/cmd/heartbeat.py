# SPDX-License-Identifier: Apache-2.0
"""Lets the services of a process report themselves (SERVICES section 13.3)."""

import contextlib
from collections.abc import Callable, Collection

from designate.conf import Settings
from designate.conf.heartbeat_emitter import NOOP
from designate.model.service_statuses import STOPPED, UP
from designate.runtime.heartbeat import Heartbeat, report_end
from designate.storage import engine as engines
from designate.storage import service_statuses
from designate.storage.unit_of_work import Store


def begin(
    stack: contextlib.ExitStack,
    store: Store,
    settings: Settings,
    services: Collection[str],
    *,
    says_end: bool = True,
) -> None:
    """Report these services until `stack` ends.

    One of several processes does not say that it ends: the others share the row.
    """
    emitter = settings.heartbeat_emitter
    if emitter.emitter_type == NOOP:
        return
    report = _reporter(store, settings, services)
    heartbeat = Heartbeat(report, emitter.heartbeat_interval, says_end=says_end)
    heartbeat.start()
    stack.callback(heartbeat.stop)


def end(settings: Settings, services: Collection[str]) -> None:
    """Report that all processes with these services have ended."""
    if settings.heartbeat_emitter.emitter_type == NOOP:
        return
    engine = engines.configured(settings.storage)
    report_end(_reporter(Store(engine), settings, services))
    engine.dispose()


def _reporter(
    store: Store, settings: Settings, services: Collection[str]
) -> Callable[[bool], None]:
    host = settings.default.host

    def report(goes_on: bool) -> None:  # noqa: FBT001 - the one thing that a heartbeat tells
        status = UP if goes_on else STOPPED
        store.write(lambda tx: service_statuses.report(tx, host, services, status))

    return report
