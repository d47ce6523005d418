# SPDX-License-Identifier: Apache-2.0
"""A broker behind TLS: it is believed only with a certificate of its name."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.contract.rpc.conftest import Configured
from tests.contract.rpc.ends import CONTEXT, Echo, Ends
from tests.contract.rpc.test_calls import Answers
from tests.servers.bind9 import HOST, free_port
from tests.servers.certificates import certificate
from tests.servers.rabbitmq import RabbitMq


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


@pytest.fixture(scope="module")
def insistent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A broker that wants a certificate of its clients, and the options that show one."""
    folder = tmp_path_factory.mktemp("mutual")
    authority = certificate(folder, "authority")
    public, private = certificate(folder, "broker", authority)
    own, key = certificate(folder, "client", authority)
    port = free_port()
    lines = (
        f"listeners.ssl.1 = {HOST}:{port}",
        f"ssl_options.certfile = {public}",
        f"ssl_options.keyfile = {private}",
        f"ssl_options.cacertfile = {authority[0]}",
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = true",
    )
    with RabbitMq(lines=lines) as server:
        url = f"rabbit://designate:{server.password}@localhost:{port}/"
        yield url, f"ssl_ca_file = {authority[0]}\nssl_cert_file = {own}\nssl_key_file = {key}"


def tls(lines: str = "") -> str:
    """The section of the library."""
    return f"[oslo_messaging_rabbit]\nssl = true\n{lines}\n"


def test_calls_go_over_tls(secured: tuple[str, Path], configured: Configured) -> None:
    """With the authority that signed its certificate."""
    url, authority = secured
    with Ends(configured(url, tls(f"ssl_ca_file = {authority}"))) as ends:
        ends.serve(Echo, Answers())
        assert ends.client(Echo).say(CONTEXT, ["a"]) == ["a"]


def test_a_broker_may_want_a_certificate(
    insistent: tuple[str, str], configured: Configured
) -> None:
    """Of whoever asks whether it is there, too."""
    url, lines = insistent
    with Ends(configured(url, tls(lines))) as ends:
        ends.serve(Echo, Answers())
        assert ends.client(Echo).say(CONTEXT, ["a"]) == ["a"]


PROGRAM = """
import sys
from designate import conf, errors
from designate.rpc.client import client
from designate.rpc.transport import Transport
from tests.contract.rpc.ends import CONTEXT, Echo

transport = Transport(conf.load(sys.argv[1:]))
assert not transport.link.wait(3)
try:
    client(transport, Echo, topic="central").say(CONTEXT, ["a"])
except errors.MessagingUnavailable:
    print("refused")
"""


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_broker_that_may_be_another_is_not_believed(
    secured: tuple[str, Path], configured: Configured, wrong: str
) -> None:
    """By default too, when no authority is named; and a certificate is for its names only.

    In a process of its own: the library tries for ever, also after the test.
    """
    url, authority = secured
    if wrong == "authority":
        conf = configured(url, tls())
    else:
        conf = configured(url.replace("localhost", HOST), tls(f"ssl_ca_file = {authority}"))
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, *conf.config_file]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "refused\n", done.stderr
    assert "certificate" in done.stderr.lower()
