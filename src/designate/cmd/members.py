# SPDX-License-Identifier: Apache-2.0
"""Lets processes of a service find one another: by `[coordination]`, else in the database."""

import uuid
from collections.abc import Mapping

from designate.conf import Settings
from designate.runtime.coordination import ToozGroup
from designate.runtime.members import LONGEST_BEAT, LOOKS, Alone, Group, LeaseGroup, Members
from designate.storage import members
from designate.storage.unit_of_work import Store

SHORTEST_BEAT = 0.5
"""Seconds: more signs of life would be work of their own."""


def build(store: Store, settings: Settings, kind: str, *, alone: bool) -> Members:
    """The members of a kind of service, this process being one of them, or known to be `alone`.

    Raises ConfigurationError for a `backend_url` that cannot serve.
    """
    me = str(uuid.uuid4())
    if alone:
        return Members(Alone(me), me, None)
    options = settings.coordination
    asked = min(LONGEST_BEAT, options.heartbeat_interval, options.run_watchers_interval)
    beat = max(asked, SHORTEST_BEAT)
    group: Group
    if options.backend_url:
        group = ToozGroup(options.backend_url, f"designate-{kind}", me, LOOKS * beat)
    else:
        group = _leases(store, kind, me, settings.default.host)
    return Members(group, me, beat)


def _leases(store: Store, kind: str, me: str, host: str) -> LeaseGroup:
    def exchange() -> Mapping[str, int]:
        store.write(lambda tx: members.beat(tx, kind, me, host))
        with store.read() as connection:
            return members.beats(connection, kind)

    def forget(silent: dict[str, int]) -> None:
        store.write(lambda tx: members.forget(tx, kind, silent))

    return LeaseGroup(
        me, exchange, forget, lambda: store.write(lambda tx: members.leave(tx, kind, me))
    )
