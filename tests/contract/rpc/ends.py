# SPDX-License-Identifier: Apache-2.0
"""Both ends of a contract in one process, each with a connection of its own."""

import contextlib
import secrets
from typing import Any, Protocol, TypeVar

from designate.conf import ConfigOpts
from designate.model.context import Context, Secrets
from designate.rpc.client import client
from designate.rpc.server import Server
from designate.rpc.transport import Transport

ContractT = TypeVar("ContractT")
CONTEXT = Context(
    request_id="req-1", roles=("member",), secrets=Secrets(token="TOKEN-OF-THE-CALLER")
)
WAITING = 20.0


class Ends(contextlib.ExitStack):
    """Servers and clients of a test, on a topic that no other test has."""

    def __init__(self, conf: ConfigOpts) -> None:
        super().__init__()
        self.conf = conf
        self.topic = f"central-{secrets.token_hex(4)}"

    def transport(self) -> Transport:
        """A connection that is ready."""
        made = Transport(self.conf)
        self.callback(made.close)
        assert made.link.wait(WAITING)
        return made

    def serve(
        self, contract: type, implementation: object, name: str = "one", **more: Any
    ) -> Server:
        """A server that listens."""
        server = Server(
            self.transport(), contract, implementation, topic=self.topic, name=name, **more
        )
        server.start()
        self.callback(server.stop)
        assert server.wait(WAITING)
        return server

    def client(self, contract: type[ContractT]) -> ContractT:
        """A client that is ready."""
        return client(self.transport(), contract, topic=self.topic)


class Echo(Protocol):
    """A contract of the tests."""

    def say(self, ctx: Context, words: list[str], times: int = 1) -> list[str]:
        """Return the words, so many times."""

    def who(self, ctx: Context) -> Context:
        """Return the context."""

    def fail(self, ctx: Context, why: str) -> None:
        """Raise what is asked for."""
