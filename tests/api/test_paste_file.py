# SPDX-License-Identifier: Apache-2.0
"""A site's `api-paste.ini`: as we ship it, as upstream did, and with filters of its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from designate.conf import ConfigurationError
from tests.api.exchange import InProcess, Reply
from tests.api.installation import Installation
from tests.api.paste_filters import UPSTREAMS

OURS = (Path(__file__).parents[2] / "etc/designate/api-paste.ini").read_text("utf-8")
NOAUTH = "[service:api]\nauth_strategy = noauth\n"
ZONE = b'{"name": "paste.example.", "email": "dns@paste.example"}'
JSON = {"Content-Type": "application/json"}

Piped = Callable[..., InProcess]


@pytest.fixture
def piped(tmp_path: Path) -> Iterator[Piped]:
    """Makes an installation whose configuration has a pipeline beside it."""
    with ExitStack() as stack:

        def make(
            pipeline: str | None, configuration: str = NOAUTH, also: Sequence[Path] = ()
        ) -> InProcess:
            file = tmp_path / "designate.conf"
            file.write_text(configuration, "utf-8")
            if pipeline is not None:
                (tmp_path / "api-paste.ini").write_text(pipeline, "utf-8")
            made = Installation({}, file=file, also=also)
            stack.callback(made.close)
            return InProcess(made.app)

        yield make


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A configuration file that is read after that of `piped`."""
    file = tmp_path / "second.conf"
    file.write_text("[DEFAULT]\nquota_zones = 7\n", "utf-8")
    return file


