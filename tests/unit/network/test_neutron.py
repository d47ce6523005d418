# SPDX-License-Identifier: Apache-2.0
"""Floating IPs of Neutron: what it is asked, and what becomes of its answers."""

import json
import logging
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from itertools import starmap
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import InsecureRequestWarning

from designate.conf.neutron import RegionUrl, Settings
from designate.errors import (
    ConfigurationError,
    NeutronCommunicationFailure,
    NoEndpoint,
    NotFound,
)
from designate.model.context import Context, Secrets
from designate.model.floatingips import FloatingIP
from designate.network.neutron import Neutron
from tests.servers.certificates import certificate
from tests.unit.network.neutron_server import FIELDS, Asked, NeutronServer, floatingip

A = "aaaaaaaa-0000-4000-8000-000000000001"
B = "bbbbbbbb-0000-4000-8000-000000000002"
LIST = f"/v2.0/floatingips?project_id=p1&{FIELDS}"
ITEM = f"/v2.0/floatingips/{A}?{FIELDS}"
OPTIONS = Settings(
    endpoints=None,
    endpoint_type="publicURL",
    timeout=5,
    insecure=False,
    ca_certificates_file=None,
    client_certificate_file=None,
)


@pytest.fixture
def server() -> Iterator[NeutronServer]:
    """A Neutron."""
    with NeutronServer() as running:
        yield running


@pytest.fixture
def other() -> Iterator[NeutronServer]:
    """That of another region."""
    with NeutronServer() as running:
        yield running


def catalog(**regions: str) -> list[dict[str, Any]]:
    """A service catalogue as keystonemiddleware hands it on."""
    endpoints = [
        {"region": region, "publicURL": url, "internalURL": "http://127.0.0.1:1", "id": "x"}
        for region, url in regions.items()
    ]
    return [
        {"type": "dns", "name": "designate", "endpoints": [{"region": "x", "publicURL": "y"}]},
        {"type": "network", "name": "neutron", "endpoints": endpoints},
    ]


def caller(found: list[dict[str, Any]], project: str | None = "p1") -> Context:
    """Somebody with a token."""
    secrets = Secrets(token="t0ken", catalog_json=json.dumps(found))
    return Context(request_id="req-1", project_id=project, roles=("member",), secrets=secrets)


