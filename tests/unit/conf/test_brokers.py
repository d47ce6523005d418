# SPDX-License-Identifier: Apache-2.0
"""Which name a broker must prove, as kombu goes from one to another."""

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from designate.conf.brokers import ask_for_names
from tests.servers.certificates import Files, certificate

# As the packages do that connect: when they are imported.
ask_for_names()
FIRST, SECOND = "127.0.0.1", "127.0.0.2"
PATIENCE = 10.0
TURNS = 2
"""How often each host is tried."""

Options = bool | dict[str, object]


class Greeter:
    """Shows a certificate, and hangs up on those who believe it."""

    def __init__(self, host: str) -> None:
        self.believed = 0
        """By how many."""
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._listener = socket.create_server((host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            with plain:
                plain.settimeout(PATIENCE)
                try:
                    with self.tls.wrap_socket(plain, server_side=True):
                        self.believed += 1
                except OSError:
                    continue


@pytest.fixture
def hosts() -> Iterator[tuple[Greeter, Greeter]]:
    """The first and the second."""
    made = Greeter(FIRST), Greeter(SECOND)
    yield made
    for greeter in made:
        greeter.close()


@pytest.fixture
def authority(tmp_path: Path) -> Files:
    """Who signs their certificates."""
    return certificate(tmp_path, "authority")


def go_round(hosts: tuple[Greeter, Greeter], tls: Options, first: str = FIRST) -> list[int]:
    """Try the hosts by turns, with one connection; how often each was believed."""
    urls = f"amqp://{first}:{hosts[0].port};amqp://{SECOND}:{hosts[1].port}"
    connection = Connection(urls, ssl=tls, connect_timeout=PATIENCE)
    with pytest.raises(OperationalError):
        connection.ensure_connection(
            max_retries=TURNS * len(hosts) - 1, interval_start=0, interval_step=0, interval_max=0
        )
    connection.release()
    return [host.believed for host in hosts]


def of_several(authority: Files) -> Options:
    """What oslo.messaging passes on for several hosts."""
    ca_file = str(authority[0])
    return {"ca_certs": ca_file, "cert_reqs": ssl.CERT_REQUIRED, "server_hostname": None}


@pytest.mark.parametrize("first", [FIRST, "localhost"])
def test_each_host_proves_its_own_name(
    hosts: tuple[Greeter, Greeter], authority: Files, tmp_path: Path, first: str
) -> None:
    """Or its address, at each turn; so ordinary certificates let a connection go on elsewhere."""
    for host, name in zip(hosts, (first, SECOND), strict=True):
        host.tls.load_cert_chain(*certificate(tmp_path, f"of {name}", authority, hosts=[name]))
    assert go_round(hosts, of_several(authority), first) == [TURNS, TURNS]


@pytest.mark.parametrize(("name", "believed"), [(FIRST, [TURNS, 0]), (SECOND, [0, TURNS])])
def test_the_name_of_another_is_not_enough(
    hosts: tuple[Greeter, Greeter],
    authority: Files,
    tmp_path: Path,
    name: str,
    believed: list[int],
) -> None:
    """Nor that of the host that was tried before."""
    files = certificate(tmp_path, "same", authority, hosts=[name])
    for host in hosts:
        host.tls.load_cert_chain(*files)
    assert go_round(hosts, of_several(authority)) == believed


@pytest.mark.parametrize("tls", [True, {"ciphers": "DEFAULT"}])
def test_a_name_is_asked_for_without_a_file_of_authorities(
    hosts: tuple[Greeter, Greeter],
    authority: Files,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tls: Options,
) -> None:
    """Those of the system sign certificates for everybody."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    files = certificate(tmp_path, "same", authority, hosts=[SECOND])
    for host in hosts:
        host.tls.load_cert_chain(*files)
    assert go_round(hosts, tls) == [0, TURNS]


def run(program: str) -> subprocess.CompletedProcess[str]:
    """A process that has imported nothing yet."""
    command = [sys.executable, "-W", "ignore", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


LOOK_UP = "from kombu.transport import get_transport_cls as look; print(look('amqp').__module__)"


@pytest.mark.parametrize("package", ["designate.rpc", "designate.events"])
def test_whoever_connects_asks_for_names(package: str) -> None:
    """One package without the other, too."""
    done = run(f"import {package}; {LOOK_UP}")
    assert done.stdout == "designate.conf.brokers\n", done.stderr


def test_who_connected_before_is_not_left_without() -> None:
    """The program does not start, and says why."""
    done = run(f"{LOOK_UP}; import designate.rpc")
    assert done.returncode == 1
    assert "kombu was used before" in done.stderr
