# SPDX-License-Identifier: Apache-2.0
"""An HAProxy of the test's own, configured as docs/cluster.md and docs/databases.md say."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.servers.bind9 import HOST, binary, free_port
from tests.servers.managed import Managed
from tests.servers.program import Program

CONFIG = """\
global
    stats socket {folder}/stats mode 600 level admin
defaults
    timeout connect 2s
    timeout check 2s
    timeout client 120s
    timeout server 120s
"""
API = """\
listen {name}
    bind {host}:{port}
    mode http
    balance leastconn
    option http-server-close
    timeout queue 10s
    option httpchk GET /ready
    option allbackups
    option redispatch 1
    retries 5
    retry-on conn-failure empty-response 0rtt-rejected
    http-request disable-l7-retry unless METH_GET
    default-server inter 1s fall 2 rise 1
"""
PREFIXED = """\
listen {name}
    bind {host}:{port}
    mode http
    http-request set-header X-Forwarded-Prefix {prefix}
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-header X-Forwarded-Proto http
    http-request replace-path {prefix}/?(.*) /\\1
    server {name} {server[0]}:{server[1]}
"""
GALERA = """\
listen {name}
    bind {host}:{port}
    mode tcp
    balance {balance}
    option httpchk GET /
    option redispatch 1
    default-server check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
"""
CHECKS = """\
global
    stats socket {folder}/stats mode 600 level admin
    external-check
    insecure-fork-wanted
defaults
    mode http
    timeout connect 2s
    timeout check 2s
    timeout client 10s
    timeout server 10s
    option external-check
    external-check path "/usr/bin:/bin"
    external-check command {check}
"""
CHECKED = """\
backend {name}
    server {name} {host}:{port} check inter 1s fall 2 rise 1
frontend {name}-ready
    bind {at}:{told}
    monitor-uri /
    monitor fail if {{ nbsrv({name}) lt 1 }}
"""
CHECK = """\
#!/bin/sh
# HAProxy gives: its address and port, the server's address and port.
exec 2>/dev/null
ready() {{
    {client} --no-defaults --connect-timeout=2 --host="$1" --port="$2" --user={user} \\
        --skip-column-names --batch --execute "SHOW STATUS LIKE 'wsrep_ready'"
}}
ready "$3" "$4" | grep -q ON
"""
CHECK_USER = "haproxy_check"


class HaProxy(Managed):
    """Runs `haproxy` with sections that are added before it starts.

    Checks of databases are a second process: a program that forks while it passes connections on
    closes some of these (docs/databases.md).
    """

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="haproxy-"))
        check = self.directory / "check"
        check.write_text(CHECK.format(client=binary("mariadb"), user=CHECK_USER), "utf-8")
        check.chmod(0o755)
        self._passes = _Process(self.directory / "passes", CONFIG)
        self._checks = _Process(self.directory / "checks", CHECKS, check=check)

    def api(self, servers: Mapping[str, tuple[str, int]], health: Mapping[str, int]) -> int:
        """Stand before APIs, with the ports of their health; the port where clients find them.

        Where none is ready, those that listen say themselves what is away.
        """
        port = free_port()
        self._passes.add(API, name="api", host=HOST, port=port)
        for name, (host, own) in servers.items():
            self._passes.add(f"    server {name} {host}:{own} check port {health[name]}\n")
        for name, (host, own) in servers.items():
            self._passes.add(f"    server {name}-unready {host}:{own} backup no-check\n")
        return port

    def prefixed(self, prefix: str, server: tuple[str, int]) -> int:
        """Stand before an API whose paths begin with a prefix here; the port."""
        port = free_port()
        self._passes.add(
            PREFIXED, name="prefixed", host=HOST, port=port, prefix=prefix, server=server
        )
        return port

    def galera(self, servers: Mapping[str, tuple[str, int]], *, balance: str = "leastconn") -> int:
        """Stand before nodes of a Galera cluster, which know the user `CHECK_USER`."""
        port = free_port()
        self._passes.add(GALERA, name="galera", host=HOST, port=port, balance=balance)
        for name, (host, own) in servers.items():
            told = free_port()
            self._checks.add(CHECKED, name=name, host=host, port=own, at=HOST, told=told)
            self._passes.add(f"    server {name} {host}:{own} port {told}\n")
        return port

    def start(self) -> None:
        """Start, and wait until it listens."""
        self._checks.start()
        self._passes.start()

    def close(self) -> None:
        """End it."""
        self._passes.close()
        self._checks.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def log(self) -> str:
        """What it has said."""
        return self._checks.log() + self._passes.log()


class _Process:
    """One `haproxy` and its configuration."""

    def __init__(self, folder: Path, head: str, **values: object) -> None:
        folder.mkdir()
        self._folder = folder
        self._config = folder / "haproxy.cfg"
        self._sections = [head.format(folder=folder, **values)]
        command = [binary("haproxy"), "-db", "-f", str(self._config)]
        self._program = Program(command, folder / "log", {})
        self.log = self._program.log
        self.close = self._program.kill

    def add(self, section: str, **values: object) -> None:
        """Configure more."""
        self._sections.append(section.format(**values))

    def start(self) -> None:
        """Start, and wait until it listens."""
        self._config.write_text("".join(self._sections), "utf-8")
        subprocess.run(
            [binary("haproxy"), "-c", "-q", "-f", str(self._config)], check=True, timeout=10
        )
        self._program.start("")
        deadline = time.monotonic() + 10
        # It says nothing when it is ready; the socket for its statistics is bound with the others.
        while not (self._folder / "stats").exists():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.01)
