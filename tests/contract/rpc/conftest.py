# SPDX-License-Identifier: Apache-2.0
"""A RabbitMQ for all tests of messages, and processes' ends on it."""

import gc
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from designate import conf as configuration
from designate.conf import ConfigOpts
from tests.contract.rpc.ends import Ends
from tests.servers.rabbitmq import RabbitMq

Configured = Callable[..., ConfigOpts]


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMq]:
    """A running broker, which no test stops."""
    with RabbitMq() as server:
        yield server


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """Makes a configuration for a `transport_url`; `lines` go to [DEFAULT]."""

    def configure(url: str, lines: str = "") -> ConfigOpts:
        file = tmp_path / "designate.conf"
        file.write_text(f"[DEFAULT]\ntransport_url = {url}\n{lines}\n", "utf-8")
        return configuration.load([str(file)])

    return configure


@pytest.fixture
def ends(rabbitmq: RabbitMq, configured: Configured) -> Iterator[Ends]:
    """Servers and clients on the common broker."""
    with Ends(configured(rabbitmq.url)) as made:
        yield made


@pytest.fixture
def sockets_of_others() -> Iterator[None]:
    """The library forgets to close the socket of a connection that broke: not our warning."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
