# SPDX-License-Identifier: Apache-2.0
"""One of our programs, with a configuration of its own and lines of its own to what it needs."""

import os
import signal
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.servers.link import Link
from tests.servers.program import Program
from tests.servers.relay import Relay

Options = Mapping[str, Mapping[str, object]]
"""Values by section and name."""
READY = {
    "api": "Serving http",
    "central": "Serving the rules",
    "mdns": "Answering at",
    "producer": "Running periodic",
    "worker": "Working on",
}
"""What each logs once it does its work."""
STARTING = 90.0
"""Seconds to start, beside all else under load."""


class Service:
    """`designate-KIND`; what it reaches through `links` can be taken from it.

    `doors` are how others reach it: they refuse while it does not run.
    """

    def __init__(
        self,
        folder: Path,
        kind: str,
        number: int,
        options: Options,
        links: Iterable[Link],
        doors: Iterable[Relay] = (),
    ) -> None:
        folder.mkdir(parents=True)
        self.kind = kind
        self.name = f"{kind}{number}"
        self.links = list(links)
        self._doors = list(doors)
        self._starts = 0
        conf = folder / "designate.conf"
        conf.write_text(_text(options), "utf-8")
        program = str(Path(sys.executable).parent / f"designate-{kind}")
        self._program = Program(
            [program, "--config-file", str(conf)],
            folder / "log",
            {"PYTHONFAULTHANDLER": "1", "HOME": str(folder)},
            starting=STARTING,
        )

    @property
    def pid(self) -> int:
        """The process while it runs."""
        return self._program.pid

    def start(self) -> None:
        """Start, and wait until it does its work."""
        self._starts = self._program.log().count(READY[self.kind]) + 1
        self._program.start(READY[self.kind], self._starts)
        for door in self._doors:
            door.start()

    def stop(self) -> int:
        """Tell it to end, and wait; its exit status."""
        self._program.terminate()
        status = self._program.wait()
        self._shut()
        return status

    def kill(self) -> None:
        """End it at once; harmless when it does not run."""
        self._program.kill()
        self._shut()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def silence(self) -> None:
        """Let it reach nothing any more, without telling it."""
        for link in self.links:
            link.silence()

    def heal(self) -> None:
        """Let it reach everything again."""
        for link in self.links:
            link.heal()

    def close(self) -> None:
        """End it for good."""
        self.kill()
        for link in self.links:
            link.close()

    def log(self) -> str:
        """All that it has logged."""
        return self._program.log()

    def _shut(self) -> None:
        for door in self._doors:
            door.close()


def _text(options: Options) -> str:
    lines = []
    for section, values in options.items():
        lines += [f"[{section}]", *(f"{name} = {value}" for name, value in values.items())]
    return "\n".join(lines) + "\n"
