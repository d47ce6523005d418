# SPDX-License-Identifier: Apache-2.0
"""Everything that `designate up` runs, under writes without end whose content does not grow.

    python -m tests.system.endurance FOLDER WRITES

prints a line of JSON at each tenth of the writes: how many were made, the seconds since the first,
and once all is quiet the resident memory and the number of Python's blocks in it. Writers call
central in the process itself: HTTP would take most of the time, and has tests of its own.
"""

import gc
import json
import random
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dns.message

from designate.cmd.embedded import Embedded, Options
from designate.conf.addresses import Endpoint
from designate.contracts.central import Central
from designate.model.context import Context
from designate.model.listing import Query
from designate.model.recordsets import NewRecordSet, RecordSetChange
from designate.model.zones import NewZone
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

ME = Context(
    request_id="req-00000000-0000-0000-0000-000000000000",
    project_id="p",
    user_id="u",
    roles=("admin", "member", "reader"),
)


class Writer:
    """Creates, changes and deletes recordsets of its own zones, and reads now and then."""

    def __init__(self, central: Central, dns_address: tuple[str, int], number: int) -> None:
        self._central = central
        self._random = random.Random(number)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(dns_address)
        self._socket.settimeout(5.0)
        names = [f"z{number}-{zone}.example." for zone in range(ZONES)]
        made = [central.zones.create(ME, NewZone(name=name, email="a@b")) for name in names]
        self._zones = [(zone.id, zone.name, dict[str, str]()) for zone in made]

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
        self._socket.close()

    def _write(self) -> None:
        zone_id, zone, known = self._random.choice(self._zones)
        name = f"n{self._random.randrange(NAMES)}.{zone}"
        address = f"192.0.2.{self._random.randrange(256)}"
        recordsets = self._central.recordsets
        if name not in known:
            new = NewRecordSet(name=name, type="A", records=[address])
            known[name] = recordsets.create(ME, zone_id, new).id
        elif self._random.random() < 0.5:
            recordsets.delete(ME, zone_id, known.pop(name))
        else:
            recordsets.update(ME, zone_id, known[name], RecordSetChange(records=[address], ttl=60))

    def _read(self) -> None:
        zone_id, zone, _ = self._random.choice(self._zones)
        self._central.recordsets.find(ME, zone_id, Query(limit=20))
        self._ask(f"n{self._random.randrange(NAMES)}.{zone}")

    def _ask(self, name: str) -> None:
        self._socket.send(dns.message.make_query(name, "A").to_wire())
        self._socket.recv(4096)


def resident() -> int:
    """Bytes of memory of this process that are its own and in use."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("Linux does not tell")


def settle(central: Central) -> None:
    """Until every zone is ACTIVE."""
    deadline = time.monotonic() + QUIET
    while central.zones.find(ME, Query(limit=1, filters={"status": "PENDING"})).items:
        if time.monotonic() > deadline:
            raise RuntimeError("zones are still PENDING")
        time.sleep(0.05)
    gc.collect()


def main(folder: str, writes: int) -> None:
    """Write, and print."""
    memory.share_arenas()
    port = free_port()
    listen = Endpoint(HOST, 0)
    embedded = Embedded(
        Options(state_dir=Path(folder), api_listen=Endpoint(HOST, port), dns_listen=[listen])
    )
    embedded.start()
    try:
        central = embedded.central
        assert central is not None
        began = time.monotonic()
        writers = [Writer(central, embedded.dns_addresses[0], at) for at in range(WRITERS)]
        for writer in writers:
            writer.ask_all()
        each = writes // 10 // WRITERS
        for tenth in range(1, 11):
            with ThreadPoolExecutor(WRITERS) as pool:
                list(pool.map(lambda writer: writer.make(each), writers))
            settle(central)
            seconds = time.monotonic() - began
            done = tenth * each * WRITERS
            seen = {"writes": done, "seconds": seconds, "bytes": resident()}
            print(json.dumps(seen | {"blocks": sys.getallocatedblocks()}), flush=True)
        for writer in writers:
            writer.close()
    finally:
        embedded.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
