# SPDX-License-Identifier: Apache-2.0
"""Members that meet where `[coordination] backend_url` says, by tooz.

It keeps groups in ZooKeeper, Redis or Valkey, memcached and etcd; its drivers for databases and
Kubernetes have none.
"""

import contextlib
import logging
import threading
from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import tooz
from tooz import coordination
from tooz.coordination import CoordinationDriver

from designate.errors import ConfigurationError

LOG = logging.getLogger(__name__)
OPTION = "[coordination] backend_url"
PATIENCE = 5.0
"""Seconds that an answer is waited for."""
ASKED = 2
"""Of so many looks one asks who is there: that is a call, as a sign of life is."""
BEAT_BY_THEMSELVES = ("kazoo", "zookeeper")
"""Schemes whose library gives signs of life; to ask for one more would wait without end."""


class ToozGroup:
    """See `runtime.members.Group`.

    After `silence` seconds without a sign of life a member is gone, unless the URL says otherwise.
    Whatever fails is begun anew with the next look.
    """

    def __init__(self, url: str, group: str, me: str, silence: float) -> None:
        """Raises ConfigurationError for a URL that tooz does not know, or has no groups for."""
        self._url = _with_options(url, silence)
        self._beats = urlsplit(url).scheme not in BEAT_BY_THEMSELVES
        self._group = group.encode()
        self._me = me
        self._coordinator: CoordinationDriver | None = None
        self._looks = 0
        self._found: Collection[str] = ()
        _check(self._made(), urlsplit(url).scheme)

    def look(self) -> Collection[str]:
        """See `Group`."""
        try:
            coordinator = self._coordinator or self._joined()
            if self._beats:
                coordinator.heartbeat()
            if self._looks % ASKED == 0:
                self._found = self._asked(coordinator)
            self._looks += 1
        except Exception:
            self._drop()
            raise
        return self._found

    def leave(self) -> None:
        """See `Group`."""
        if self._coordinator is not None:
            try:
                self._coordinator.leave_group(self._group).get(timeout=PATIENCE)
            finally:
                self._drop()

    def _asked(self, coordinator: CoordinationDriver) -> Collection[str]:
        found = self._members(coordinator)
        if self._me not in found:
            # Whoever keeps the group has forgotten us, such as over a restart.
            coordinator.join_group(self._group).get(timeout=PATIENCE)
            found = self._members(coordinator)
        return found

    def _made(self) -> CoordinationDriver:
        try:
            return coordination.get_coordinator(self._url, self._me.encode())
        except (tooz.ToozError, ImportError, ValueError, TypeError, RuntimeError):
            # The reason would repeat the URL, perhaps with its password.
            scheme = urlsplit(self._url).scheme
            raise ConfigurationError(
                f"{OPTION}: tooz cannot use {scheme}://: no such driver, or its library is missing"
            ) from None

    def _joined(self) -> CoordinationDriver:
        # Known from here on: what it has opened, such as a session, is closed if the rest fails.
        coordinator = self._coordinator = self._made()
        coordinator.start()
        with contextlib.suppress(coordination.GroupAlreadyExist):
            coordinator.create_group(self._group).get(timeout=PATIENCE)
        with contextlib.suppress(coordination.MemberAlreadyExist):
            coordinator.join_group(self._group).get(timeout=PATIENCE)
        return coordinator

    def _members(self, coordinator: CoordinationDriver) -> set[str]:
        return {one.decode() for one in coordinator.get_members(self._group).get(timeout=PATIENCE)}

    def _drop(self) -> None:
        coordinator, self._coordinator, self._looks = self._coordinator, None, 0
        if coordinator is not None:
            # It may try to reach who is away, over and over.
            threading.Thread(target=_stop, args=(coordinator,), name="leaving", daemon=True).start()


def _stop(coordinator: CoordinationDriver) -> None:
    try:
        coordinator.stop()
    except Exception:  # noqa: BLE001 - it is away, or refuses because its start failed half way
        with contextlib.suppress(Exception):
            coordinator._stop()  # noqa: SLF001 - tooz has no other way to end what has half begun


def _check(coordinator: CoordinationDriver, scheme: str) -> None:
    """Ask before anything is connected: only what has no groups at all can say so then."""
    try:
        coordinator.get_members(b"")
    except tooz.NotImplemented:
        raise ConfigurationError(
            f"{OPTION}: tooz keeps no groups by {scheme}://; use kazoo, redis, memcached or etcd3,"
            " or unset the option: then the database is used"
        ) from None
    except Exception as error:  # noqa: BLE001 - it has groups, and is not connected yet
        LOG.debug("tooz over %s has groups: %s", scheme, type(error).__name__)


def _with_options(url: str, silence: float) -> str:
    """Drivers differ in which of these they read, and all of them take whole seconds.

    Calls are made by who asks: a thread of tooz's own would wake him and, between calls, itself.
    """
    split = urlsplit(url)
    given = parse_qsl(split.query, keep_blank_values=True)
    named = {name for name, _ in given}
    seconds = str(max(round(silence), 1))
    ours = {"timeout": seconds, "membership_timeout": seconds, "executor": "synchronous"}
    added = [(name, value) for name, value in ours.items() if name not in named]
    return urlunsplit(split._replace(query=urlencode(given + added)))
