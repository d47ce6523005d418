# SPDX-License-Identifier: Apache-2.0
"""What settings and servers do around the API: links, origins, proxies, sizes, failures."""

import contextlib
import dataclasses
import http.client
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import select

from designate.api import app
from designate.api.server import Server
from designate.model.context import Context
from designate.model.limits import Limits
from designate.storage.tables import zone_task_chunks
from tests.api.exchange import InProcess, Reply
from tests.api.installation import Installation

ORIGIN = "https://console.example"
ZONE = b'{"name": "shop.example.", "email": "dns@shop.example"}'
JSON = {"Content-Type": "application/json"}
Behind = Callable[..., InProcess]


def installed(**api: Any) -> Installation:
    return Installation({"service:api": api})


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    made = installed()
    yield made
    made.close()


@pytest.fixture
def behind() -> Iterator[Behind]:
    """Makes an installation with options of one section."""
    with contextlib.ExitStack() as stack:

        def make(section: str, **options: Any) -> InProcess:
            made = Installation({section: options})
            stack.callback(made.close)
            return InProcess(made.app)

        yield make


def get(sender: InProcess, path: str, method: str = "GET", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return sender.send(method, path, named, b"")


def test_links_follow_the_host_header(installation: Installation) -> None:
    reply = get(InProcess(installation.app), "https://dns.example:9443/v2/zones")
    assert reply.json["links"]["self"] == "https://dns.example:9443/v2/zones"


def test_links_follow_the_configured_base_everywhere() -> None:
    made = installed(enable_host_header=False, api_base_uri="https://api.example/dns/")
    sender = InProcess(made.app)
    zone = sender.send("POST", "/v2/zones", JSON, ZONE)
    assert zone.headers["location"].startswith("https://api.example/dns/v2/zones/")
    inside = f"/v2/zones/{zone.json['id']}/recordsets"
    soa = get(sender, inside).json["recordsets"][0]
    assert soa["links"]["self"] == f"https://api.example/dns{inside}/{soa['id']}"
    moved = get(sender, f"/v2/recordsets/{soa['id']}")
    assert moved.headers["location"] == soa["links"]["self"]
    self_link = get(sender, "/").json["versions"][0]["links"][0]["href"]
    assert self_link == "https://api.example/dns/v2"
    made.close()


def test_proxies_are_believed_when_configured(installation: Installation, behind: Behind) -> None:
    headers = {
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "pub.example",
        "X_Forwarded_Prefix": "/dns",
    }
    believing = behind("oslo_middleware", enable_proxy_headers_parsing=True)
    reply = get(believing, "/v2/zones", **headers)
    assert reply.json["links"]["self"] == "https://pub.example/dns/v2/zones"
    reply = get(InProcess(installation.app), "/v2/zones", **headers)
    assert reply.json["links"]["self"] == "http://dns.test:9001/v2/zones"


def test_a_configured_origin_may_send_every_switch(behind: Behind) -> None:
    sender = behind("cors", allowed_origin=[ORIGIN])
    reply = get(
        sender,
        "/v2/zones",
        "OPTIONS",
        Origin=ORIGIN,
        Access_Control_Request_Method="DELETE",
        Access_Control_Request_Headers="X-Auth-Token,X-Designate-Delete-Shares",
    )
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["access-control-allow-origin"] == ORIGIN
    assert "X-Designate-Delete-Shares" in reply.headers["access-control-allow-headers"]


def test_a_configured_origin_reads_the_request_id(behind: Behind) -> None:
    sender = behind("cors", allowed_origin=[ORIGIN])
    reply = get(sender, "/v2/zones", Origin=ORIGIN)
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == ORIGIN
    assert "X-OpenStack-Request-ID" in reply.headers["access-control-expose-headers"]
    assert reply.json["zones"] is not None


def test_other_origins_are_told_nothing(installation: Installation, behind: Behind) -> None:
    for sender in (InProcess(installation.app), behind("cors", allowed_origin=[ORIGIN])):
        reply = get(sender, "/v2/zones", Origin="https://evil.example")
        assert not any(name.startswith("access-control") for name in reply.headers)


def test_a_file_takes_the_node_out_of_service(behind: Behind, tmp_path: Path) -> None:
    file = tmp_path / "disable"
    sender = behind("healthcheck", disable_by_file_path=str(file))
    assert get(sender, "/healthcheck").status == 200
    file.touch()
    reply = get(sender, "/healthcheck")
    assert (reply.status, reply.text) == (503, "DISABLED BY FILE")


def test_version_2_can_be_switched_off() -> None:
    made = installed(enable_api_v2=False)
    reply = get(InProcess(made.app), "/v2/zones")
    assert (reply.status, reply.body) == (404, b"")
    made.close()


def test_a_failure_is_logged_and_told_without_its_cause(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def get(self, ctx: Context) -> Limits:
            raise RuntimeError("secret cause")

    central = dataclasses.replace(installation.central, limits=Broken())
    sender = InProcess(
        app.build(
            central,
            installation.settings,
            installation.enforcer,
            CollectorRegistry(),
            installation.config,
        )
    )
    with caplog.at_level(logging.ERROR):
        reply = get(sender, "/v2/limits")
    assert reply.status == 500
    assert reply.json == {
        "code": 500,
        "type": "unknown",
        "request_id": reply.headers["x-openstack-request-id"],
    }
    assert "secret cause" in caplog.text


# -- zone files, over a real server ---------------------------------------------------------------


@pytest.fixture(scope="module")
def limited() -> Iterator[tuple[Installation, Server]]:
    made = installed(max_import_size=200_000)
    server = Server(made.app, ("127.0.0.1", 0), threads=2)
    server.start()
    yield made, server
    server.stop()
    made.close()


def zone_file(size: int) -> Iterator[bytes]:
    yield b"$ORIGIN big.example.\n@ 60 IN SOA a.example. b.example. 1 2 3 4 5\n"
    for _ in range(size // 10_000):
        yield b"; " + b"x" * 9_997 + b"\n"


def post(server: Server, body: Any, headers: Mapping[str, str], **how: bool) -> tuple[int, str]:
    client = http.client.HTTPConnection(*server.address, timeout=10)
    headers = {"Content-Type": "text/dns", **headers}
    client.request("POST", "/v2/zones/tasks/imports", body, headers, **how)
    answer = client.getresponse()
    text = answer.read().decode()
    client.close()
    return answer.status, text


def test_a_zone_file_may_come_in_chunks(limited: tuple[Installation, Server]) -> None:
    made, server = limited
    status, text = post(server, zone_file(150_000), {}, encode_chunked=True)
    assert status == 202, text
    made.work()
    task = get(InProcess(made.app), "/v2/zones/tasks/imports").json["imports"][0]
    assert task["message"] == "big.example. imported"
    assert task["progress"]["total_bytes"] > 150_000


@pytest.mark.parametrize("chunked", [True, False])
def test_a_zone_file_has_an_end_whether_it_tells_or_not(
    limited: tuple[Installation, Server],
    chunked: bool,  # noqa: FBT001
) -> None:
    body: Any = zone_file(400_000) if chunked else b"".join(zone_file(400_000))
    status, text = post(limited[1], body, {}, encode_chunked=chunked)
    assert status == 413, text
    assert '"type": "request_too_large"' in text


def test_a_zone_file_that_is_no_text_is_refused_and_leaves_nothing(
    installation: Installation,
) -> None:
    sender = InProcess(installation.app)
    body = b"$ORIGIN a.example.\n" + b"; " * 200_000 + b"\xff\n"
    reply = sender.send("POST", "/v2/zones/tasks/imports", {"Content-Type": "text/dns"}, body)
    assert (reply.status, reply.json["type"]) == (400, "bad_request"), reply.text
    assert "UTF-8" in reply.json["message"]
    assert get(sender, "/v2/zones/tasks/imports").json["imports"] == []
    with installation.engine.connect() as connection:
        assert connection.execute(select(zone_task_chunks.c.task_id)).all() == []
