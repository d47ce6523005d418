# SPDX-License-Identifier: Apache-2.0
"""Two versions of a contract over a real broker, each end in each."""

from typing import Protocol

import msgspec
import oslo_messaging
import pytest

from designate import errors
from designate.model.context import Context
from designate.rpc.operations import operations
from tests.contract.rpc.ends import CONTEXT, Ends


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """As version N knows it."""

    name: str


class LaterThing(msgspec.Struct, frozen=True, kw_only=True):
    """As version N+1 knows it."""

    name: str
    colour: str = "grey"


class Things(Protocol):
    """Version N."""

    def paint(self, ctx: Context, thing: Thing) -> Thing:
        """Return a thing."""


class LaterThings(Protocol):
    """Version N+1: another field, another argument, another operation."""

    def paint(self, ctx: Context, thing: LaterThing, coats: int = 1) -> LaterThing:
        """Return a thing."""

    def count(self, ctx: Context) -> int:
        """Return a number."""


class Painter:
    """Implements version N."""

    def paint(self, ctx: Context, thing: Thing) -> Thing:
        return thing


class LaterPainter:
    """Implements version N+1."""

    def paint(self, ctx: Context, thing: LaterThing, coats: int = 1) -> LaterThing:
        return LaterThing(name=thing.name * coats, colour=thing.colour)

    def count(self, ctx: Context) -> int:
        return 1


def test_the_same_version(ends: Ends) -> None:
    """Both old."""
    ends.serve(Things, Painter())
    assert ends.client(Things).paint(CONTEXT, Thing(name="a")) == Thing(name="a")


def test_both_of_the_later_version(ends: Ends) -> None:
    """What is new works."""
    ends.serve(LaterThings, LaterPainter())
    things = ends.client(LaterThings)
    red = LaterThing(name="a", colour="red")
    assert things.paint(CONTEXT, red, coats=2) == LaterThing(name="aa", colour="red")
    assert things.count(CONTEXT) == 1


def test_an_old_client_of_a_later_server(ends: Ends) -> None:
    """What it does not send has its default, what it does not know it does not see."""
    ends.serve(LaterThings, LaterPainter())
    assert ends.client(Things).paint(CONTEXT, Thing(name="a")) == Thing(name="a")


def test_a_later_client_of_an_old_server(ends: Ends) -> None:
    """What is old works; what the server does not have is told, and nothing is done."""
    ends.serve(Things, Painter())
    things = ends.client(LaterThings)
    assert things.paint(CONTEXT, LaterThing(name="a")) == LaterThing(name="a")
    with pytest.raises(errors.ServiceOutdated, match="coats"):
        things.paint(CONTEXT, LaterThing(name="a"), coats=2)
    with pytest.raises(errors.ServiceOutdated, match="count"):
        things.count(CONTEXT)


def test_a_client_of_upstream_is_refused_in_its_own_words(ends: Ends) -> None:
    """Both may be on one broker while a cloud moves."""
    ends.serve(Things, Painter())
    target = oslo_messaging.Target(topic=ends.topic, version="6.12")
    client = oslo_messaging.get_rpc_client(ends.transport().oslo, target, timeout=10)
    with pytest.raises(oslo_messaging.RemoteError) as raised:
        client.call({}, "get_zone", zone_id="x")
    assert raised.value.exc_type == "UnsupportedVersion"


def test_a_server_of_upstream_is_outdated(ends: Ends) -> None:
    """It refuses our version, which is an error of ours."""
    transport = ends.transport()
    target = oslo_messaging.Target(topic=ends.topic, server="upstream")
    dispatcher = oslo_messaging.RPCDispatcher([_Upstream()], None)
    server = oslo_messaging.rpc.server.RPCServer(transport.oslo, target, dispatcher)
    server.start()
    try:
        with pytest.raises(errors.ServiceOutdated):
            ends.client(Things).paint(CONTEXT, Thing(name="a"))
    finally:
        server.stop()
        server.wait()


class _Upstream:
    target = oslo_messaging.Target(version="6.12")

    def paint(self, context: object, **arguments: object) -> None:
        raise AssertionError("another version")


class Count(Protocol):
    """A contract whose result is of another type than `Words` says."""

    def count(self, ctx: Context) -> int:
        """Return a number."""


class Words(Protocol):
    """The same in another version."""

    def count(self, ctx: Context) -> str:
        """Return words."""


def test_a_result_that_cannot_be_read_may_have_been_made(ends: Ends) -> None:
    """The call was carried out: who asked is not told that nothing was done."""
    ends.serve(Count, LaterPainter())
    with pytest.raises(errors.MessagingUnavailable, match="cannot read"):
        ends.client(Words).count(CONTEXT)


class Odd:
    """What JSON has no form for."""


class CannotTravel(Protocol):
    """A contract that is refused."""

    def take(self, ctx: Context, odd: list[Odd]) -> None:
        """Take it."""


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """What a later version could not add a field to."""

    name: str


class CannotGrow(Protocol):
    """A contract that is refused."""

    def give(self, ctx: Context) -> dict[str, Strict]:
        """Give it."""


@pytest.mark.parametrize("contract", [CannotTravel, CannotGrow])
def test_what_cannot_travel_is_refused_at_start(contract: type) -> None:
    """Before anybody calls."""
    with pytest.raises(TypeError, match="take|give"):
        operations(contract)