def unused_url() -> str:
    """Where nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_the_list_is_asked_for_with_the_callers_token(server: NeutronServer) -> None:
    """One request for each region, for the fields that are needed."""
    found = [floatingip(A, "198.51.100.7"), floatingip(B, "2001:db8::7")]
    server.will_answer(LIST, {"floatingips": found})
    ctx = caller(catalog(RegionOne=server.url))
    assert Neutron(OPTIONS).find(ctx) == [
        FloatingIP(region="RegionOne", id=A, address="198.51.100.7"),
        FloatingIP(region="RegionOne", id=B, address="2001:db8::7"),
    ]
    assert server.asked == [Asked(LIST, "t0ken", "application/json", "req-1")]


@pytest.mark.parametrize("path", ["", "/", "/v2.0", "/v2.0/"])
def test_an_endpoint_may_name_the_version(server: NeutronServer, path: str) -> None:
    """Catalogues have it with and without."""
    server.will_answer(LIST, {"floatingips": []})
    assert Neutron(OPTIONS).find(caller(catalog(RegionOne=server.url + path))) == []
    assert [asked.target for asked in server.asked] == [LIST]


def test_one_is_asked_for_by_its_id(server: NeutronServer, other: NeutronServer) -> None:
    """In its region only."""
    server.will_answer(ITEM, {"floatingip": floatingip(A, "198.51.100.7")})
    ctx = caller(catalog(north=server.url, south=other.url))
    found = Neutron(OPTIONS).get(ctx, "north", A)
    assert found == FloatingIP(region="north", id=A, address="198.51.100.7")
    assert server.asked == [Asked(ITEM, "t0ken", "application/json", "req-1")]
    assert other.asked == []


def test_a_global_request_id_goes_on(server: NeutronServer) -> None:
    """Whoever follows a request through the cloud finds it there too."""
    server.will_answer(LIST, {"floatingips": []})
    secrets = Secrets(token="t0ken", catalog_json=json.dumps(catalog(RegionOne=server.url)))
    ctx = Context(request_id="req-1", global_request_id="req-9", project_id="p1", secrets=secrets)
    Neutron(OPTIONS).find(ctx)
    assert server.asked[0].request_id == "req-9"


def test_all_regions_are_asked(server: NeutronServer, other: NeutronServer) -> None:
    """The list is that of all of them, in the order of the catalogue."""
    server.will_answer(LIST, {"floatingips": [floatingip(A, "198.51.100.7")]})
    other.will_answer(LIST, {"floatingips": [floatingip(B, "198.51.100.8")]})
    found = Neutron(OPTIONS).find(caller(catalog(north=server.url, south=other.url)))
    assert [(item.region, item.id) for item in found] == [("north", A), ("south", B)]


def test_pages_are_followed(server: NeutronServer) -> None:
    """Neutron may give few at once; the next page is asked for at the same endpoint."""
    links = [{"rel": "next", "href": "http://elsewhere.example/"}]
    first = {"floatingips": [floatingip(A, "198.51.100.7")], "floatingips_links": links}
    server.will_answer(LIST, first)
    back = [{"rel": "previous", "href": "http://elsewhere.example/"}]
    second = {"floatingips": [floatingip(B, "198.51.100.8")], "floatingips_links": back}
    server.will_answer(f"{LIST}&marker={A}", second)
    found = Neutron(OPTIONS).find(caller(catalog(RegionOne=server.url)))
    assert [item.id for item in found] == [A, B]


def test_pages_come_to_an_end(server: NeutronServer) -> None:
    """One that says again what it has said would be asked for ever."""
    links = [{"rel": "next", "href": "http://elsewhere.example/"}]
    page = {"floatingips": [floatingip(A, "198.51.100.7")], "floatingips_links": links}
    server.will_answer(LIST, page)
    server.will_answer(f"{LIST}&marker={A}", page)
    with pytest.raises(NeutronCommunicationFailure, match="nobody can read"):
        Neutron(OPTIONS).find(caller(catalog(RegionOne=server.url)))


def test_those_of_other_projects_are_none_of_the_callers(server: NeutronServer) -> None:
    """Neutron shows an administrator all of them."""
    found = [floatingip(A, "198.51.100.7", "p2"), floatingip(B, "198.51.100.8")]
    server.will_answer(LIST, {"floatingips": found})
    server.will_answer(ITEM, {"floatingip": found[0]})
    ctx = caller(catalog(RegionOne=server.url))
    assert [item.id for item in Neutron(OPTIONS).find(ctx)] == [B]
    with pytest.raises(NotFound):
        Neutron(OPTIONS).get(ctx, "RegionOne", A)


def test_without_a_project_nothing_is_asked(server: NeutronServer) -> None:
    """There is nobody whose floating IPs they could be."""
    ctx = caller(catalog(RegionOne=server.url), None)
    assert Neutron(OPTIONS).find(ctx) == []
    with pytest.raises(NotFound):
        Neutron(OPTIONS).get(ctx, "RegionOne", A)
    assert server.asked == []


def test_what_neutron_does_not_know_is_absent(server: NeutronServer) -> None:
    """As is what would be in a region that there is not."""
    server.will_answer(ITEM, {"NeutronError": {"type": "FloatingIPNotFound"}}, 404)
    ctx = caller(catalog(RegionOne=server.url))
    for region in ("RegionOne", "RegionTwo"):
        with pytest.raises(NotFound):
            Neutron(OPTIONS).get(ctx, region, A)


def test_configured_endpoints_come_before_the_catalogue(server: NeutronServer) -> None:
    """Also for who brings no token, where nobody has to authenticate."""
    server.will_answer(LIST, {"floatingips": [floatingip(A, "198.51.100.7")]})
    own = replace(OPTIONS, endpoints=(RegionUrl("own", server.url),))
    ctx = Context(request_id="req-1", project_id="p1")
    for asking in (ctx, caller(catalog(RegionOne="http://127.0.0.1:1"))):
        assert [item.region for item in Neutron(own).find(asking)] == ["own"]
    assert [asked.token for asked in server.asked] == [None, "t0ken"]


def test_the_interface_is_chosen(server: NeutronServer) -> None:
    """Of those that the catalogue has."""
    server.will_answer(LIST, {"floatingips": []})
    found = catalog(RegionOne="http://127.0.0.1:1")
    found[1]["endpoints"][0]["internalURL"] = server.url
    Neutron(replace(OPTIONS, endpoint_type="internalURL")).find(caller(found))
    assert len(server.asked) == 1
    with pytest.raises(NoEndpoint, match="adminURL"):
        Neutron(replace(OPTIONS, endpoint_type="adminURL")).find(caller(found))


def test_a_catalogue_without_a_network_is_not_a_missing_catalogue() -> None:
    """The one is what the token may use, the other what the operator has not set."""
    with pytest.raises(NoEndpoint):
        Neutron(OPTIONS).find(caller(catalog()[:1]))
    for ctx in (caller([]), Context(request_id="req-1", project_id="p1")):
        with pytest.raises(ConfigurationError, match="endpoints"):
            Neutron(OPTIONS).get(ctx, "RegionOne", A)


@pytest.mark.parametrize("status", [301, 401, 403, 500, 503])
def test_an_error_of_neutron_is_told(server: NeutronServer, status: int) -> None:
    """It is not ours, and nothing is sent where it points to."""
    server.will_answer(LIST, {}, status, Location="http://127.0.0.1:1/")
    server.will_answer(ITEM, {}, status, Location="http://127.0.0.1:1/")
    ctx = caller(catalog(RegionOne=server.url))
    for ask in (Neutron(OPTIONS).find, lambda ctx: Neutron(OPTIONS).get(ctx, "RegionOne", A)):
        with pytest.raises(NeutronCommunicationFailure, match=f"RegionOne has answered {status}"):
            ask(ctx)
    assert len(server.asked) == 2


def test_a_region_that_answers_with_an_error_fails_the_list(
    server: NeutronServer, other: NeutronServer, caplog: pytest.LogCaptureFixture
) -> None:
    """What it has would be missing, and look as if it were gone; the log never has the token."""
    server.will_answer(LIST, {"floatingips": [floatingip(A, "198.51.100.7")]})
    for regions in ({"north": server, "south": other}, {"south": other, "north": server}):
        ctx = caller(catalog(**{name: region.url for name, region in regions.items()}))
        with (
            caplog.at_level(logging.DEBUG),
            pytest.raises(NeutronCommunicationFailure, match="of south has answered 418"),
        ):
            Neutron(OPTIONS).find(ctx)
    assert "t0ken" not in caplog.text


@pytest.mark.parametrize("configured", [True, False])
def test_a_region_that_no_key_can_name_is_left_out(
    server: NeutronServer,
    other: NeutronServer,
    caplog: pytest.LogCaptureFixture,
    *,
    configured: bool,
) -> None:
    """Its floating IPs could be seen and not be told of; the log says so once."""
    server.will_answer(LIST, {"floatingips": [floatingip(A, "198.51.100.7")]})
    regions = {"Region-1.a_b": server.url, "Region Two": other.url, "x" * 101: other.url}
    found = catalog(**regions)
    options = OPTIONS
    if configured:
        found = []
        options = replace(OPTIONS, endpoints=tuple(starmap(RegionUrl, regions.items())))
    neutron = Neutron(options)
    for _ in range(2):
        assert [item.region for item in neutron.find(caller(found))] == ["Region-1.a_b"]
    told = [message for message in caplog.messages if "left out" in message]
    assert len(told) == 2
    assert sum("'Region Two'" in message for message in told) == 1
    assert other.asked == []


def test_where_no_region_can_be_named_there_is_no_endpoint(server: NeutronServer) -> None:
    """As where there is no region."""
    with pytest.raises(NoEndpoint, match="can be named"):
        Neutron(OPTIONS).find(caller(catalog(**{"Region Two": server.url})))


def test_a_region_that_does_not_answer_fails_the_list(server: NeutronServer) -> None:
    """Nobody knows what it would have said."""
    server.will_answer(LIST, {"floatingips": []})
    ctx = caller(catalog(north=server.url, south=unused_url()))
    with pytest.raises(NeutronCommunicationFailure, match="south does not answer"):
        Neutron(OPTIONS).find(ctx)
    with pytest.raises(NeutronCommunicationFailure, match="south does not answer"):
        Neutron(OPTIONS).get(ctx, "south", A)


def test_nobody_waits_for_ever(server: NeutronServer) -> None:
    """After the configured time the answer is not waited for any more."""
    server.pause.clear()
    ctx = caller(catalog(RegionOne=server.url))
    with pytest.raises(NeutronCommunicationFailure, match="does not answer"):
        Neutron(replace(OPTIONS, timeout=1)).get(ctx, "RegionOne", A)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        {},
        {"floatingips": None, "floatingip": None},
        {"floatingips": ["x"], "floatingip": "x"},
        {"floatingips": [{"id": A}], "floatingip": {"id": A}},
        {"floatingips": [floatingip(A, "x")], "floatingip": floatingip(A, "x")},
    ],
)
def test_what_is_no_answer_is_a_failure_of_neutron(server: NeutronServer, body: Any) -> None:
    """A proxy's page, or half of an object, is not a bug of ours."""
    server.will_answer(LIST, body)
    server.will_answer(ITEM, body)
    ctx = caller(catalog(RegionOne=server.url))
    for ask in (Neutron(OPTIONS).find, lambda ctx: Neutron(OPTIONS).get(ctx, "RegionOne", A)):
        with pytest.raises(NeutronCommunicationFailure, match="nobody can read"):
            ask(ctx)


