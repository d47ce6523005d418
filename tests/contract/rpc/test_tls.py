# SPDX-License-Identifier: Apache-2.0
"""A broker behind TLS: it is believed only with a certificate of its name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from designate import errors
from designate.rpc.client import client
from designate.rpc.transport import Transport
from tests.contract.rpc.conftest import Configured
from tests.contract.rpc.ends import CONTEXT, WAITING, Echo, Ends
from tests.contract.rpc.test_calls import Answers
from tests.servers.bind9 import HOST, free_port
from tests.servers.certificates import certificate
from tests.servers.rabbitmq import RabbitMq

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a broker that speaks TLS, by its name, and the authority to believe."""
    folder = tmp_path_factory.mktemp("tls")
    public, private = certificate(folder, "broker")
    port = free_port()
    lines = (
        f"listeners.ssl.1 = {HOST}:{port}",
        f"ssl_options.certfile = {public}",
        f"ssl_options.keyfile = {private}",
        "ssl_options.verify = verify_none",
    )
    with RabbitMq(lines=lines) as server:
        yield f"rabbit://designate:{server.password}@localhost:{port}/", public


def tls(lines: str = "") -> str:
    """The section of the library."""
    return f"[oslo_messaging_rabbit]\nssl = true\n{lines}\n"


def test_calls_go_over_tls(secured: tuple[str, Path], configured: Configured) -> None:
    """With the authority that signed its certificate."""
    url, authority = secured
    with Ends(configured(url, tls(f"ssl_ca_file = {authority}"))) as ends:
        ends.serve(Echo, Answers())
        assert ends.client(Echo).say(CONTEXT, ["a"]) == ["a"]


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_broker_that_may_be_another_is_not_believed(
    secured: tuple[str, Path], configured: Configured, wrong: str
) -> None:
    """By default too, when no authority is named; and a certificate is for its names only."""
    url, authority = secured
    if wrong == "authority":
        conf = configured(url, tls())
    else:
        conf = configured(url.replace("localhost", HOST), tls(f"ssl_ca_file = {authority}"))
    transport = Transport(conf)
    try:
        assert not transport.link.wait(3)
        with pytest.raises(errors.MessagingUnavailable):
            client(transport, Echo, topic="central").say(CONTEXT, ["a"])
    finally:
        transport.close(WAITING)
