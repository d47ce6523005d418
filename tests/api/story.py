# SPDX-License-Identifier: Apache-2.0
"""A YAML file of requests, and what its words mean.

    defaults:
      request_headers: {...}          for every request of the file
    tests:
    - name: one sentence that says what holds
      POST: /v2/zones                 a method in capitals, and a path
      request_headers: {...}
      data: {...}                     sent as JSON
      body: "..."                     sent as it is; `request_headers` tell its type
      status: 202
      response_headers: {name: value}
      response_json: {...}            the body is exactly this
      response_json_paths: {$.a[0].b: value, $.zones.len(): 3}
      response_keys: [a, b]           the keys of the body in their order
      response_absent: [message]      keys that the body does not have
      response_body: "..."            the body as text is exactly this
      response_strings: [...]         the body as text holds these
      repeat: 10                      the request is sent so many times, `$N` counts from 1
      poll: 50                        or until everything holds, at most so many times
      before_work: true               holds only until a worker comes: not played at a URL

A value may hold `$RUN` (a word that belongs to this run), `$LONG` (more than a body may have),
`$LOCATION` and `$RESPONSE['$.id']` of the test before, and `$HISTORY['name'].$RESPONSE['$.id']`
of any. `/.../` as a whole value is a regular expression.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.api.exchange import Reply, Sender

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_PAUSE = 0.05
_LONG = "x" * 114689
_reference = re.compile(
    r"(?:\$HISTORY\['(?P<name>[^']+)'\]\.)?(?:\$RESPONSE\['(?P<path>[^']+)'\]|(?P<location>\$LOCATION))"
)
_step = re.compile(r"\.?(?P<length>len\(\))|\.(?P<key>[\w-]+)|\[(?P<index>-?\d+)\]")


@dataclass
class Story:
    """The state of one file while its requests are sent, one after the other."""

    sender: Sender
    run: str
    work: Callable[[], None]
    headers: Mapping[str, str] = field(default_factory=dict)
    history: dict[str, Reply] = field(default_factory=dict)
    last: Reply | None = None

    def play(self, test: Mapping[str, Any]) -> None:
        """Send the request of one test; raises AssertionError unless the reply is as it says."""
        for number in range(1, test.get("repeat", 1) + 1):
            self._play_once(test, number, time.monotonic() + 0.1 * test.get("poll", 0))

    def _play_once(self, test: Mapping[str, Any], number: int, deadline: float) -> None:
        said = self._resolve(dict(test), number)
        while True:
            reply = self.sender.send(*self._request(said))
            self.last = self.history[said["name"]] = reply
            try:
                return check(said, reply)
            except AssertionError:
                if time.monotonic() >= deadline:
                    raise
            self.work()
            time.sleep(_PAUSE)

    def _request(self, said: Mapping[str, Any]) -> tuple[str, str, dict[str, str], bytes]:
        method = next(word for word in METHODS if word in said)
        headers = {**self.headers, **said.get("request_headers", {})}
        body = said.get("body", "").encode()
        if "data" in said:
            body = json.dumps(said["data"]).encode()
            headers = {"Content-Type": "application/json", **headers}
        sent = {name: str(value) for name, value in headers.items() if value is not None}
        return method, said[method], sent, body

    def _resolve(self, value: Any, number: int) -> Any:
        if isinstance(value, dict):
            return {
                self._resolve(key, number): self._resolve(item, number)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self._resolve(item, number) for item in value]
        if not isinstance(value, str):
            return value
        value = value.replace("$RUN", self.run).replace("$N", str(number))
        value = value.replace("$LONG", _LONG)
        whole = _reference.fullmatch(value)
        if whole:
            return self._referred(whole)
        return _reference.sub(lambda found: str(self._referred(found)), value)

    def _referred(self, found: re.Match[str]) -> Any:
        reply = self.history[found["name"]] if found["name"] else self.last
        assert reply is not None, f"nothing came before {found[0]}"
        return reply.headers["location"] if found["location"] else at(reply.json, found["path"])


def at(document: Any, path: str) -> Any:
    """What stands at a path such as `$.zones[0].name`; raises LookupError."""
    assert path.startswith("$"), path
    position = 1
    while position < len(path):
        step = _step.match(path, position)
        assert step, f"{path}: not understood from {path[position:]!r}"
        if step["length"]:
            document = len(document)
        else:
            document = document[step["key"] if step["key"] else int(step["index"])]
        position = step.end()
    return document


def check(said: Mapping[str, Any], reply: Reply) -> None:
    """Compare a reply with what a test says of it; raises AssertionError."""
    shown = f"{reply.status} {reply.text[:2000]}"
    assert reply.status == said.get("status", 200), shown
    for name, value in said.get("response_headers", {}).items():
        _compare(f"header {name}", reply.headers.get(name.lower()), value)
    if "response_json" in said:
        assert reply.json == said["response_json"], shown
    if "response_body" in said:
        assert reply.text == said["response_body"], shown
    if "response_keys" in said:
        assert list(reply.json) == said["response_keys"], shown
    for path, value in said.get("response_json_paths", {}).items():
        _compare(path, _find(reply, path), value)
    for key in said.get("response_absent", ()):
        assert key not in reply.json, shown
    for text in said.get("response_strings", ()):
        assert text in reply.text, shown


def _find(reply: Reply, path: str) -> Any:
    try:
        return at(reply.json, path)
    except LookupError:
        raise AssertionError(f"no {path} in {reply.text[:2000]}") from None


def _compare(what: str, seen: Any, expected: Any) -> None:
    is_pattern = isinstance(expected, str) and len(expected) > 1
    if is_pattern and expected[0] == expected[-1] == "/":
        assert re.search(expected[1:-1], str(seen)), f"{what}: {seen!r} is not {expected}"
    else:
        assert seen == expected, f"{what}: {seen!r}, not {expected!r}"
