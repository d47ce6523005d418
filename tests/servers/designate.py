# SPDX-License-Identifier: Apache-2.0
"""A `designate up` of the test's own, as the process that a user starts."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.servers.bind9 import HOST, free_port

STARTING = 20.0
STOPPING = 20.0
CALL = 30.0
WAITING = 30.0


class Answer(NamedTuple):
    """An HTTP answer; `json` is the parsed body where it is JSON, else its text."""

    status: int
    json: Any
    headers: Mapping[str, str]


class Designate:
    """Runs `designate up` with a state folder of its own, on ports that the system chooses.

    `environment` adds to the test's own.
    """

    environment: Mapping[str, str] = MappingProxyType({})

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.directory = directory
        self.log_file = directory / "designate.log"
        # A port that the system chooses at bind could not be bound again right after a stop.
        self.api = f"http://{HOST}:{free_port()}"
        self.dns = (HOST, 0)
        self.dns6: tuple[str, int] | None = None
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process while it runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait for its greeting; the addresses are known then."""
        self.directory.mkdir(parents=True, exist_ok=True)
        offset = len(self.log())
        command = [
            str(Path(sys.executable).parent / "designate"),
            *("up", "--state-dir", str(self.directory / "state")),
            *("--api-listen", self.api.removeprefix("http://")),
            *self._dns_arguments(),
            *self._arguments,
        ]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONFAULTHANDLER": "1", **self.environment},
            )
        deadline = time.monotonic() + STARTING
        while "Stop with Ctrl-C" not in (text := self.log()[offset:]):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"designate up did not start:\n{text}")
            time.sleep(0.02)
        self._read_greeting(text)

    def stop(self) -> int:
        """End it with SIGTERM and return its exit status; harmless when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # faulthandler writes what each thread does
            process.wait(STOPPING)
            raise RuntimeError(f"designate up did not stop:\n{self.log()[-9000:]}") from None

    def kill(self) -> None:
        """End it at once, as a crash does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def log(self) -> str:
        """All that it has printed, over its restarts."""
        return self.log_file.read_text("utf-8") if self.log_file.exists() else ""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make a request; `path` follows the API's address, bytes are sent as they are."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data, dict(headers or {}), method=method)
        if data is not None:
            request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request, timeout=CALL) as response:
                return Answer(response.status, _parsed(response.read()), dict(response.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _parsed(error.read()), dict(error.headers))

    def create(self, path: str, body: Any, **options: Any) -> Any:
        """POST something and return it; fails the test unless that was accepted."""
        answer = self.call("POST", path, body, **options)
        assert answer.status in (201, 202), answer
        return answer.json

    def wait(self, path: str, **wanted: Any) -> Any:
        """Poll until the object at `path` has these values, and return it."""
        deadline = time.monotonic() + WAITING
        while True:
            answer = self.call("GET", path)
            if answer.status == 200 and wanted.items() <= answer.json.items():
                return answer.json
            if time.monotonic() > deadline:
                raise AssertionError(f"{path} is not {wanted}: {answer}\n{self.log()[-3000:]}")
            time.sleep(0.01)

    def wait_gone(self, path: str) -> None:
        """Poll until `path` answers 404."""
        deadline = time.monotonic() + WAITING
        while (answer := self.call("GET", path)).status != 404:
            if time.monotonic() > deadline:
                raise AssertionError(f"{path} is still there: {answer}\n{self.log()[-3000:]}")
            time.sleep(0.02)

    def import_zone(self, text: bytes) -> Any:
        """Import a zone file, wait until the import has ended, and return its task."""
        task = self.create("/v2/zones/tasks/imports", text, content_type="text/dns")
        path = f"/v2/zones/tasks/imports/{task['id']}"
        deadline = time.monotonic() + WAITING
        while (found := self.call("GET", path).json)["status"] == "PENDING":
            if time.monotonic() > deadline:
                raise AssertionError(f"the import has not ended: {found}")
            time.sleep(0.02)
        return found

    def _dns_arguments(self) -> list[str]:
        if not self.dns[1]:
            return ["--dns-listen", f"{HOST}:0", "--dns-listen", "[::1]:0"]
        four = f"{self.dns[0]}:{self.dns[1]}"
        six = [f"[{self.dns6[0]}]:{self.dns6[1]}"] if self.dns6 else []
        return [argument for at in (four, *six) for argument in ("--dns-listen", at)]

    def _read_greeting(self, text: str) -> None:
        dns = re.search(r"^  DNS  127\.0\.0\.1:(\d+)(?:, \[::1\]:(\d+))?", text, re.M)
        assert dns, text
        self.dns = (HOST, int(dns[1]))
        self.dns6 = ("::1", int(dns[2])) if dns[2] else None


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
