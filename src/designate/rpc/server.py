# SPDX-License-Identifier: Apache-2.0
"""The serving end of a contract."""

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import msgspec
import oslo_messaging
from oslo_messaging.rpc.server import RPCServer

from designate.errors import (
    CallRepeated,
    DesignateError,
    MessagingUnavailable,
    ServiceOutdated,
    Timeout,
)
from designate.model.context import Context
from designate.rpc import context, errors
from designate.rpc.operations import VERSION, Operation, of_protocol, operations
from designate.rpc.pulse import Pulse
from designate.rpc.streams import NOUN, Keeper, Streams
from designate.rpc.transport import Transport

LOG = logging.getLogger(__name__)
THREADS = 16
"""Calls carried out at once by a process: writers of one zone share a transaction."""
DRAINING = 10.0
"""Seconds that clients have to fetch what is left of their streams from a server that stops."""
STOPPING = 25.0
"""Seconds that a server has to end; those who supervise processes wait for a little longer."""
AGAIN = 2.0
"""Seconds after which a server that the broker did not let listen tries again."""
BUSY = 5.0
"""Seconds that the connection may wait for a thread; it has heartbeats to answer."""
PING = "oslo_rpc_server_ping"
"""What health checks call that know of oslo.messaging only: `[DEFAULT] rpc_ping_enabled`."""
DONE = "Whoever did it, or refused it, cannot be heard any more"

Once = Callable[[str], AbstractContextManager[None]]
"""A block in which the call of this id is carried out; raises CallRepeated when it was before."""


def each_time(_: str) -> AbstractContextManager[None]:
    """A call that changes nothing may be carried out again."""
    return nullcontext()


class Server:
    """Serves a contract on a topic, under the name of this process.

    `name` is that of the host; processes of one host have different names, which others address
    what only one of them has by. A broker may bring a call more than once, and to several
    processes: `once` is who knows.
    """

    def __init__(  # noqa: PLR0913 - the parts of a server meet here
        self,
        transport: Transport,
        contract: type,
        implementation: object,
        *,
        topic: str,
        name: str,
        threads: int = THREADS,
        once: Once = each_time,
    ) -> None:
        target = oslo_messaging.Target(topic=topic, server=name)
        itself = oslo_messaging.Target(topic=topic, server=name, namespace=NOUN, version=VERSION)
        self._itself = oslo_messaging.get_rpc_client(transport.oslo, itself, retry=0)
        self._streams = Keeper(name)
        self._pulse = Pulse()
        dispatcher = Dispatcher(contract, implementation, self._streams, self._pulse, once)
        dispatcher.pings = transport.oslo.conf.rpc_ping_enabled
        # A listener can be started once only, also when that failed.
        self._make = partial(_Listener, transport.oslo, target, dispatcher, threads)
        self._oslo: _Listener | None = None
        self._threads = threads
        self._lock = threading.Lock()
        self._listening = threading.Event()
        self._stopping = threading.Event()
        self._title = f"{topic}.{name}"

    def start(self) -> None:
        """Begin to listen, as soon as there is a broker that lets it."""
        self._pulse.start()
        threading.Thread(target=self._listen, name="listen", daemon=True).start()

    def wait(self, timeout: float) -> bool:
        """Wait until it listens; False when it does not by then."""
        return self._listening.wait(timeout)

    def stop(self, patience: float = STOPPING) -> None:
        """Take nothing new; what was begun is finished and answered, within so many seconds.

        Without a broker answers would wait for it for ever.
        """
        with self._lock:
            self._stopping.set()
            listener = self._oslo
        if listener is not None:
            ending = threading.Thread(
                target=self._end, args=(listener,), name="ending", daemon=True
            )
            ending.start()
            ending.join(patience)
        self._pulse.close()
        self._streams.close()

    def _end(self, listener: "_Listener") -> None:
        self._streams.drain(DRAINING)
        # The listener looks up when a message comes, else every five seconds.
        wake = threading.Timer(0.05, self._wake)
        wake.start()
        listener.stop()
        wake.cancel()
        wake.join()
        listener.wait()

    def _wake(self) -> None:
        with contextlib.suppress(oslo_messaging.MessagingException):
            self._itself.cast({"request_id": ""}, "drop", arguments={"stream": ""})

    def _listen(self) -> None:
        """Try until it listens: a broker that comes up may refuse at first."""
        told = False
        while not self._stopping.is_set():
            listener = self._make()
            try:
                listener.start(override_pool_size=self._threads)
            except Exception:
                # The edge of a thread: without this line nobody would know why no call arrives.
                if not told:
                    LOG.exception("%s cannot listen yet", self._title)
                told = True
                self._stopping.wait(AGAIN)
            else:
                self._keep(listener)
                return

    def _keep(self, listener: "_Listener") -> None:
        with self._lock:
            if not self._stopping.is_set():
                self._oslo = listener
                LOG.info("Listening on %s", self._title)
                self._listening.set()
                return
        listener.stop()


