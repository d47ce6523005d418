# SPDX-License-Identifier: Apache-2.0
"""The whole system as a user runs it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.bind9 import Bind9
from tests.servers.designate import Designate
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
def new_site(tmp_path: Path) -> Iterator[NewSite]:
    """Makes a running `designate up` that publishes on some BINDs."""
    with contextlib.ExitStack() as stack:

        def make(
            number: int = 1, *, threshold: int = 100, options: str = "", stock: bool = False
        ) -> Site:
            servers = [
                Bind9(tmp_path / f"bind{n}", extra_options=options, stock=stock)
                for n in range(number)
            ]
            for server in servers:
                stack.callback(server.stop)
                server.start()
            site = Site(tmp_path / "designate", servers, threshold=threshold)
            stack.callback(site.stop)
            site.start()
            return site

        yield make
