# SPDX-License-Identifier: Apache-2.0
"""Exchanges held against the description that the service itself gives."""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator

from tests.api.exchange import Reply, Sender

PATH = "/v2/openapi.json"


class Described:
    """A sender whose replies must be described: their status, and the form of their body."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._validators: dict[int, Draft202012Validator] = {}

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """See Sender; raises AssertionError for what is not described."""
        reply = self._sender.send(method, path, headers, body)
        operation = self._operation(method, urlsplit(path).path)
        if operation is not None:
            self._check(operation, reply, f"{method} {path}: {reply.status} {reply.text[:1000]}")
        return reply

    @cached_property
    def _document(self) -> Mapping[str, Any]:
        reply = self._sender.send("GET", PATH, {}, b"")
        assert reply.status == 200, reply
        document: Mapping[str, Any] = reply.json
        return document

    @cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], Mapping[str, Any]]]:
        """Patterns of paths, those with fewer parameters first."""
        paths = sorted(self._document["paths"].items(), key=lambda path: path[0].count("{"))
        return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), item) for path, item in paths]

    def _operation(self, method: str, path: str) -> Mapping[str, Any] | None:
        for pattern, item in self._paths:
            if pattern.fullmatch(path.rstrip("/")):
                found: Mapping[str, Any] | None = item.get(method.lower())
                return found
        return None

    def _check(self, operation: Mapping[str, Any], reply: Reply, shown: str) -> None:
        # Outside of the API itself: the gate of maintenance answers pages without a body.
        if reply.status == 503 and not reply.body:
            return
        response = operation["responses"].get(str(reply.status))
        assert response is not None, f"this status is not described: {shown}"
        media_type = reply.headers.get("content-type", "").partition(";")[0]
        if media_type == "application/json" and response.get("content"):
            faults = list(self._validator(response, media_type).iter_errors(json.loads(reply.body)))
            assert not faults, f"{faults[0].message}: {shown}"

    def _validator(self, response: Mapping[str, Any], media_type: str) -> Draft202012Validator:
        known = self._validators.get(id(response))
        if known is None:
            schema = response["content"][media_type]["schema"]
            whole = {**schema, "components": self._document["components"]}
            known = self._validators[id(response)] = Draft202012Validator(whole)
        return known