class _Listener(RPCServer):  # type: ignore[misc]  # it has no types
    """Takes a message only when there is a thread for it; others leave it to other processes."""

    def __init__(self, transport: Any, target: Any, dispatcher: "Dispatcher", threads: int) -> None:
        super().__init__(transport, target, dispatcher)
        # The threads of the library's own executor wake once a second to see whether it ends.
        self._executor_cls = ThreadPoolExecutor
        self._free = threading.Semaphore(threads)

    def _on_incoming(self, incoming: Any) -> None:
        for message in incoming:
            message.received = time.monotonic()
        free = self._free.acquire(timeout=BUSY)
        future = self._work_executor.submit(self._process_incoming, incoming)
        if free:
            future.add_done_callback(lambda _: self._free.release())


Implementation = Callable[..., Any]


class Dispatcher:
    """From a message to the method, and from what comes of it to the reply."""

    pings = False
    """Whether it answers to the library's own ping."""

    def __init__(
        self, contract: type, implementation: object, streams: Keeper, pulse: Pulse, once: Once
    ) -> None:
        self._streams = streams
        self._pulse = pulse
        self._once = once
        offered = {**operations(contract), NOUN: of_protocol(Streams, NOUN)}
        self._known: Mapping[tuple[str | None, str], tuple[Operation, Implementation]] = {
            (noun, operation.name): (
                operation,
                getattr(streams if noun == NOUN else _of(implementation, noun), operation.name),
            )
            for noun, found in offered.items()
            for operation in found
        }

    def dispatch(self, incoming: Any) -> Mapping[str, Any] | str:
        """The reply to a message."""
        message = incoming.message
        noun, name = message.get("namespace"), message.get("method")
        if self.pings and noun is None and name == PING:
            return "pong"
        if _major(message) != _MAJOR:
            # In the library's own words, which every other program understands.
            raise oslo_messaging.UnsupportedVersion(message.get("version"), method=name)
        # A caller of an earlier version gives its calls no id.
        call_id = message.get("args", {}).get("call")
        once = self._once(call_id) if call_id else nullcontext()
        try:
            with self._pulse.of(incoming), once:
                return {"result": self._carry_out(noun, name, incoming)}
        except CallRepeated:
            LOG.info("%s.%s arrived once more; it is not carried out again", noun, name)
            if message["args"].get("attempt"):
                # Whoever carried it out cannot be heard any more.
                return {"error": errors.pack(MessagingUnavailable(DONE))}
            # The answer that counts is that of who carried it out; ours would come before it.
            incoming.reply = _unsaid
            return {}
        except DesignateError as error:
            return {"error": errors.pack(error)}
        except Exception:
            # The edge of the process: the caller gets the id, this log the reason.
            request_id = incoming.ctxt.get("request_id")
            LOG.exception("%s.%s failed in request %s", noun, name, request_id)
            return {"error": errors.pack(DesignateError(f"Unexpected failure in {request_id}"))}

    def _carry_out(self, noun: str | None, name: str, incoming: Any) -> Any:
        args = incoming.message.get("args", {})
        if time.monotonic() - incoming.received >= args.get("timeout", math.inf):
            raise Timeout("Nobody waits for this any more")
        operation, method = self._known.get((noun, name), (None, None))
        if operation is None or method is None:
            raise ServiceOutdated(f"This version has no {noun}.{name}")
        given = args["arguments"]
        if unknown := given.keys() - set(operation.parameters):
            raise ServiceOutdated(f"{operation.title} has no {', '.join(sorted(unknown))} here")
        try:
            arguments = operation.unpack(given)
            ctx = context.unpack(incoming.ctxt) if operation.context else None
        except msgspec.ValidationError as error:
            raise ServiceOutdated(f"{operation.title}: {error}") from None
        return operation.pack_result(self._result(operation, method, ctx, arguments))

    def _result(
        self,
        operation: Operation,
        method: Implementation,
        ctx: Context | None,
        arguments: dict[str, Any],
    ) -> Any:
        if ctx is None:
            return method(*arguments.values())
        with contextlib.ExitStack() as stack:
            if operation.sends:
                sent = self._streams.received(ctx, arguments[operation.sends])
                arguments[operation.sends] = stack.enter_context(sent)
            # By position, since an implementation may call its parameters what it likes.
            result = method(ctx, *arguments.values())
        return self._streams.begin(result) if operation.returns else result


def _unsaid(*_: Any, **__: Any) -> None:
    """An answer that is not sent."""


_MAJOR = VERSION.partition(".")[0]


def _major(message: Mapping[str, Any]) -> str:
    return str(message.get("version")).partition(".")[0]


def _of(implementation: object, noun: str | None) -> object:
    return implementation if noun is None else getattr(implementation, noun)
