# SPDX-License-Identifier: Apache-2.0
"""A RabbitMQ of the test's own, of one node or several, on loopback and ports of its own."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import permutations
from pathlib import Path

from tests.servers.bind9 import HOST, free_port
from tests.servers.epmd import Epmd
from tests.servers.link import Link
from tests.servers.managed import Managed
from tests.servers.program import Program

BIN = Path("/usr/lib/rabbitmq/bin")
"""The distribution's programs in PATH insist on its own user and folders."""
READY = "completed with"
ASKING = 60.0
STARTING = 300.0
"""Seconds to start: six alone, a hundred beside a cluster under load without priority."""
PRIORITY = -10
CONFIGURATION = """\
loopback_users = none
default_user = designate
default_pass = {password}
listeners.tcp.1 = {host}:{port}
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
log.file = false
log.console = true
log.console.level = info
cluster_partition_handling = {partitions}
{lines}
"""
ADVANCED = """\
[{{kernel, [{{inet_dist_use_interface, {{127,0,0,1}}}}, {{net_ticktime, {ticks}}}]}}].
"""
TICKS = 60
"""Seconds after which the others give up a node that hangs, by default."""


class RabbitMq(Managed):
    """One node; the nodes of a cluster share the cookie, and each has a port mapper of its own."""

    def __init__(
        self,
        *,
        number: int = 1,
        cookie: str | None = None,
        password: str | None = None,
        ticks: int = TICKS,
        lines: Sequence[str] = (),
    ) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="rabbitmq-"))
        self.port = free_port()
        self.password = password or secrets.token_hex(8)
        self.cookie = cookie or secrets.token_hex(16)
        self.name = f"rabbit{number}"
        self.node = f"{self.name}@localhost"
        self.port_of_peers = free_port()
        self.epmd = Epmd(self.directory / "epmd.log")
        (self.directory / ".erlang.cookie").write_text(self.cookie, "ascii")
        (self.directory / ".erlang.cookie").chmod(0o400)
        configuration = CONFIGURATION.format(
            password=self.password,
            host=HOST,
            port=self.port,
            partitions="pause_minority" if cookie else "ignore",
            lines="\n".join(lines),
        )
        (self.directory / "rabbitmq.conf").write_text(configuration, "utf-8")
        (self.directory / "advanced.config").write_text(ADVANCED.format(ticks=ticks), "ascii")
        (self.directory / "enabled_plugins").write_text("[].", "ascii")
        command = (str(BIN / "rabbitmq-server"),)
        self._environment = self._own_environment()
        self._program = Program(
            command, self.directory / "console.log", self._environment, starting=STARTING
        )

    @property
    def pid(self) -> int:
        """The process while it runs."""
        return self._program.pid

    @property
    def url(self) -> str:
        """Its `transport_url`."""
        return f"rabbit://designate:{self.password}@{HOST}:{self.port}/"

    def start(self) -> None:
        """Start and wait until it serves."""
        self.epmd.start()
        begun = self.begun
        self._program.begin()
        with suppress(PermissionError):
            # As on a machine of its own, where tests may do so.
            os.setpriority(os.PRIO_PROCESS, self.pid, PRIORITY)
        self.await_begin(begun)

    @property
    def begun(self) -> int:
        """How often it has begun to serve, also after `start_app` or a pause."""
        return self.log().count(READY)

    def await_begin(self, before: int) -> None:
        """Wait until it has begun to serve once more than before."""
        self._program.await_word(READY, before + 1)

    def stop(self) -> None:
        """End it in good order; what is durable stays."""
        self._program.terminate()
        self._program.wait()

    def kill(self) -> None:
        """End it at once; harmless when it does not run."""
        self._program.kill()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Within, it does not run but keeps its connections, like a machine that hangs."""
        pid = self._program.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        """End it for good."""
        self.kill()
        self.epmd.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def ask(self, *command: str) -> str:
        """What `rabbitmqctl` says."""
        done = subprocess.run(
            [str(BIN / "rabbitmqctl"), "--quiet", "--node", self.node, *command],
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
            timeout=ASKING,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"rabbitmqctl {' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def log(self) -> str:
        """All that it has printed."""
        return self._program.log()

    def _own_environment(self) -> Mapping[str, str]:
        home = str(self.directory)
        return {
            "HOME": home,
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{home}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/enabled_plugins",
            "RABBITMQ_CONF_ENV_FILE": f"{home}/none",
            "RABBITMQ_MNESIA_BASE": f"{home}/mnesia",
            "RABBITMQ_LOG_BASE": home,
            # Its script becomes the server then, rather than the server's parent.
            "RUNNING_UNDER_SYSTEMD": "yes",
            "RABBITMQ_DIST_PORT": str(self.port_of_peers),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
            "ERL_EPMD_PORT": str(self.epmd.port),
            "ERL_EPMD_ADDRESS": HOST,
        }


class Cluster(Managed):
    """Several nodes of one cluster, each with all of what is replicated.

    One that hangs for longer than `ticks` seconds is given up by the others, and may not know of it
    when it goes on: RabbitMQ 3.10 then serves clients without what was declared meanwhile.
    """

    def __init__(self, size: int = 3, *, ticks: int = TICKS) -> None:
        cookie, password = secrets.token_hex(16), secrets.token_hex(8)
        self.nodes = [
            RabbitMq(number=number, cookie=cookie, password=password, ticks=ticks)
            for number in range(1, size + 1)
        ]
        self._lines: dict[tuple[str, str], Link] = {}
        self._begun = 0

    def start(self) -> None:
        """Start the nodes, and have them join."""
        for node, peer in permutations(self.nodes, 2):
            line = Link((HOST, peer.port_of_peers))
            self._lines[node.name, peer.name] = line
            node.epmd.start()
            node.epmd.register(peer.name, line.port)
        for node in self.nodes:
            node.start()
        for node in self.nodes[1:]:
            node.ask("stop_app")
            node.ask("join_cluster", self.nodes[0].node)
            node.ask("start_app")

    @property
    def url(self) -> str:
        """The `transport_url` with all nodes."""
        hosts = (f"designate:{node.password}@{HOST}:{node.port}" for node in self.nodes)
        return f"rabbit://{','.join(hosts)}/"

    def isolate(self, node: RabbitMq) -> None:
        """Part a node from the others, which it and they are told; it pauses until `rejoin`."""
        self._begun = node.begun
        lines = self._lines_of(node)
        # All at once: whoever is still seen by one that is not parted makes that one pause too.
        for line in lines:
            line.silence()
        for line in lines:
            line.cut()

    def rejoin(self, node: RabbitMq) -> None:
        """Let a node reach the others again, and wait until it serves."""
        for line in self._lines_of(node):
            line.heal()
        node.await_begin(self._begun)

    def close(self) -> None:
        """End all nodes."""
        for node in self.nodes:
            node.close()
        for line in self._lines.values():
            line.close()

    def _lines_of(self, node: RabbitMq) -> list[Link]:
        return [line for ends, line in self._lines.items() if node.name in ends]
