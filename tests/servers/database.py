# SPDX-License-Identifier: Apache-2.0
"""What private database servers have in common: a folder, a port, a start and several ends."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.servers.bind9 import HOST, free_port
from tests.servers.managed import Managed

USER = "designate"
STARTING = 60.0
STOPPING = 60.0
DYING = 10.0


class DatabaseServer(Managed, ABC):
    """A server with a new data directory, in a folder below /tmp that short socket paths need.

    It is fast and may forget the last commits when it is killed; with `durable` it waits for the
    disk at each commit as in production. `options` are more of the server's own, and win. It comes
    up by `start`, or as a context, which also removes the folder in the end.
    """

    def __init__(self, *, durable: bool = False, options: Sequence[str] = ()) -> None:
        self.host = HOST
        self.port = free_port()
        self.user = USER
        self.password = secrets.token_hex(12)
        self.account = self._choose_account()
        self.directory = Path(tempfile.mkdtemp(prefix=f"{type(self).__name__.lower()}-"))
        self.data = self.directory / "data"
        self.durable = durable
        self.options = tuple(options)
        self.log_file = self.directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        if self.account is not None:
            shutil.chown(self.directory, self.account)

    @property
    def pid(self) -> int:
        """The server's process while it runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, on the same data and port as before, and wait until it answers."""
        if new := not self.data.exists():
            self._initialise()
        offset = len(self.log())
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=self._environment(),
                user=self.account,
                extra_groups=[] if self.account else None,
            )
        deadline = time.monotonic() + STARTING
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{type(self).__name__} did not start:\n{self.log()[offset:]}")
            time.sleep(0.02)
        if new:
            self._create_user()

    def stop(self) -> None:
        """End it as an operator does, and wait; harmless when it does not run."""
        process = self._process
        if process is None:
            return
        process.send_signal(self._stop_signal())
        try:
            process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"did not stop:\n{self.log()[-9000:]}") from None
        self._process = None

    def kill(self) -> None:
        """End it with all its processes at once, as a crash does."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGSTOP)  # no new children while they are counted
        children = _children(process.pid)
        for pid in (process.pid, *children):
            _send_kill(pid)
        process.wait()
        deadline = time.monotonic() + DYING
        while any(_lives(pid) for pid in children):
            if time.monotonic() > deadline:
                raise RuntimeError(f"processes survive SIGKILL: {children}")
            time.sleep(0.005)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it answer nothing meanwhile, while the kernel still takes what it is sent."""
        pids = (self.pid, *_children(self.pid))
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            deadline = time.monotonic() + DYING
            while any(_goes_on(pid) for pid in pids):
                assert time.monotonic() < deadline, f"SIGSTOP does not stop them: {pids}"
                time.sleep(0.001)  # only of a child would the kernel tell that it has stopped
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        """End it and remove all that it kept."""
        try:
            self.kill()
        finally:
            shutil.rmtree(self.directory)

    def log(self) -> str:
        """All that it has printed, over its restarts."""
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    @abstractmethod
    def url(self, database: str) -> str:
        """The URL of a database, over TCP, with the password of the user that owns it."""

    @abstractmethod
    def create(self, database: str) -> str:
        """Make an empty database that the user owns, and return its URL."""

    @abstractmethod
    def drop(self, database: str) -> None:
        """Remove a database; nobody may use it."""

    @abstractmethod
    def admin_url(self) -> URL:
        """Of a user who may do everything, over the socket."""

    def execute(self, *statements: str) -> None:
        """Run statements as the administrator, each by itself."""
        engine = self._admin()
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def _admin(self) -> Engine:
        return create_engine(self.admin_url(), poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except DBAPIError:
            return False
        return True

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.directory,
            env=self._environment(),
            user=self.account,
            extra_groups=[] if self.account else None,
            timeout=STARTING,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout.decode('utf-8', 'replace')}")

    def _environment(self) -> Mapping[str, str]:
        return {"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin", "LC_ALL": "C"}

    def _choose_account(self) -> str | None:
        """The account to run as where that is not ours."""
        return None

    def _stop_signal(self) -> signal.Signals:
        return signal.SIGTERM

    @abstractmethod
    def _initialise(self) -> None:
        """Make the data directory."""

    @abstractmethod
    def _command(self) -> list[str]:
        """The server in the foreground."""

    @abstractmethod
    def _create_user(self) -> None:
        """Make the user that services connect as."""


def is_root() -> bool:
    """Whether this process may become anybody."""
    return os.geteuid() == 0


def has_account(name: str) -> bool:
    """Whether the system knows an account."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _goes_on(pid: int) -> bool:
    """Whether a thread has not stopped yet: a signal takes its time (proc(5): the state)."""
    try:
        return any(_state(stat) != "T" for stat in Path(f"/proc/{pid}/task").glob("*/stat"))
    except OSError:
        return True  # one has just ended: the others are looked at once more


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    found: list[int] = []
    for task in tasks.iterdir() if tasks.exists() else ():
        for child in (task / "children").read_text("ascii").split():
            found += [int(child), *_children(int(child))]
    return found


def _send_kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _lives(pid: int) -> bool:
    try:
        return _state(Path(f"/proc/{pid}/stat")) != "Z"
    except OSError:
        return False


def _state(stat: Path) -> str:
    return stat.read_text("ascii", "replace").rpartition(")")[2].split()[0]
