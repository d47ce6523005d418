# SPDX-License-Identifier: Apache-2.0
"""What `designate up` costs when nobody asks for anything, and after many did."""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.servers.designate import Designate
from tests.system.site import eventually

OBSERVED = 10.0
"""Seconds of watching it do nothing."""


def processor(pid: int) -> float:
    """Seconds of the processor that a process has used: its CPU-time clock, which is exact."""
    return time.clock_gettime(~pid << 3 | 2)


def share(pid: int) -> float:
    """The part of one processor that a process uses, over some seconds."""
    began, before = time.monotonic(), processor(pid)
    eventually(time.monotonic, until=lambda now: now >= began + OBSERVED)
    return (processor(pid) - before) / (time.monotonic() - began)


@pytest.fixture
def connected(designate: Designate) -> Iterator[Designate]:
    """One that has served, with clients that stay connected and say nothing more."""
    zone = designate.create("/v2/zones", {"name": "idle.example.", "email": "dns@idle.example"})
    for number in range(20):
        name = f"n{number}.idle.example."
        body = {"name": name, "type": "A", "records": ["192.0.2.1"]}
        designate.create(f"/v2/zones/{zone['id']}/recordsets", body)
    designate.wait(f"/v2/zones/{zone['id']}", status="ACTIVE")
    with ExitStack() as stack:
        for _ in range(5):
            client = http.client.HTTPConnection(designate.api.removeprefix("http://"))
            stack.callback(client.close)
            client.request("GET", "/v2/zones")
            client.getresponse().read()
            stack.enter_context(socket.create_connection(designate.dns))
        yield designate


def test_nothing_to_do_costs_less_than_a_hundredth_of_a_processor(connected: Designate) -> None:
    """No loop of it spins, and none wakes often."""
    assert share(connected.pid) < 0.01
