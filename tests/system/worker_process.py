# SPDX-License-Identifier: Apache-2.0
"""A worker as a process of its own: `python -m tests.system.worker_process OPTIONS`.

It drives a server that is a folder: a zone that it has is a file there. While a file HOLD exists,
calls that have begun do not end. Leases are as short as it is told, so that tests need not wait.
"""

import argparse
import json
import logging
import signal
import sys
import threading
import time
from pathlib import Path

from prometheus_client import CollectorRegistry

from designate import conf
from designate.backends.base import ZoneRef
from designate.backends.bind9 import Bind9
from designate.backends.embedded import Embedded
from designate.model.pools import Target
from designate.runtime import partitions
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from designate.worker import leases, ledger
from designate.worker.service import Place, WorkerService

LOOK = 0.0005


class Folder:
    """A backend whose server is a folder; each call leaves a line in its log."""

    needs_notify = True
    manages_zones = True

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    def timeout(self, target: Target) -> float:
        """Short, beside any lease."""
        return 0.2

    def create_zone(self, zone: ZoneRef, target: Target) -> None:
        """See the protocol; the zone is there at the end of the call."""
        self._log(f"begins {zone.name}")
        while (self._folder / f"hold-{self._name}").exists():
            time.sleep(LOOK)
        (self._folder / "served" / zone.id).touch()
        self._log(f"created {zone.name}")

    def delete_zone(self, zone: ZoneRef, target: Target, *, hard: bool) -> None:
        """See the protocol."""
        (self._folder / "served" / zone.id).unlink(missing_ok=True)
        self._log(f"deleted {zone.name}")

    def probe(self, target: Target) -> None:
        """It is always there."""

    def _log(self, text: str) -> None:
        with (self._folder / "log").open("a", encoding="utf-8") as log:
            log.write(f"{self._name} {text}\n")


class Part:
    """A fixed share of the work."""

    def __init__(self, number: int, parts: int) -> None:
        self._mine = partitions.part(number, parts)

    def mine(self) -> range:
        """See `worker.claims.Share`."""
        return self._mine


def main() -> int:
    """Work until SIGTERM, then print its claims, won and lost, and its CPU seconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--lease", type=float, default=ledger.LEASE)
    parser.add_argument("--part", default="0/1")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for module in (ledger, leases):
        vars(module)["LEASE"] = options.lease
    leases.LOOK = options.lease / 6
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    number, parts = map(int, options.part.split("/"))
    registry = CollectorRegistry()
    worker = WorkerService(
        Store(open_engine(options.database)),
        conf.settings(conf.load([], search=False)).worker,
        backends={
            "fake": Folder(options.folder, options.name),
            "embedded": Embedded(),
            "bind9": Bind9(),
        },
        place=Place(share=Part(number, parts)),
        registry=registry,
    )
    worker.start()
    began = time.process_time()
    print("ready", flush=True)
    ended.wait()
    worker.stop()
    found = {
        outcome: registry.get_sample_value("designate_work_claims_total", {"outcome": outcome})
        for outcome in ("won", "lost")
    }
    print(json.dumps({**found, "cpu": time.process_time() - began}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
