# SPDX-License-Identifier: Apache-2.0
"""How commands get to `named`: over its control channel, or by the program rndc.

The channel is spoken here directly where the target names a key file that we can read: a process
per command costs far more than the command. Options that only the program understands, a
configuration file or a path of its own, lead to the program.
"""

import itertools
import re
import secrets
import socket
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from designate.backends.base import REFUSED, UNREACHABLE, BackendError
from designate.model.pools import Target
from designate.wire import rndc

MAX_ERROR = 120
EXPIRES = 60
"""Seconds that a command is valid for, against replay."""

# What rndc says when it did not get as far as having a command carried out.
_UNREACHABLE = re.compile(
    r"connect failed|connection (?:refused|to remote host closed|reset)|timed out|unreachable"
    r"|end of file|couldn't get address|recv failed|send failed"
)


class Rndc(Protocol):
    """The commands of one call, which together end in time."""

    def run(self, *arguments: str) -> str:
        """What a command answers; raises BackendError."""


@dataclass(frozen=True, slots=True)
class RndcProgram:
    """Runs the program, one process per command."""

    argv: list[str]
    host: str
    deadline: float

    def run(self, *arguments: str) -> str:
        """See Rndc."""
        server = f"{self.host}: rndc {arguments[0]}"
        try:
            done = subprocess.run(
                [*self.argv, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=max(self.deadline - time.monotonic(), 0.0),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BackendError(UNREACHABLE, f"{server}: no answer in time") from None
        except OSError as error:
            raise BackendError(UNREACHABLE, f"{server}: {error.strerror}") from None
        if done.returncode == 0:
            return done.stdout
        said = " ".join((done.stderr or done.stdout).split()).removeprefix("rndc: ")
        code = UNREACHABLE if _UNREACHABLE.search(said) else REFUSED
        raise BackendError(code, f"{server}: {said[:MAX_ERROR]}")


@dataclass(slots=True)
class RndcChannel:
    """Speaks to the control channel over one connection, opened by the first command."""

    key: rndc.Key
    address: tuple[str, int]
    host: str
    deadline: float
    _open: ExitStack = field(default_factory=ExitStack)
    _socket: socket.socket | None = None
    _nonce: str = ""
    _serials: "itertools.count[int]" = field(
        default_factory=lambda: itertools.count(secrets.randbits(30))
    )

    def run(self, *arguments: str) -> str:
        """See Rndc."""
        server = f"{self.host}: rndc {arguments[0]}"
        try:
            connection = self._socket or self._connect()
            answer = self._exchange(connection, " ".join(arguments))
        except TimeoutError:
            raise BackendError(UNREACHABLE, f"{server}: no answer in time") from None
        except rndc.BadMessage as error:
            raise BackendError(UNREACHABLE, f"{server}: an answer that is {error}") from None
        except OSError as error:
            reason = f"connect failed: {error.strerror or error}"
            raise BackendError(UNREACHABLE, f"{server}: {reason}") from None
        if answer.get("result", "0") == "0":
            return answer.get("text", "")
        said = answer.get("err") or answer.get("text") or "failed"
        raise BackendError(REFUSED, f"{server}: {' '.join(said.split())[:MAX_ERROR]}")

    def close(self) -> None:
        """Close the connection."""
        self._open.close()

    def _connect(self) -> socket.socket:
        connection = socket.create_connection(self.address, timeout=self._left())
        self._open.enter_context(connection)
        # named answers with the nonce that later commands have to carry.
        self._exchange(connection, "null")
        self._socket = connection
        return connection

    def _exchange(self, connection: socket.socket, command: str) -> dict[str, str]:
        now = int(time.time())
        control = {"_ser": str(next(self._serials)), "_tim": str(now), "_exp": str(now + EXPIRES)}
        if self._nonce:
            control["_nonce"] = self._nonce
        connection.settimeout(self._left())
        connection.sendall(rndc.pack(self.key, control, {"type": command}))
        (length,) = rndc.PREFIX.unpack(self._receive(connection, rndc.PREFIX.size))
        if length > rndc.MAX_MESSAGE:
            raise rndc.BadMessage("too long")
        told, data = rndc.unpack(self.key, self._receive(connection, length))
        self._nonce = told.get("_nonce", self._nonce)
        return data

    def _receive(self, connection: socket.socket, number: int) -> bytes:
        received = b""
        while len(received) < number:
            connection.settimeout(self._left())
            some = connection.recv(number - len(received))
            if not some:
                raise ConnectionError(
                    "closed by the server; does it know the key, and is our clock right?"
                )
            received += some
        return received

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def channel(target: Target, deadline: float) -> RndcChannel | None:
    """A connection to the target's control channel, None where the program has to be used."""
    options = target.options
    file = options.get("rndc_key_file")
    if not file or options.get("rndc_config_file") or options.get("rndc_bin_path"):
        return None
    try:
        key = rndc.read_key(Path(file).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    if key is None:
        return None
    address = (options.get("rndc_host") or "127.0.0.1", int(options.get("rndc_port") or "953"))
    return RndcChannel(key, address, target.endpoint.host, deadline)


def program(target: Target, prefix: list[str], deadline: float) -> RndcProgram:
    """The program, told where the target is; `prefix` is put before it."""
    options = target.options
    argv = [
        *prefix,
        options.get("rndc_bin_path") or "rndc",
        *("-s", options.get("rndc_host") or "127.0.0.1"),
        *("-p", options.get("rndc_port") or "953"),
    ]
    if options.get("rndc_config_file"):
        argv += ["-c", options["rndc_config_file"]]
    if options.get("rndc_key_file"):
        argv += ["-k", options["rndc_key_file"]]
    return RndcProgram(argv, target.endpoint.host, deadline)
