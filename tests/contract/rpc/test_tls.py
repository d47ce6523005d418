# SPDX-License-Identifier: Apache-2.0
"""A broker behind TLS: it is believed only with a certificate of its name."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.contract.rpc.conftest import Configured
from tests.contract.rpc.ends import CONTEXT, Echo, Ends
from tests.contract.rpc.test_brokers import expect_return
from tests.contract.rpc.test_calls import Answers
from tests.servers.bind9 import HOST, free_port
from tests.servers.certificates import Files, certificate
from tests.servers.rabbitmq import RabbitMq

OTHER = "127.0.0.2"
"""Loopback as well."""
RETURN = 30.0
"""Seconds in which calls work again with another broker."""
REFUSING = 60.0
"""Seconds in which a broker that is not believed has been tried."""
IN = "authenticated and granted access"
"""What a broker logs of who is connected."""


def listening(port: int, files: Files, host: str = HOST) -> tuple[str, ...]:
    """The lines of a broker that speaks TLS there."""
    return (
        f"listeners.ssl.1 = {host}:{port}",
        f"ssl_options.certfile = {files[0]}",
        f"ssl_options.keyfile = {files[1]}",
    )


class Pair(ExitStack):
    """Two brokers that know nothing of each other, and one `transport_url` for both."""

    def __init__(self, first: tuple[str, Files], second: tuple[str, Files]) -> None:
        super().__init__()
        password, nodes, hosts = secrets.token_hex(8), [], []
        for name, files in (first, second):
            port = free_port()
            address = OTHER if name == OTHER else HOST
            nodes.append(RabbitMq(password=password, lines=listening(port, files, address)))
            self.callback(nodes[-1].close)
            hosts.append(f"designate:{password}@{name}:{port}")
        self.first, self.second = nodes
        self.url = f"rabbit://{','.join(hosts)}/"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a broker that speaks TLS, by its name, and the authority to believe."""
    folder = tmp_path_factory.mktemp("tls")
    files = certificate(folder, "broker")
    port = free_port()
    lines = (*listening(port, files), "ssl_options.verify = verify_none")
    with RabbitMq(lines=lines) as server:
        yield f"rabbit://designate:{server.password}@localhost:{port}/", files[0]


@pytest.fixture(scope="module")
def insistent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A broker that wants a certificate of its clients, and the options that show one."""
    folder = tmp_path_factory.mktemp("mutual")
    authority = certificate(folder, "authority")
    files = certificate(folder, "broker", authority)
    own, key = certificate(folder, "client", authority)
    port = free_port()
    lines = (
        *listening(port, files),
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


@pytest.mark.parametrize("lines", ["", "ssl_ca_file ="])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_broker_that_may_be_another_is_not_believed(
    secured: tuple[str, Path], configured: Configured, wrong: str, lines: str
) -> None:
    """By the authorities of the system, and by those only; a certificate is for its names only.

    In a process of its own: the library tries for ever, also after the test.
    """
    url, authority = secured
    environment, reason = dict(os.environ), "self-signed certificate"
    if wrong == "name":
        url = url.replace("localhost", HOST)
        environment["SSL_CERT_FILE"] = str(authority)
        reason = f"certificate is not valid for '{HOST}'"
    conf = configured(url, tls(lines))
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, *conf.config_file]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "refused\n", done.stderr
    assert reason in done.stderr


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.usefixtures("sockets_of_others")
def test_calls_go_on_with_a_broker_of_another_name(configured: Configured, tmp_path: Path) -> None:
    """Each has a certificate for its own name alone; there and back."""
    authority = certificate(tmp_path, "authority")
    one = certificate(tmp_path, "one", authority, hosts=["localhost"])
    two = certificate(tmp_path, "two", authority, hosts=[OTHER])
    with Pair(("localhost", one), (OTHER, two)) as pair:
        pair.first.start()
        with Ends(configured(pair.url, tls(f"ssl_ca_file = {authority[0]}"))) as ends:
            ends.serve(Echo, Answers())
            echo = ends.client(Echo)
            assert echo.say(CONTEXT, ["a"]) == ["a"]
            pair.second.start()
            pair.first.kill()
            expect_return(echo, RETURN)
            pair.first.start()
            pair.second.kill()
            expect_return(echo, RETURN)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.usefixtures("sockets_of_others")
def test_a_broker_with_the_name_of_another_gets_no_call(
    configured: Configured, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Even when the other is away; and calls go on when it is back."""
    authority = certificate(tmp_path, "authority")
    one = certificate(tmp_path, "one", authority, hosts=[HOST])
    with Pair((HOST, one), (OTHER, one)) as pair:
        pair.first.start()
        pair.second.start()
        with Ends(configured(pair.url, tls(f"ssl_ca_file = {authority[0]}"))) as ends:
            ends.serve(Echo, Answers())
            echo = ends.client(Echo)
            assert echo.say(CONTEXT, ["a"]) == ["a"]
            pair.first.kill()
            caplog.clear()
            deadline = time.monotonic() + REFUSING
            while f"not valid for '{OTHER}'" not in caplog.text:
                assert time.monotonic() < deadline, caplog.text
                time.sleep(0.05)
            pair.first.start()
            expect_return(echo, RETURN)
        assert IN in pair.first.log()
        assert IN not in pair.second.log()