def test_who_neutron_is_is_looked_at(tmp_path: Path) -> None:
    """By the authorities that are configured, else those of the system; or not at all."""
    cert, key = certificate(tmp_path, "neutron")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with NeutronServer(context) as server:
        server.will_answer(LIST, {"floatingips": []})
        ctx = caller(catalog(RegionOne=server.url))
        with pytest.raises(NeutronCommunicationFailure, match="does not answer"):
            Neutron(OPTIONS).find(ctx)
        assert server.asked == []
        assert Neutron(replace(OPTIONS, ca_certificates_file=str(cert))).find(ctx) == []
        with pytest.warns(InsecureRequestWarning):
            assert Neutron(replace(OPTIONS, insecure=True)).find(ctx) == []
        assert len(server.asked) == 2


def test_neutron_may_look_at_who_we_are(tmp_path: Path) -> None:
    """Certificate and key are in one file."""
    cert, key = certificate(tmp_path, "neutron")
    mine, secret = certificate(tmp_path, "designate")
    both = tmp_path / "both.pem"
    both.write_bytes(mine.read_bytes() + secret.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.load_verify_locations(mine)
    context.verify_mode = ssl.CERT_REQUIRED
    with NeutronServer(context) as server:
        server.will_answer(LIST, {"floatingips": []})
        ctx = caller(catalog(RegionOne=server.url))
        trusting = replace(OPTIONS, ca_certificates_file=str(cert))
        with pytest.raises(NeutronCommunicationFailure, match="does not answer"):
            Neutron(trusting).find(ctx)
        assert Neutron(replace(trusting, client_certificate_file=str(both))).find(ctx) == []
