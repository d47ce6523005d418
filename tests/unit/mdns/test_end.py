# SPDX-License-Identifier: Apache-2.0
"""How the server ends while clients come and are served."""

import socket
import threading
import time

import dns.message
import pytest

from designate.storage.unit_of_work import Store
from tests.unit.mdns.serving import serving
from tests.unit.mdns.test_server import LONG, PATIENCE, SOA, connect, frame, is_closed, store, until
from tests.unit.mdns.zone_rows import ZoneRows

__all__ = ["store"]


def test_what_is_under_way_is_finished_when_the_server_stops(store: Store) -> None:
    """Idle connections end at once, transfers arrive whole, and the port is free again."""
    ZoneRows(store, "large.org.").create().fill(1500, "TXT", LONG)
    with serving(store, tcp_recv_timeout=60.0) as server:
        address = server.addresses[0]
        with connect(address) as idle, connect(address) as one, connect(address) as other:
            for busy in (one, other):
                busy.sendall(frame(dns.message.make_query("large.org.", "AXFR")))
                assert busy.recv(1)
            stopping = threading.Thread(target=server.stop)
            stopping.start()
            assert is_closed(idle)
            for busy in (one, other):
                received = 0
                while piece := busy.recv(1 << 16):
                    received += len(piece)
                assert received > 1500 * 40 * 250
            stopping.join(PATIENCE)
        assert not stopping.is_alive()
        with pytest.raises(OSError, match="refused"):
            connect(address)


def test_those_that_were_told_a_serial_still_come_when_it_stops(store: Store) -> None:
    """Nobody is told another; once they have come the port is free."""
    with serving(store, writes_here=False) as server:
        address = server.addresses[0]
        connect(address).close()
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(address)
            until(lambda: refuses(asking))
        for _ in range(8):
            with connect(address) as late:
                late.sendall(frame(SOA))
                assert late.recv(2)
            # Less than QUIET each, and more than that together.
            time.sleep(0.3)
        stopping.join(PATIENCE)
        assert not stopping.is_alive()
        with pytest.raises(OSError, match="refused"):
            connect(address)


def refuses(asking: socket.socket) -> bool:
    """Whether nobody listens to datagrams there."""
    try:
        # It hears of the one before.
        asking.send(SOA.to_wire())
    except ConnectionRefusedError:
        return True
    return False