def get(sender: InProcess, path: str, method: str = "GET", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return sender.send(method, path, named, b"")


@pytest.mark.parametrize("pipeline", [None, OURS, UPSTREAMS], ids=["built in", "ours", "upstream"])
def test_every_pipeline_serves_the_same(piped: Piped, pipeline: str | None) -> None:
    """Paths, links, errors and headers do not tell which one it is."""
    sender = piped(pipeline)
    assert get(sender, "/").json["versions"][0]["links"][0]["href"] == "http://dns.test:9001/v2"
    assert get(sender, "/healthcheck").text == "OK"
    assert get(sender, "/nowhere").status == 404
    admin = get(sender, "/admin/quotas/p1")
    assert (admin.status, admin.body) == (404, b"")
    made = sender.send("POST", "/v2/zones/", JSON, ZONE)
    assert made.status == 202, made.text
    assert made.headers["location"] == f"http://dns.test:9001/v2/zones/{made.json['id']}"
    shown = get(sender, f"/v2/zones/{made.json['id']}")
    assert shown.json["links"]["self"] == made.headers["location"]
    missing = get(sender, "/v2/nowhere")
    assert (missing.status, missing.json["type"]) == (404, "not_found")
    assert missing.json["request_id"] == missing.headers["x-openstack-request-id"]
    assert get(sender, "/v2").json["type"] == "not_found"
    assert get(sender, "/v2/zones", X_Roles="none").status == 403
    assert sender.send("POST", "/v2/zones", JSON, b"x" * 114689).status == 413
    assert get(sender, "/v2/zones", "OPTIONS").status == 200


@pytest.mark.parametrize("pipeline", [OURS, UPSTREAMS], ids=["ours", "upstream"])
def test_filters_of_libraries_read_our_configuration(piped: Piped, pipeline: str) -> None:
    """Origins, proxies and sizes of designate.conf hold in a pipeline of the site's."""
    sender = piped(
        pipeline,
        f"{NOAUTH}[cors]\nallowed_origin = https://console.example\n"
        "[oslo_middleware]\nenable_proxy_headers_parsing = true\nmax_request_body_size = 100\n",
    )
    proxied = {"X_Forwarded_Proto": "https", "X_Forwarded_Prefix": "/dns"}
    reply = get(sender, "/v2/zones", Origin="https://console.example", **proxied)
    assert reply.headers["access-control-allow-origin"] == "https://console.example"
    assert "X-OpenStack-Request-ID" in reply.headers["access-control-expose-headers"]
    assert reply.json["links"]["self"] == "https://dns.test:9001/dns/v2/zones"
    assert sender.send("POST", "/v2/zones", JSON, b"x" * 101).status == 413


@pytest.mark.parametrize("factory", ["oslo_middleware.cors:filter_factory", "egg"])
def test_filters_of_libraries_read_every_file(piped: Piped, second: Path, factory: str) -> None:
    """Not the last one only; what the file of the pipeline says itself holds for that filter."""
    pipeline = OURS
    if factory == "egg":
        named = "paste.filter_factory = oslo_middleware.cors:filter_factory"
        pipeline = OURS.replace(named, "use = egg:oslo.middleware#cors\nmax_age = 77")
    origin = "https://console.example"
    sender = piped(pipeline, f"{NOAUTH}[cors]\nallowed_origin = {origin}\n", [second])
    assert get(sender, "/v2/zones", Origin=origin).headers["access-control-allow-origin"] == origin
    asked = {"Origin": origin, "Access_Control_Request_Method": "GET"}
    age = get(sender, "/v2/zones", "OPTIONS", **asked).headers["access-control-max-age"]
    assert age == ("77" if factory == "egg" else "3600")


def test_a_site_adds_a_rule_of_its_own(piped: Piped) -> None:
    """What its filter raises is answered with the one error body, and told to nobody else."""
    sender = piped(UPSTREAMS)
    assert get(sender, "/v2/zones?name=allowed").status == 200
    reply = get(sender, "/v2/zones?name=forbidden", X_Project_Id="p1")
    assert (reply.status, reply.json["type"]) == (403, "forbidden")
    assert reply.json["message"] == "p1 may not say forbidden"
    assert reply.json["request_id"] == reply.headers["x-openstack-request-id"]
    broken = get(sender, "/v2/zones?name=broken")
    assert (broken.status, broken.json["type"]) == (500, "unknown")
    assert "secret" not in broken.text


def test_a_path_is_no_line_of_the_log(piped: Piped, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a client writes into it."""
    assert get(piped(UPSTREAMS), "/v2/a%0Ab?broken").status == 500
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "\n" not in told and "/a\\nb" in told


KEYSTONE = """[keystone_authtoken]
auth_type = password
auth_url = http://127.0.0.1:9
username = designate
password = secret
www_authenticate_uri = http://127.0.0.1:9
service_token_roles_required = true
"""


READING = OURS.replace(
    "auth_token:filter_factory", "auth_token:filter_factory\noslo_config_project = x"
)
EGG = OURS.replace(
    "paste.filter_factory = keystonemiddleware.auth_token:filter_factory",
    "use = egg:keystonemiddleware#auth_token",
)


@pytest.mark.parametrize("pipeline", [None, OURS, READING, EGG])
def test_where_keystone_is_must_be_said(piped: Piped, second: Path, pipeline: str | None) -> None:
    """In any of the files; else the start fails, not each request."""
    piped(pipeline, KEYSTONE, [second])
    with pytest.raises(ConfigurationError, match=r"\[keystone_authtoken\] auth_type is not set"):
        piped(pipeline, "", [second])


def test_a_filter_of_tokens_gets_its_own_options_only(
    piped: Piped, caplog: pytest.LogCaptureFixture
) -> None:
    """It would warn of others."""
    piped(OURS, KEYSTONE)
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == []


UNGUARDED = OURS.replace(" authtoken ", " ")
CLAIMS = {"X_User_Id": "u1", "X_Project_Id": "p1", "X_Roles": "admin", "X_Auth_Token": "t"}


def test_a_pipeline_that_forgets_tokens_is_closed(
    piped: Piped, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is an administrator because his headers say so, and the log says what is wrong."""
    sender = piped(UNGUARDED, "")
    for _ in range(2):
        reply = get(sender, "/v2/zones", X_Identity_Status="Confirmed", **CLAIMS)
        assert (reply.status, reply.json["type"]) == (401, "unauthorized")
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "api-paste.ini" in told and "no authtoken filter" in told
    assert get(sender, "/").status == 200


def test_a_pipeline_may_authenticate_by_a_filter_of_the_sites(piped: Piped) -> None:
    """It must be said, since the headers are then believed."""
    sender = piped(UNGUARDED, "[service:api]\ntrust_identity_headers = true\n")
    assert get(sender, "/v2/zones", **CLAIMS).status == 200
    assert get(sender, "/v2/zones", **{**CLAIMS, "X_Roles": "none"}).status == 403
    assert get(sender, "/v2/zones").status == 401


def test_a_file_that_was_asked_for_must_exist(piped: Piped) -> None:
    """By default none is needed."""
    piped(None)
    with pytest.raises(ConfigurationError, match="there is no mine.ini"):
        piped(None, f"{NOAUTH}api_paste_config = mine.ini\n")


@pytest.mark.parametrize(
    ("pipeline", "words"),
    [
        ("nonsense", "no section headers"),
        ("[app:other]\npaste.app_factory = designate.api.v2:factory\n", "osapi_dns"),
        (UPSTREAMS.replace("api.versions:factory", "api.version:factory"), "designate.api.version"),
        (UPSTREAMS.replace("noauth = ", "other = "), "noauth"),
    ],
)
def test_a_file_that_is_wrong_is_refused(piped: Piped, pipeline: str, words: str) -> None:
    """The message names the file and what is wrong in it."""
    with pytest.raises(ConfigurationError, match=words) as refused:
        piped(pipeline)
    assert "api-paste.ini" in str(refused.value)
