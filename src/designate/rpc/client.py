# SPDX-License-Identifier: Apache-2.0
"""The calling end of a contract."""

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import partial
from itertools import count
from typing import Any, TypeVar, cast, get_type_hints

import msgspec
import oslo_messaging

from designate.errors import DesignateError, MessagingUnavailable, ServiceOutdated, Timeout
from designate.model.context import Context
from designate.rpc import context, errors, pulse, streams
from designate.rpc.courier import Errand
from designate.rpc.operations import VERSION, Operation, of_protocol, operations
from designate.rpc.transport import Transport

ContractT = TypeVar("ContractT")
LOG = logging.getLogger(__name__)
UNDELIVERED = 5.0
"""Seconds in which a service that was there before comes back to its queue with the broker."""
AGAIN = 0.1
"""Seconds until a message that nobody listened for is sent again."""
FIRST_DOUBT = 0.5
"""Seconds without an answer after which it is looked whether there is a broker."""
LOST = 2.0
"""Seconds without a broker after which a call that is under way is given up."""
REFUSALS = ("UnsupportedVersion", "NoSuchMethod")
"""What the library's dispatcher raises before anything is done."""
UNREADABLE = "A service that is needed answered in a way that this version cannot read"

_STREAMS = {found.name: found for found in of_protocol(streams.Streams, streams.NOUN)}


def client(transport: Transport, contract: type[ContractT], *, topic: str) -> ContractT:
    """The contract, each of its operations a call over the bus; raises TypeError."""
    caller = Caller(transport, topic)
    derived = operations(contract)
    if not is_dataclass(contract):
        return cast(ContractT, _derive(contract, derived[None], caller))
    kinds = get_type_hints(contract)
    nouns = {str(noun): _derive(kinds[str(noun)], ops, caller) for noun, ops in derived.items()}
    return cast(ContractT, contract(**nouns))


def _derive(protocol: type, found: list[Operation], caller: "Caller") -> Any:
    methods = {operation.name: _method(operation, caller) for operation in found}
    return type(f"{protocol.__name__}Client", (protocol,), methods)()


def _method(operation: Operation, caller: "Caller") -> Callable[..., Any]:
    def method(self: Any, ctx: Context, *args: Any, **kwargs: Any) -> Any:
        named, server = operation.name_arguments(args, kwargs), None
        ask = partial(caller.ask, ctx)
        if operation.sends:
            named[operation.sends], server = streams.send(named[operation.sends], ask)
        result = caller.call(ctx, operation, named, server)
        if operation.returns:
            return streams.fetch(result, ask, text=operation.returns is str)
        return result

    method.__name__ = operation.name
    method.__doc__ = f"See the contract: {operation.title} over the bus."
    return method


class Caller:
    """Calls the servers of a topic."""

    def __init__(self, transport: Transport, topic: str) -> None:
        self._transport = transport
        self._topic = topic
        self._at_least_once = oslo_messaging.TransportOptions(at_least_once=True)

    def call(
        self,
        ctx: Context,
        operation: Operation,
        named: Mapping[str, Any],
        server: str | None = None,
    ) -> Any:
        """What an operation returns; raises the errors of the contract and of the bus."""
        arguments = operation.pack(named)
        try:
            return operation.unpack_result(self._call(ctx, operation, arguments, server))
        except msgspec.ValidationError as error:
            LOG.warning("%s: %s", operation.title, error)
            raise MessagingUnavailable(UNREADABLE) from None

    def ask(self, ctx: Context, name: str, server: str | None, **named: Any) -> Any:
        """Call an operation of Streams."""
        return self.call(ctx, _STREAMS[name], named, server)

    def _call(
        self,
        ctx: Context,
        operation: Operation,
        arguments: Mapping[str, Any],
        server: str | None,
    ) -> Any:
        transport, link = self._transport, self._transport.link
        deadline = time.monotonic() + transport.timeout
        if not link.up:
            raise MessagingUnavailable
        packed = context.pack(ctx)
        target = {"namespace": operation.noun, "version": VERSION, "server": server}
        # All copies of the message have the id; the library and the broker make some by themselves.
        args = {"arguments": arguments, "call": str(uuid.uuid4())}

        def send(errand: Errand) -> Any:
            return self._send(errand, deadline, packed, target, operation.name, args)

        errand = transport.courier.send(send)
        self._wait(errand, deadline)
        try:
            return _result(errand.outcome())
        except oslo_messaging.MessagingTimeout:
            if time.monotonic() < deadline - FIRST_DOUBT:
                LOG.warning("%s: its server fell silent", operation.title)
                raise MessagingUnavailable from None
            raise Timeout(_late(operation)) from None
        except oslo_messaging.RemoteError as error:
            # A server that does not speak our contract, such as upstream's.
            LOG.warning("%s: %s", operation.title, error.exc_type)
            if error.exc_type in REFUSALS:
                raise ServiceOutdated from None
            raise MessagingUnavailable(UNREADABLE) from None
        except (oslo_messaging.MessagingException, oslo_messaging.MessageUndeliverable) as error:
            link.doubt()
            LOG.warning("%s could not be sent: %s", operation.title, type(error).__name__)
            raise MessagingUnavailable from None

    def _send(
        self,
        errand: Errand,
        deadline: float,
        packed: Mapping[str, Any],
        target: Mapping[str, Any],
        method: str,
        args: Mapping[str, Any],
    ) -> Any:
        """Send and wait for the answer; in a thread of the courier's.

        Sent again is what no queue took and, once, what nobody is at any more: by its id it is
        carried out once (docs/decisions/0020). What only one server can answer is for that one.
        """
        until = min(deadline, time.monotonic() + UNDELIVERED)
        lost = False
        for attempt in count():
            left = deadline - time.monotonic()
            if left <= 0 or errand.abandoned:
                raise oslo_messaging.MessagingTimeout
            call = oslo_messaging.get_rpc_client(
                self._transport.oslo,
                oslo_messaging.Target(topic=self._topic, **target),
                timeout=left,
                call_monitor_timeout=pulse.SILENCE,
                retry=self._transport.retries,
                transport_options=self._at_least_once,
            )
            waits = min(left, pulse.SILENCE)
            try:
                return call.call(packed, method, timeout=waits, attempt=attempt, **args)
            except oslo_messaging.MessageUndeliverable:
                if time.monotonic() > until or target["server"]:
                    raise
                time.sleep(AGAIN)
            except oslo_messaging.MessagingTimeout:
                if target["server"] or lost:
                    raise
                lost = True
        raise AssertionError("the loop ends by returning or raising")

    def _wait(self, errand: Errand, deadline: float) -> None:
        """Wait for the answer, looking ever more rarely whether there is a broker at all."""
        link, pause = self._transport.link, FIRST_DOUBT
        while not errand.done.wait(max(0.0, min(pause, deadline - time.monotonic()))):
            if time.monotonic() >= deadline:
                errand.abandoned = True
                raise Timeout("Another service did not answer in time")
            if link.down_for() > LOST:
                errand.abandoned = True
                raise MessagingUnavailable
            link.doubt()
            pause = pause * 2 if link.up else FIRST_DOUBT


def _late(operation: Operation) -> str:
    return f"{operation.title} was not answered in time"


def _result(reply: Any) -> Any:
    if not isinstance(reply, dict) or reply.keys().isdisjoint(("result", "error")):
        raise MessagingUnavailable(UNREADABLE)
    if "error" not in reply:
        return reply["result"]
    try:
        error: DesignateError = errors.unpack(reply["error"])
    except (KeyError, TypeError, msgspec.ValidationError):
        raise MessagingUnavailable(UNREADABLE) from None
    raise error
