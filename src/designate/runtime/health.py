# SPDX-License-Identifier: Apache-2.0
"""Whether a process is well: do its loops turn, and does it reach what it needs?"""

import logging
import threading
import time
from collections.abc import Callable

LOG = logging.getLogger(__name__)

Check = Callable[[], str | None]
"""None when all is well, else what is not, in a few words without secrets."""
Report = dict[str, str]
"""What was checked, and how it is: `OK` or what is wrong."""

OK = "ok"
PATIENCE = 3.0
"""Seconds that a check is waited for."""
FRESH = 1.0
"""Seconds for which a check's result is told again."""


class Health:
    """The checks of a process, asked when somebody wants to know.

    `live` is for who restarts a process that hangs, `ready` for who sends it work: a database that
    is away makes it not ready, and no restart would help.
    """

    def __init__(self) -> None:
        self._loops: dict[str, _Probe] = {}
        self._needs: dict[str, _Probe] = {}
        self._phase: str | None = "starting"

    def turns(self, name: str, check: Check) -> None:
        """Have a loop checked."""
        self._loops[name] = _Probe(check)

    def needs(self, name: str, check: Check) -> None:
        """Have something checked that others provide."""
        self._needs[name] = _Probe(check)

    def begun(self) -> None:
        """The process takes work from here on."""
        self._phase = None

    def stopping(self) -> None:
        """The process takes no more work from here on."""
        self._phase = "stopping"

    def live(self) -> Report:
        """How its loops are."""
        return {"process": OK, **_asked(self._loops)}

    def ready(self) -> Report:
        """How its loops are, and what it needs."""
        return {"process": self._phase or OK, **_asked({**self._loops, **self._needs})}

    @property
    def is_live(self) -> bool:
        """Whether its loops turn."""
        return is_well(self.live())


def is_well(report: Report) -> bool:
    """Whether nothing is wrong."""
    return all(said == OK for said in report.values())


def _asked(probes: "dict[str, _Probe]") -> Report:
    deadline = time.monotonic() + PATIENCE
    for probe in probes.values():
        probe.begin()
    return {name: probe.result(deadline) for name, probe in probes.items()}


class _Probe:
    """A check that runs in a thread of its own, once at a time, however long it takes."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._done.set()
        self._result = ""
        self._until = 0.0

    def begin(self) -> None:
        """Run it, unless it runs or its result is fresh."""
        with self._lock:
            if not self._done.is_set() or time.monotonic() < self._until:
                return
            self._done.clear()
        threading.Thread(target=self._run, name="health", daemon=True).start()

    def result(self, deadline: float) -> str:
        """What came of it, by that monotonic time."""
        if not self._done.wait(max(deadline - time.monotonic(), 0.0)):
            return f"no answer in {PATIENCE:.0f} s"
        return self._result

    def _run(self) -> None:
        try:
            self._result = self._check() or OK
        except Exception as error:  # noqa: BLE001 - the edge of the thread; whoever asks is told
            LOG.warning("A check of this process failed: %s", error)
            self._result = "failed"
        self._until = time.monotonic() + FRESH
        self._done.set()
