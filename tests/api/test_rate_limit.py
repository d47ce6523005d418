# SPDX-License-Identifier: Apache-2.0
"""No project has more than its share of requests, where a share is configured."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.api.exchange import InProcess, Reply
from tests.api.installation import Installation
from tests.servers.redis import Redis

BURST = 5

Made = Callable[..., InProcess]


@pytest.fixture
def made() -> Iterator[Made]:
    """Makes an installation where a project has a few requests, and more only after hours."""
    with ExitStack() as stack:

        def make(**api: Any) -> InProcess:
            options = {"rate_limit": 0.0001, "rate_limit_burst": BURST, **api}
            installation = Installation({"service:api": options})
            stack.callback(installation.close)
            return InProcess(installation.app)

        yield make


def ask(sender: InProcess, project: str = "p1", **headers: str) -> Reply:
    said = {"X-Auth-Project-ID": project, "X-Roles": "member,reader"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return sender.send("GET", "/v2/limits", {**said, **named}, b"")


def used_up(sender: InProcess, project: str = "p1", **headers: str) -> list[int]:
    return [ask(sender, project, **headers).status for _ in range(BURST + 2)]


ALLOWED = [200] * (BURST + 2)
LIMITED = [200] * BURST + [429] * 2


def test_it_is_off_unless_it_is_configured(made: Made) -> None:
    assert used_up(made(rate_limit=0)) == ALLOWED


def test_a_project_that_sends_too_much_is_told_when_to_come_back(made: Made) -> None:
    """Other projects do not notice, and the answer is the one error body."""
    sender = made()
    assert used_up(sender) == LIMITED
    reply = ask(sender)
    assert reply.status == 429
    assert int(reply.headers["retry-after"]) in range(9000, 10001)
    assert list(reply.json) == ["code", "type", "message", "request_id"]
    assert reply.json["type"] == "too_many_requests"
    assert used_up(sender, "p2") == LIMITED


def test_it_comes_back_at_the_rate(made: Made) -> None:
    sender = made(rate_limit=1000.0, rate_limit_burst=1)
    answers = {ask(sender).status for _ in range(200)}
    assert 200 in answers
    assert answers <= {200, 429}


def test_roles_may_be_exempt(made: Made) -> None:
    """Administrators are, unless the site says otherwise."""
    assert used_up(made(), X_Roles="Admin") == ALLOWED
    assert used_up(made(rate_limit_exempt_roles=[]), X_Roles="admin") == LIMITED
    assert used_up(made(rate_limit_exempt_roles=["Robot"]), X_Roles="robot") == ALLOWED


def test_to_act_for_others_does_not_help_and_does_not_hurt_them(made: Made) -> None:
    """The project that counts is that of the credentials."""
    sender = made(rate_limit_exempt_roles=[])
    sudo = {"X_Roles": "admin", "X_Auth_Sudo_Project_ID": "p2"}
    assert used_up(sender, "p1", **sudo) == LIMITED
    assert ask(sender, "p2").status == 200


def test_what_may_not_be_switched_is_counted(made: Made) -> None:
    """Who is refused again and again is told to slow down, as everybody is."""
    refused = used_up(made(), X_Auth_All_Projects="true")
    assert refused == [403] * BURST + [429] * 2


def test_who_has_no_project_counts_as_a_user(made: Made) -> None:
    """Also with sudo, which takes nothing of the other project's."""
    sender = made(rate_limit_exempt_roles=[])
    sudo = {"X_Roles": "admin", "X_Auth_User_ID": "u1", "X_Auth_Sudo_Project_ID": "p2"}
    assert used_up(sender, "", **sudo) == LIMITED
    assert ask(sender, "p2").status == 200
    assert ask(sender, "", **{**sudo, "X_Auth_User_ID": "u2"}).status == 200


def test_what_is_open_is_not_counted(made: Made) -> None:
    """Health is asked by load balancers, versions by everybody."""
    sender = made()
    for path in ("/", "/healthcheck"):
        assert {sender.send("GET", path, {}, b"").status for _ in range(20)} == {200}


# -- shared ---------------------------------------------------------------------------------------


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A running Redis."""
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


def test_processes_count_together_in_redis(made: Made, redis: Redis) -> None:
    """Whichever of them a request meets, and however many at once."""
    senders = [made(rate_limit_redis_url=redis.url) for _ in range(3)]
    answers: list[int] = []

    def work(sender: InProcess) -> None:
        answers.extend(ask(sender).status for _ in range(10))

    threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(200) == BURST
    assert answers.count(429) == 30 - BURST
    reply = ask(senders[0])
    assert int(reply.headers["retry-after"]) in range(9000, 10001)


def test_without_redis_each_process_counts_for_itself(made: Made, redis: Redis) -> None:
    """Its failure neither stops the API nor opens it."""
    sender = made(rate_limit_redis_url=redis.url)
    assert ask(sender).status == 200
    redis.stop()
    assert used_up(sender) == LIMITED
