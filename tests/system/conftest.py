# SPDX-License-Identifier: Apache-2.0
"""The whole system as a user runs it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.bind9 import Bind9, free_port
from tests.servers.clock import FakeClock
from tests.servers.designate import Designate
from tests.servers.knot import Knot
from tests.system.site import Site

NewSite = Callable[..., Site]


@pytest.fixture
def designate(tmp_path: Path) -> Iterator[Designate]:
    """A running `designate up` with the embedded name server."""
    server = Designate(tmp_path / "designate")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def clock(tmp_path: Path) -> FakeClock:
    """A clock for a process of the test."""
    return FakeClock(tmp_path / "clock")


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[NewSite]:
    """Makes a running `designate up` that publishes on some BINDs and Knots; see `Site`."""
    with contextlib.ExitStack() as stack:

        def make(
            number: int = 1,
            *,
            options: str = "",
            stock: bool = False,
            knots: int = 0,
            clock: FakeClock | None = None,
            **more: Any,
        ) -> Site:
            port = free_port()
            servers = [
                Bind9(tmp_path / f"bind{n}", extra_options=options, stock=stock)
                for n in range(number)
            ]
            followers = [Knot(tmp_path / f"knot{n}", master=port) for n in range(knots)]
            for server in (*servers, *followers):
                stack.callback(server.stop)
                server.start()
            site = Site(tmp_path / "designate", servers, followers=followers, port=port, **more)
            if clock is not None:
                site.environment = clock.environment()
            stack.callback(site.stop)
            site.start()
            return site

        yield make
