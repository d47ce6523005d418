# SPDX-License-Identifier: Apache-2.0
"""How the services of a process report themselves (SERVICES section 13.3)."""

import contextlib
import uuid
from collections.abc import Callable, Collection
from functools import partial

from designate.conf import Settings
from designate.conf.heartbeat_emitter import NOOP
from designate.contracts.central import Central
from designate.model.context import Context
from designate.model.service_statuses import STOPPED, UP
from designate.runtime.heartbeat import Heartbeat, report_end
from designate.storage import service_statuses
from designate.storage.unit_of_work import Store

Tell = Callable[[Collection[str], str], None]
"""Notes that services of this host have a status; raises whatever is in the way."""


def to(where: Store | Central, host: str) -> Tell:
    """Report to the database, or to central where there is none."""
    if isinstance(where, Store):
        return partial(_to_store, where, host)
    return partial(_to_central, where, host)


def _to_store(store: Store, host: str, services: Collection[str], status: str) -> None:
    store.write(lambda tx: service_statuses.report(tx, host, services, status))


def _to_central(central: Central, host: str, services: Collection[str], status: str) -> None:
    ctx = Context(request_id=f"req-{uuid.uuid4()}", roles=("admin",))
    central.service_statuses.report(ctx, host, sorted(services), status)


def begin(
    stack: contextlib.ExitStack,
    tell: Tell,
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
    heartbeat = Heartbeat(_report(tell, services), emitter.heartbeat_interval, says_end=says_end)
    heartbeat.start()
    stack.callback(heartbeat.stop)


def end(tell: Tell, settings: Settings, services: Collection[str]) -> None:
    """Report that all processes with these services have ended."""
    if settings.heartbeat_emitter.emitter_type != NOOP:
        report_end(_report(tell, services))


def _report(tell: Tell, services: Collection[str]) -> Callable[[bool], None]:
    def report(goes_on: bool) -> None:  # noqa: FBT001 - the one thing that a heartbeat tells
        tell(services, UP if goes_on else STOPPED)

    return report
