# SPDX-License-Identifier: Apache-2.0
"""A `designate-producer` of the test's own."""

import json
import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.servers.program import Program

READY = "Running periodic tasks"
NOTIFICATION = re.compile(r"oslo\.messaging\.notification\.dns\.zone\.exists.*?(\{.*\})")
NOTHING: Mapping[str, str] = MappingProxyType({})


class Producer:
    """Works on the database at a URL; `options` are lines of the configuration."""

    def __init__(
        self, folder: Path, url: str, options: str, environment: Mapping[str, str] = NOTHING
    ) -> None:
        folder.mkdir(parents=True)
        file = folder / "designate.conf"
        # Before the sections that the options begin.
        file.write_text(f"[storage:sqlalchemy]\nconnection = {url}\n{options}\n", "utf-8")
        command = [sys.executable, "-m", "designate.cmd.producer", "--config-file", str(file)]
        self._program = Program(command, folder / "producer.log", environment)
        self._starts = 0

    def start(self) -> None:
        """Start and wait until it says that it works."""
        self._starts += 1
        self._program.start(READY, self._starts)

    def stop(self) -> None:
        """End it in good order; harmless when it does not run."""
        self._program.terminate()
        self._program.wait()

    def kill(self) -> None:
        """End it at once; harmless when it does not run."""
        self._program.kill()

    def freeze(self) -> None:
        """Let it stand still."""
        os.kill(self._program.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self._program.pid, signal.SIGCONT)

    @property
    def pid(self) -> int:
        """The process while it runs."""
        return self._program.pid

    def log(self) -> str:
        """All that it has printed."""
        return self._program.log()

    def notifications(self) -> Iterator[dict[str, Any]]:
        """What it has sent by the driver `log`: that zones exist."""
        for line in self.log().splitlines():
            if found := NOTIFICATION.search(line):
                # The last line of one that was killed may be a part of one.
                try:
                    yield json.loads(found[1])
                except ValueError:
                    continue
