# SPDX-License-Identifier: Apache-2.0
"""A Redis of the test's own, which keeps nothing; and two of them that a sentinel watches."""

from pathlib import Path

from tests.servers.bind9 import HOST, binary, free_port
from tests.servers.program import Program

PASSWORD = "hush-of-redis"  # noqa: S105 - of a server that lives as long as a test
SENTINEL_PASSWORD = "hush-of-sentinel"  # noqa: S105 - the same
MASTER = "designate"
SENTINEL = f"""\
bind {HOST}
port {{port}}
dir {{folder}}
requirepass {SENTINEL_PASSWORD}
sentinel monitor {MASTER} {HOST} {{master}} 1
sentinel auth-pass {MASTER} {PASSWORD}
sentinel down-after-milliseconds {MASTER} 1000
sentinel failover-timeout {MASTER} 5000
"""


class Redis:
    """Listens on a port that it keeps over stop and start; `options` are of redis-server."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self._starts = 0
        keeps_nothing = ("--save", "", "--appendonly", "no", "--dir", str(folder))
        at = ("--bind", HOST, "--port", str(self.port))
        command = (binary("redis-server"), *at, *keeps_nothing, *options)
        self._program = Program(command, folder / f"redis-{self.port}.log", {})

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        self._starts += 1
        self._program.start("Ready to accept connections", self._starts)

    def stop(self) -> None:
        """End it at once; harmless when it does not run."""
        self._program.kill()


class WatchedRedis:
    """A master, its replica, and a sentinel that puts the replica in its place; with passwords.

    `url` is written as deployment tools do: it names sentinels, the last of which is not there.
    """

    def __init__(self, folder: Path) -> None:
        secret = ("--requirepass", PASSWORD, "--masterauth", PASSWORD)
        self._master = Redis(folder, *secret)
        follows = ("--replicaof", f"{HOST} {self._master.port}", "--repl-diskless-sync-delay", "0")
        self._replica = Redis(folder, *secret, *follows)
        port = free_port()
        file = folder / "sentinel.conf"
        file.write_text(SENTINEL.format(port=port, folder=folder, master=self._master.port))
        command = (binary("redis-server"), str(file), "--sentinel")
        self._sentinel = Program(command, folder / "sentinel.log", {})
        self.url = (
            f"redis://:{PASSWORD}@{HOST}:{port}?sentinel={MASTER}"
            f"&sentinel_fallback={HOST}:{free_port()}&sentinel_password={SENTINEL_PASSWORD}&db=0"
            "&socket_timeout=60&retry_on_timeout=yes"
        )

    def start(self) -> None:
        """Start all that does not run, and wait until the sentinel knows the replica."""
        self._master.start()
        if not self._sentinel.runs:
            self._replica.start()
            self._sentinel.start("+slave ")

    def lose_the_master(self) -> None:
        """End the first master at once, and wait until the other is master."""
        self._master.stop()
        self._sentinel.await_word("+switch-master")

    def stop(self) -> None:
        """End everything at once."""
        self._sentinel.kill()
        self._replica.stop()
        self._master.stop()
