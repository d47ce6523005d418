# SPDX-License-Identifier: Apache-2.0
"""What a test asks of the REST API, whichever programs are behind it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple

CALL = 30.0
WAITING = 30.0


class Answer(NamedTuple):
    """An HTTP answer; `json` is the parsed body where it is JSON, else its text."""

    status: int
    json: Any
    headers: Mapping[str, str]


class Rest:
    """Requests to the API at the URL `api`."""

    api: str

    def log(self) -> str:
        """What the programs behind it have printed."""
        raise NotImplementedError

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


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
