# SPDX-License-Identifier: Apache-2.0
"""Requests to an API that are to succeed."""

import json
import urllib.request
from typing import Any

CALL = 60.0


def call(api: str, method: str, path: str, body: Any = None) -> Any:
    """What the API at a URL answers, None for nothing; raises HTTPError."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(api + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=CALL) as response:
        text = response.read()
    return json.loads(text) if text else None
