# SPDX-License-Identifier: Apache-2.0
"""Hints to all who listen to a topic: sent beside the work, gathered, and lost without harm.

Whoever gives a hint never waits. A thread sends what has come together: names that many commits
changed go as one message. While there is no broker, hints are forgotten: what they tell of is in
the database, where it is found a moment later.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast, get_origin

import msgspec
import oslo_messaging

from designate.rpc.operations import VERSION, Operation, of_protocol
from designate.rpc.transport import Transport

ContractT = TypeVar("ContractT")
LOG = logging.getLogger(__name__)
MOST = 10_000
"""Things that wait to be told; more are forgotten."""
TOGETHER = 500
"""Members of a set that go in one message."""
CLOSING = 2.0
"""Seconds that a hint under way has to end."""
PAUSE = 0.01
"""Seconds after a message in which hints come together."""


class Hints:
    """Sends hints over a transport; ends when the transport is closed, or by `close`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._channels: list[_Channel] = []
        self._told = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
        self._thread.start()

    def to(self, contract: type[ContractT], *, topic: str) -> ContractT:
        """The contract, each of its operations a hint.

        What is given first is sent first, as long as it is given in the order of these calls.
        Raises TypeError for a contract that has others.
        """
        found = of_protocol(contract, None)
        if not found or any(operation.context for operation in found):
            raise TypeError(f"{contract.__name__} is not made of hints")
        methods = {operation.name: self._method(operation, topic) for operation in found}
        return cast(ContractT, type(f"{contract.__name__}Hints", (contract,), methods)())

    def close(self) -> None:
        """Send nothing any more; what is under way may wait for a broker, and is left to itself."""
        self._closed.set()
        self._told.set()
        self._thread.join(CLOSING)

    def _method(self, operation: Operation, topic: str) -> Callable[..., None]:
        channel = _Channel(operation, topic)
        self._channels.append(channel)

        def method(_: Any, *args: Any, **kwargs: Any) -> None:
            channel.add(*args, **kwargs)
            self._told.set()

        method.__name__ = operation.name
        method.__doc__ = f"See the contract: {operation.title} as a hint."
        return method

    def _run(self) -> None:
        while not self._closed.is_set():
            self._told.wait()
            self._told.clear()
            for channel in self._channels:
                for arguments in channel.take():
                    if self._transport.link.up:
                        self._send(channel, arguments)
            self._closed.wait(PAUSE)

    def _send(self, channel: "_Channel", arguments: Any) -> None:
        target = oslo_messaging.Target(topic=channel.topic, fanout=True, version=VERSION)
        try:
            cast_to = oslo_messaging.get_rpc_client(self._transport.oslo, target, retry=1)
            cast_to.cast({}, channel.operation.name, arguments=arguments)
        except Exception as error:  # noqa: BLE001 - whatever the library meets, it is only a hint
            LOG.debug("A hint to %s was lost: %s", channel.topic, error)
            self._transport.link.doubt()


class _Channel:
    """What is to be told by one operation, each thing once."""

    def __init__(self, operation: Operation, topic: str) -> None:
        self.operation = operation
        self.topic = topic
        fields = msgspec.structs.fields(operation.arguments)
        # Hints with one set are united, all others stay apart.
        self._unites = len(fields) == 1 and get_origin(fields[0].type) is frozenset
        self._lock = threading.Lock()
        self._waiting: set[Any] = set()

    def add(self, *args: Any, **kwargs: Any) -> None:
        """Take a hint."""
        given = self.operation.arguments(**self.operation.name_arguments(args, kwargs))
        values = msgspec.structs.astuple(given)
        with self._lock:
            if len(self._waiting) < MOST:
                self._waiting.update(values[0] if self._unites else (values,))

    def take(self) -> Iterator[Any]:
        """All that waits, as the arguments of messages."""
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        if self._unites:
            members = list(waiting)
            for first in range(0, len(members), TOGETHER):
                yield self._pack((frozenset(members[first : first + TOGETHER]),))
        else:
            for values in waiting:
                yield self._pack(values)

    def _pack(self, values: tuple[Any, ...]) -> Any:
        return self.operation.pack(self.operation.name_arguments(values, {}))
