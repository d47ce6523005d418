# SPDX-License-Identifier: Apache-2.0
"""Asks every name server for serials during a run: none may ever go back."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence

from tests.system.truth import Address, soa_serial

SOON = 0.3
PAUSE = 0.02


class Watch:
    """Asks `servers` for the serials of zones, until the end."""

    def __init__(self, servers: Mapping[str, Address], names: Callable[[], Sequence[str]]) -> None:
        self._servers = servers
        self._names = names
        self._last: dict[tuple[str, str], int] = {}
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(server,), daemon=True) for server in servers
        ]
        self.answers = dict.fromkeys(servers, 0)
        self.wrong: list[str] = []

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _run(self, server: str) -> None:
        while not self._stopping.wait(PAUSE):
            name = random.choice(self._names())
            serial = soa_serial(self._servers[server], name, within=SOON)
            if serial is None:
                continue
            self.answers[server] += 1
            last = self._last.get((server, name), 0)
            if serial < last:
                self.wrong.append(f"{server}: {name} has serial {serial} after {last}")
            self._last[server, name] = serial
