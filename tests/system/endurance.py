# SPDX-License-Identifier: Apache-2.0
"""`designate up` under writes without end whose content does not grow.

    python -m tests.system.endurance FOLDER WRITES

starts everything that `designate up` runs in a process of its own, writes to it over HTTP, and
prints a line of JSON at each tenth of the writes: how many were made, the seconds since the first,
and once all is quiet the resident memory of that process and the number of Python's blocks in it.
"""

import gc
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import dns.message

from designate.cmd.embedded import Embedded, Options
from designate.cmd.up import SWITCH_INTERVAL
from designate.conf.addresses import Endpoint
from designate.runtime import memory
from tests.servers.bind9 import HOST, free_port

WRITERS = 8
ZONES = 3
"""Zones of each writer."""
NAMES = 100
"""Recordsets of each zone at most."""
ASKED = 20
"""Writes for each question to the DNS server, and for each list."""
QUIET = 60.0
SERVE = "serve"
HEADERS = {"X-Auth-Project-ID": "p", "X-Roles": "member,reader", "Content-Type": "application/json"}


class Client:
    """A connection to the API that is kept."""

    def __init__(self, api: int) -> None:
        self._connection = HTTPConnection(HOST, api, timeout=QUIET)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Make a request, which must succeed, and return what it says."""
        text = None if body is None else json.dumps(body)
        self._connection.request(method, f"/v2/zones{path}", text, HEADERS)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said!r}")
        return json.loads(said) if said else None

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class Writer:
    """Creates, changes and deletes recordsets of its own zones, and reads now and then."""

    def __init__(self, api: int, dns_port: int, number: int) -> None:
        self._client = Client(api)
        self._random = random.Random(number)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect((HOST, dns_port))
        self._socket.settimeout(5.0)
        names = [f"z{number}-{zone}.example." for zone in range(ZONES)]
        made = [self._client.call("POST", "", {"name": name, "email": "a@b"}) for name in names]
        self._zones = [(zone["id"], zone["name"], dict[str, str]()) for zone in made]

    def make(self, writes: int) -> None:
        """Make so many writes."""
        for number in range(writes):
            self._write()
            if number % ASKED == 0:
                self._read()

    def ask_all(self) -> None:
        """Ask for every name once: what is remembered of it is not to count as growth."""
        for _, zone, _ in self._zones:
            for number in range(NAMES):
                self._ask(f"n{number}.{zone}")

    def close(self) -> None:
        """Ask no more."""
        self._client.close()
        self._socket.close()

    def _write(self) -> None:
        zone_id, zone, known = self._random.choice(self._zones)
        name = f"n{self._random.randrange(NAMES)}.{zone}"
        records = [f"192.0.2.{self._random.randrange(256)}"]
        recordsets = f"/{zone_id}/recordsets"
        if name not in known:
            new = {"name": name, "type": "A", "records": records}
            known[name] = self._client.call("POST", recordsets, new)["id"]
        elif self._random.random() < 0.5:
            self._client.call("DELETE", f"{recordsets}/{known.pop(name)}")
        else:
            change = {"records": records, "ttl": 60}
            self._client.call("PUT", f"{recordsets}/{known[name]}", change)

    def _read(self) -> None:
        zone_id, zone, _ = self._random.choice(self._zones)
        self._client.call("GET", f"/{zone_id}/recordsets?limit=20")
        self._ask(f"n{self._random.randrange(NAMES)}.{zone}")

    def _ask(self, name: str) -> None:
        self._socket.send(dns.message.make_query(name, "A").to_wire())
        self._socket.recv(4096)


class Server:
    """The process that is written to."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.api, self.dns = self._said()

    def weigh(self) -> dict[str, int]:
        """Its memory, once every zone is ACTIVE."""
        client = Client(self.api)
        deadline = time.monotonic() + QUIET
        while client.call("GET", "?status=PENDING&limit=1")["zones"]:
            if time.monotonic() > deadline:
                raise RuntimeError("zones are still PENDING")
            time.sleep(0.05)
        client.close()
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        resident, blocks = self._said()
        return {"bytes": resident, "blocks": blocks}

    def _said(self) -> tuple[int, int]:
        assert self._process.stdout is not None
        first, second = json.loads(self._process.stdout.readline())
        return first, second


@contextmanager
def served(folder: str) -> Iterator[Server]:
    """A process that runs `serve`."""
    command = [sys.executable, "-m", __spec__.name, SERVE, folder]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield Server(process)
        finally:
            process.communicate()


def serve(folder: str) -> None:
    """Run everything; say where, then for each line of the input how much memory is in use."""
    memory.share_arenas()
    sys.setswitchinterval(SWITCH_INTERVAL)
    api = free_port()
    listen = Endpoint(HOST, 0)
    embedded = Embedded(
        Options(state_dir=Path(folder), api_listen=Endpoint(HOST, api), dns_listen=[listen])
    )
    embedded.start()
    try:
        print(json.dumps([api, embedded.dns_addresses[0][1]]), flush=True)
        for _ in sys.stdin:
            gc.collect()
            print(json.dumps([resident(), sys.getallocatedblocks()]), flush=True)
    finally:
        embedded.stop()


def resident() -> int:
    """Bytes of memory of this process that are its own and in use."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("Linux does not tell")


def main(folder: str, writes: int) -> None:
    """Write, and print."""
    with served(folder) as server, ThreadPoolExecutor(WRITERS) as pool:
        began = time.monotonic()
        writers = [Writer(server.api, server.dns, at) for at in range(WRITERS)]
        for writer in writers:
            writer.ask_all()
        each = writes // 10 // WRITERS
        for tenth in range(1, 11):
            list(pool.map(lambda writer: writer.make(each), writers))
            seconds = round(time.monotonic() - began)
            seen = {"writes": tenth * each * WRITERS, "seconds": seconds} | server.weigh()
            print(json.dumps(seen), flush=True)
        for writer in writers:
            writer.close()


if __name__ == "__main__":
    if sys.argv[1] == SERVE:
        serve(sys.argv[2])
    else:
        main(sys.argv[1], int(sys.argv[2]))
