# SPDX-License-Identifier: Apache-2.0
"""Servers and installations that end with their test."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.interop.worker.bind9.site import Site
from tests.servers.bind9 import Bind9

NewSite = Callable[..., Site]


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[NewSite]:
    """Makes a running installation with some BINDs."""
    with contextlib.ExitStack() as stack:

        def make(number: int = 1, *, threshold: int = 100, extra_options: str = "") -> Site:
            servers = [
                Bind9(tmp_path / f"bind{n}", extra_options=extra_options) for n in range(number)
            ]
            for server in servers:
                stack.callback(server.stop)
                server.start()
            site = Site(tmp_path, servers, threshold=threshold)
            stack.callback(site.stop)
            site.start()
            return site

        yield make
