# SPDX-License-Identifier: Apache-2.0
"""More clients than the process may have files: those that say nothing make room."""

import resource
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from tests.unit.api.test_server import answer, serving

SILENT = 60
FEW = 20
PATIENCE = 10.0
REQUEST = b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def at_most(more: int) -> Iterator[None]:
    """The process may open so many files more."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as last:
        opened = last.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened + more, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def reset(client: socket.socket) -> None:
    """End a connection so that reading from it fails."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_a_server_ends_without_a_file_left() -> None:
    """As when it has too many clients."""
    with ExitStack() as stack:
        server = stack.enter_context(serving())
        stack.enter_context(at_most(FEW))
        with suppress(OSError):
            while True:
                stack.enter_context(socket.socket())
        server.stop()
        assert server.trouble()


def test_silent_clients_keep_nobody_out(caplog: pytest.LogCaptureFixture) -> None:
    """Those that have been silent for longest are sent away; the log says so once."""
    with ExitStack() as stack:
        # Their own ends are opened before, since they count too.
        *silent, first, second = (stack.enter_context(socket.socket()) for _ in range(SILENT + 2))
        server = stack.enter_context(serving())
        stack.enter_context(at_most(FEW))
        for client in [*silent, first]:
            client.settimeout(PATIENCE)
            client.connect(server.address)
            if client is silent[-2]:
                reset(client)
        first.sendall(REQUEST)
        assert answer(first)[2] == b"ok"
        second.settimeout(PATIENCE)
        second.connect(server.address)
        second.sendall(REQUEST)
        assert answer(second)[2] == b"ok"
    said = [record for record in caplog.records if "idle connections" in record.getMessage()]
    assert len(said) == 1
    assert not [record for record in caplog.records if record.exc_info]
