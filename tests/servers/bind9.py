# SPDX-License-Identifier: Apache-2.0
"""A BIND of the test's own: ports, key and directory that nobody else uses."""

import base64
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.servers.nameserver import NameServer

HOST = "127.0.0.1"
TUNED = """
  serial-query-rate 1000;
  transfers-in 100;
  transfers-per-ns 100;
"""
"""What our pages advise; stock BIND asks for 20 serials a second and transfers 2 zones a server."""

CONFIGURATION = """
include "{key_file}";
controls {{ inet {host} port {rndc_port} allow {{ {host}; }} keys {{ "rndc-key"; }}; }};
options {{
  directory "{directory}";
  pid-file "named.pid";
  session-keyfile "session.key";
  managed-keys-directory "{directory}";
  listen-on port {port} {{ {host}; }};
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
  notify no;
  empty-zones-enable no;
  allow-new-zones yes;
  allow-notify {{ {host}; }};
  allow-transfer {{ {host}; }};
{options}
}};
{statements}
"""
PORTS_OF_CLIENTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST_PORT = 10_000
STARTING = 15.0
STOPPING = 15.0


def free_port() -> int:
    """A port of the loopback address that is free for UDP and TCP now.

    It lies below those that the system gives to clients: one of these could be taken by anybody's
    next query before a server gets to listen on it.
    """
    first_of_clients = int(PORTS_OF_CLIENTS.read_text("ascii").split()[0])
    while True:
        port = secrets.choice(range(LOWEST_PORT, first_of_clients))
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
        ):
            try:
                udp.bind((HOST, port))
                tcp.bind((HOST, port))
            except OSError:
                continue
            return port


def binary(name: str) -> str:
    """The path of a program of BIND, also where sbin is not searched."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/sbin")
    if path is None:
        raise RuntimeError(f"{name} is not installed")
    return path


class Bind9(NameServer):
    """A `named` that gets its zones by rndc; its zones survive stop and start.

    `extra_options` are lines for its options block, `statements` stand beside it. `stock` leaves
    BIND's own transfer limits.
    """

    def __init__(
        self,
        directory: Path,
        *,
        extra_options: str = "",
        statements: str = "",
        stock: bool = False,
    ) -> None:
        self.directory = directory
        self.host = HOST
        self.port = free_port()
        self.rndc_port = free_port()
        self.key_file = directory / "rndc.key"
        self._log = directory / "named.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._write_files(extra_options if stock else TUNED + extra_options, statements)

    def _write_files(self, options: str, statements: str) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        secret = base64.b64encode(secrets.token_bytes(32)).decode()
        self.key_file.write_text(
            f'key "rndc-key" {{ algorithm hmac-sha256; secret "{secret}"; }};\n', "ascii"
        )
        configuration = CONFIGURATION.format(
            key_file=self.key_file,
            host=HOST,
            port=self.port,
            rndc_port=self.rndc_port,
            directory=self.directory,
            options=options,
            statements=statements,
        )
        (self.directory / "named.conf").write_text(configuration, "utf-8")

    def start(self) -> None:
        """Start and wait until it answers DNS and rndc."""
        offset = len(self.log_text())
        arguments = [binary("named"), "-g", "-c", str(self.directory / "named.conf")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory
            )
        deadline = time.monotonic() + STARTING
        while " running\n" not in self.log_text()[offset:]:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"named did not start:\n{self.log_text()[offset:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        """End it and wait; harmless when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def pid(self) -> int:
        """The process while it runs."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it at once, as a crash does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def zones(self) -> list[str]:
        """The names of all zones that it was given by rndc."""
        kept = self.directory / "_default.nzd"
        done = subprocess.run(
            [binary("named-nzd2nzf"), str(kept)],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return [f"{name}." for name in re.findall(r'^zone "([^"]+)" ', done.stdout, re.M)]

    def restart(self) -> None:
        """Stop and start, on the same ports and with the same zones."""
        self.stop()
        self.start()

    def log_text(self) -> str:
        """All that it logged since the first start."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def leaves_a_master(self, since: int) -> bool:
        """Whether, after so much of its log, it asked for a zone no master that had refused it."""
        return "is unreachable (cached)" in self.log_text()[since:]

    def options(self) -> dict[str, str]:
        """The options of a pool target of type bind9 for this server."""
        return {
            "host": HOST,
            "port": str(self.port),
            "rndc_host": HOST,
            "rndc_port": str(self.rndc_port),
            "rndc_key_file": str(self.key_file),
        }

    def rndc(self, *arguments: str) -> str:
        """Run an rndc command and return what it says; raises CalledProcessError."""
        prefix = [binary("rndc"), "-s", HOST, "-p", str(self.rndc_port), "-k", str(self.key_file)]
        done = subprocess.run(
            [*prefix, *arguments],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return done.stdout

    def transferred(self, name: str) -> list[int]:
        """The serials of a zone that it took from its master, oldest first."""
        zone = re.escape(name.rstrip("."))
        found = re.findall(rf"zone {zone}/IN: transferred serial (\d+)", self.log_text())
        return [int(serial) for serial in found]
