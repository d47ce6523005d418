# SPDX-License-Identifier: Apache-2.0
"""Extensions of the API, installed as packages: that of docs/api-extensions.md, and bad ones."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from designate.conf import ConfigurationError
from tests.api.exchange import InProcess
from tests.api.installation import Installation

PAGE = (Path(__file__).parents[2] / "docs" / "api-extensions.md").read_text("utf-8")
EXAMPLE = re.findall(r"```python\n(.*?)```", PAGE, re.S)[0]
ADMIN = """
import json
class Extension:
    def routes(self, offer):
        yield "/admin/hello", self
    def on_get(self, req, resp):
        resp.content_type = "application/json"
        resp.text = json.dumps({"project": req.caller.project_id})
"""

Install = Callable[[str, str, str], None]
Made = Callable[..., InProcess]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a package with one entry point: its group, its name, and the text of its module."""

    def write(group: str, name: str, module: str) -> None:
        (tmp_path / f"site_{name}.py").write_text(module, "utf-8")
        info = tmp_path / f"site_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: site-{name}\nVersion: 1.0\n", "utf-8")
        found = re.search(r"class (\w+)", module)
        assert found
        point = f"[{group}]\n{name} = site_{name}:{found[1]}\n"
        (info / "entry_points.txt").write_text(point, "utf-8")

    monkeypatch.syspath_prepend(str(tmp_path))
    return write


@pytest.fixture
def made() -> Iterator[Made]:
    """Makes an installation with options of `[service:api]`."""
    with ExitStack() as stack:

        def make(**api: Any) -> InProcess:
            installation = Installation({"service:api": api})
            stack.callback(installation.close)
            return InProcess(installation.app)

        yield make


def test_the_example_of_the_docs_works(install: Install, made: Made) -> None:
    """It answers for the caller's project, asks policy, and has the one error body."""
    install("designate.api.v2.extensions", "counts", EXAMPLE)
    sender = made(enabled_extensions_v2=["counts"])
    reply = sender.send("GET", "/v2/counts", {}, b"")
    assert (reply.status, reply.json) == (200, {"most": 10})
    assert reply.headers["x-openstack-request-id"].startswith("req-")
    denied = sender.send("GET", "/v2/counts", {"X-Roles": "nobody"}, b"")
    assert (denied.status, denied.json["type"]) == (403, "forbidden")
    assert sender.send("DELETE", "/v2/counts", {}, b"").json["type"] == "method_not_allowed"


def test_what_is_not_enabled_is_not_there(install: Install, made: Made) -> None:
    """To be installed is not enough."""
    install("designate.api.v2.extensions", "idle", EXAMPLE)
    assert made().send("GET", "/v2/counts", {}, b"").status == 404


def test_the_admin_api_has_extensions_too(install: Install, made: Made) -> None:
    """Beside those that are built in."""
    install("designate.api.admin.extensions", "hello", ADMIN)
    sender = made(enable_api_admin=True, enabled_extensions_admin=["reports", "hello"])
    reply = sender.send("GET", "/admin/hello", {"X-Auth-Project-ID": "p1"}, b"")
    assert reply.json == {"project": "p1"}
    assert sender.send("GET", "/admin/reports/counts", {}, b"").status == 200


def test_one_that_is_not_installed_is_told_of(made: Made, caplog: pytest.LogCaptureFixture) -> None:
    """An old configuration starts."""
    with caplog.at_level(logging.WARNING):
        made(enabled_extensions_v2=["flavours"])
    assert "The API extension flavours is enabled but not installed" in caplog.text


@pytest.mark.parametrize(
    ("name", "module", "words"),
    [
        ("empty", "class Nothing:\n    pass\n", "lacks routes"),
        ("broken", "class Late:\n    pass\nimport nowhere\n", "cannot be loaded"),
        ("astray", EXAMPLE.replace("/v2/counts", "/v1/counts"), "not below /v2"),
        ("odd", EXAMPLE.replace("/v2/counts", "/v2/{a}b{c}/{a}"), "cannot be added"),
        (
            "taken",
            EXAMPLE.replace("/v2/counts", "/v2/zones"),
            "has the path /v2/zones, as others do",
        ),
    ],
)
def test_one_that_cannot_work_keeps_the_api_from_starting(
    install: Install, made: Made, name: str, module: str, words: str
) -> None:
    """With its name, or its path, and the reason."""
    install("designate.api.v2.extensions", name, module)
    with pytest.raises(ConfigurationError, match=words):
        made(enabled_extensions_v2=[name])
