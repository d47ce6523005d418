# SPDX-License-Identifier: Apache-2.0
"""What a process says and hears over the broker that `[DEFAULT] transport_url` names."""

import contextlib
import threading
from collections.abc import Callable

from designate.conf import ConfigOpts, Settings, names_a_broker
from designate.contracts.central import Central
from designate.contracts.mdns import Mdns
from designate.contracts.worker import Worker
from designate.rpc.client import client
from designate.rpc.hints import Hints
from designate.rpc.server import STOPPING, THREADS, Once, Server, each_time
from designate.rpc.transport import Transport
from designate.runtime.health import Health
from designate.storage.unit_of_work import Store

OLD = 30.0
"""Seconds after which a look at the broker says nothing any more, as when nobody calls."""
LAST = 5.0
"""Seconds of `[DEFAULT] graceful_shutdown_timeout` that are left to what ends after the servers."""


class Bus:
    """The broker as this process uses it; without a `transport_url` nobody hears anything.

    `name` tells the servers of a topic apart. Everything ends with `stack`, and `health` tells
    whether a broker is there. Raises ConfigurationError. It is made after a fork, never before.
    """

    def __init__(
        self,
        stack: contextlib.ExitStack,
        health: Health,
        conf: ConfigOpts,
        settings: Settings,
        name: str,
    ) -> None:
        self._stack = stack
        self._health = health
        self._settings = settings
        self._conf = conf
        self._name = name
        self._transport: Transport | None = None
        self._hints: Hints | None = None
        if names_a_broker(conf):
            self._transport = transport = Transport(conf)
            stack.callback(transport.close)
            health.needs("broker", _is_there(transport))
            self._hints = Hints(transport)
            stack.callback(self._hints.close)

    def central(self) -> Central:
        """Central, wherever it is; not to be asked for without a broker."""
        assert self._transport is not None, "central = rpc needs a broker"
        return client(self._transport, Central, topic=self._settings.central.topic)

    def wait(self, timeout: float) -> None:
        """Wait until there is a broker, or for so many seconds."""
        if self._transport is not None:
            self._transport.link.wait(timeout)

    def worker(self) -> Worker | None:
        """Where workers are told, if anywhere."""
        if self._hints is None:
            return None
        return self._hints.to(Worker, topic=self._settings.worker.topic)

    def tell_commits(self, store: Store, *, workers: bool = True) -> None:
        """Have DNS servers forget, and wake `workers`, after each commit of this process.

        DNS servers are told first: whoever a worker notifies asks them.
        """
        if self._hints is None:
            return
        store.subscribe(self._hints.to(Mdns, topic=self._settings.mdns.topic).changed)
        if workers:
            store.subscribe(self._hints.to(Worker, topic=self._settings.worker.topic).wake)

    def serve(
        self,
        contract: type,
        implementation: object,
        topic: str,
        threads: int = THREADS,
        once: Once = each_time,
    ) -> None:
        """Listen on a topic until the stack ends: what was begun by then is finished.

        `threads`: most calls at once, as far as the server and `executor_thread_pool_size` allow.
        """
        transport = self._transport
        if transport is None:
            return
        threads = min(threads, THREADS, self._conf.executor_thread_pool_size)
        server = Server(
            transport,
            contract,
            implementation,
            topic=topic,
            name=self._name,
            threads=threads,
            once=once,
        )
        server.start()
        limit = self._settings.default.graceful_shutdown_timeout
        self._stack.callback(lambda: server.stop(patience(limit, up=transport.link.up)))
        self._health.needs(f"topic {topic}", lambda: None if server.wait(0) else "not listening")


def patience(limit: int, *, up: bool) -> float:
    """Seconds that a server has to end, of `limit` in all, 0 for any time.

    Without a broker no answer can be given any more, and others must be told of the end in time.
    """
    if not up:
        return STOPPING
    return max(STOPPING, limit - LAST) if limit else threading.TIMEOUT_MAX


def _is_there(transport: Transport) -> Callable[[], str | None]:
    """Whether a broker is there, as far as is known, and it is looked again now and then."""

    def check() -> str | None:
        transport.link.doubt(OLD)
        return None if transport.link.up else "no broker answers"

    return check
