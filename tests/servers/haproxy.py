# SPDX-License-Identifier: Apache-2.0
"""An HAProxy of the test's own, configured as docs/load-balancing.md says."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.servers.bind9 import HOST, binary, free_port
from tests.servers.managed import Managed
from tests.servers.program import Program

CONFIG = """\
global
    stats socket {folder}/stats mode 600 level admin
    external-check
    insecure-fork-wanted
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
GALERA = """\
listen {name}
    bind {host}:{port}
    mode tcp
    balance {balance}
    option external-check
    external-check path "/usr/bin:/bin"
    external-check command {check}
    option redispatch 1
    default-server check inter 2s fall 2 rise 1 on-marked-down shutdown-sessions
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
    """Runs `haproxy` with sections that are added before it starts."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="haproxy-"))
        self._config = self.directory / "haproxy.cfg"
        self._sections = [CONFIG.format(folder=self.directory)]
        self._program = Program(
            [binary("haproxy"), "-db", "-f", str(self._config)], self.directory / "log", {}
        )
        self._check = self.directory / "check"
        self._check.write_text(CHECK.format(client=binary("mariadb"), user=CHECK_USER), "utf-8")
        self._check.chmod(0o755)

    def api(self, servers: Mapping[str, tuple[str, int]], health: Mapping[str, int]) -> int:
        """Stand before APIs, with the ports of their health; the port where clients find them.

        Where none is ready, those that listen say themselves what is away.
        """
        port = self._listen(API, "api", {})
        for name, (host, own) in servers.items():
            self._sections.append(f"    server {name} {host}:{own} check port {health[name]}\n")
        for name, (host, own) in servers.items():
            self._sections.append(f"    server {name}-unready {host}:{own} backup no-check\n")
        return port

    def galera(self, servers: Mapping[str, tuple[str, int]], *, balance: str = "leastconn") -> int:
        """Stand before nodes of a Galera cluster, which know the user `CHECK_USER`."""
        return self._listen(GALERA, "galera", servers, check=str(self._check), balance=balance)

    def start(self) -> None:
        """Start, and wait until it listens."""
        self._config.write_text("".join(self._sections), "utf-8")
        subprocess.run(
            [binary("haproxy"), "-c", "-q", "-f", str(self._config)], check=True, timeout=10
        )
        self._program.start("")
        deadline = time.monotonic() + 10
        while not (self.directory / "stats").exists():
            assert time.monotonic() < deadline, self._program.log()
            time.sleep(0.01)

    def close(self) -> None:
        """End it."""
        self._program.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def log(self) -> str:
        """What it has said."""
        return self._program.log()

    def _listen(
        self, template: str, name: str, servers: Mapping[str, tuple[str, int]], **values: str
    ) -> int:
        port = free_port()
        self._sections.append(template.format(name=name, host=HOST, port=port, **values))
        self._sections += _servers(servers)
        return port


def _servers(servers: Mapping[str, tuple[str, int]]) -> Iterable[str]:
    for name, (host, port) in servers.items():
        yield f"    server {name} {host}:{port}\n"
