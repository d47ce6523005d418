# SPDX-License-Identifier: Apache-2.0
"""`designate-worker`: brings zones onto the name servers of their pools, and watches them."""

import sys
from collections.abc import Sequence

from designate.backends import plugins
from designate.cmd import members as members_root
from designate.cmd import service
from designate.cmd.service import Process, Program
from designate.contracts.worker import Worker
from designate.worker.claims import Part
from designate.worker.service import Place, WorkerService

SERVICES = ("worker",)
"""What a process reports itself as."""


def main(argv: Sequence[str] | None = None) -> int:
    """Work with `[service:worker] workers` processes; leases decide who takes what."""
    return service.main(PROGRAM, argv)


def start(process: Process) -> str:
    """Work on what is due; hear from others what that is."""
    settings = process.settings
    store = process.open_store()
    bus = process.open_bus()
    members = members_root.build(store, settings, "worker", alone=False)
    members.start()
    process.stack.callback(members.stop)
    worker = WorkerService(
        store,
        settings.worker,
        backends=plugins.installed(settings.default.root_helper),
        place=Place(Part(members), settings.default.availability_zone),
        registry=process.registry,
    )
    store.subscribe(worker.wake)
    worker.start()
    process.stack.callback(worker.stop)
    process.health.turns("worker", worker.trouble)
    bus.tell_commits(store, workers=False)
    bus.serve(Worker, worker, settings.worker.topic)
    process.report(SERVICES, store)
    return "Working on zones"


PROGRAM = Program(
    name="designate-worker",
    about=__doc__,
    section=lambda settings: settings.worker,
    services=lambda _: SERVICES,
    start=start,
)

if __name__ == "__main__":
    sys.exit(main())
