# SPDX-License-Identifier: Apache-2.0
"""A call over a real broker: values, the context, errors, deadlines."""

import contextlib
import logging
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import oslo_messaging
import pytest

from designate import errors
from designate.model.context import Context
from designate.rpc.client import client
from designate.rpc.server import Server
from tests.architecture.sources import ROOT
from tests.contract.rpc.conftest import Configured
from tests.contract.rpc.ends import CONTEXT, WAITING, Echo, Ends
from tests.servers.rabbitmq import RabbitMq


class Answers:
    """Implements Echo."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.calls = 0

    def say(self, ctx: Context, words: list[str], times: int = 1) -> list[str]:
        return words * times

    def who(self, ctx: Context) -> Context:
        return ctx

    def fail(self, ctx: Context, why: str) -> None:
        self.calls += 1
        if why == "bug":
            raise ValueError("of the implementation")
        if why == "slow":
            self.begun.set()
            self.go_on.wait(WAITING)
            return
        problem = errors.Problem(("records", 0), "is bad", "format", "ipv4", why)
        raise errors.InvalidObject(problems=[problem])


def test_arguments_and_results_arrive(ends: Ends) -> None:
    """By position, by name, and as their default."""
    ends.serve(Echo, Answers())
    echo = ends.client(Echo)
    assert echo.say(CONTEXT, ["a", "ü"]) == ["a", "ü"]
    assert echo.say(CONTEXT, words=["a"], times=2) == ["a", "a"]


def test_the_context_arrives_with_its_secrets(ends: Ends) -> None:
    """Central asks other services with the caller's token."""
    ends.serve(Echo, Answers())
    assert ends.client(Echo).who(CONTEXT) == CONTEXT


def test_an_error_arrives_as_it_was_raised(ends: Ends) -> None:
    """Its class, what it says and its facts."""
    ends.serve(Echo, Answers())
    with pytest.raises(errors.InvalidObject) as raised:
        ends.client(Echo).fail(CONTEXT, "no address")
    assert str(raised.value) == "is bad"
    assert raised.value.problems == (
        errors.Problem(("records", 0), "is bad", "format", "ipv4", "no address"),
    )


def test_a_bug_is_logged_where_it_is(ends: Ends, caplog: pytest.LogCaptureFixture) -> None:
    """The client gets the id of the request, and nothing of the inside."""
    ends.serve(Echo, Answers())
    with pytest.raises(errors.DesignateError) as raised:
        ends.client(Echo).fail(CONTEXT, "bug")
    assert raised.value.code == "unknown"
    assert "req-1" in str(raised.value)
    assert "implementation" not in str(raised.value)
    (record,) = [r for r in caplog.records if r.exc_info and r.name == "designate.rpc.server"]
    assert "req-1" in record.getMessage()


def test_who_waits_for_too_long_is_told(configured: Configured, rabbitmq: RabbitMq) -> None:
    """The deadline is rpc_response_timeout."""
    answers = Answers()
    with Ends(configured(rabbitmq.url, "rpc_response_timeout = 1")) as ends:
        ends.serve(Echo, answers)
        echo = ends.client(Echo)
        begin = time.monotonic()
        with pytest.raises(errors.Timeout):
            echo.fail(CONTEXT, "slow")
        assert 0.9 < time.monotonic() - begin < 3
        answers.go_on.set()


def test_what_nobody_waits_for_is_not_begun(configured: Configured, rabbitmq: RabbitMq) -> None:
    """A call that got no thread until its caller had gone is dropped."""
    answers = Answers()
    with Ends(configured(rabbitmq.url, "rpc_response_timeout = 1")) as ends:
        ends.serve(Echo, answers, threads=1)
        echo = ends.client(Echo)
        first = threading.Thread(target=_expect_timeout, args=(echo, "slow"))
        first.start()
        assert answers.begun.wait(WAITING)
        _expect_timeout(echo, "late")
        first.join()
        # The server counts from when a message came, which may have been a while on its way.
        time.sleep(1.0)
        answers.go_on.set()
        assert echo.say(CONTEXT, ["a"]) == ["a"]
        assert answers.calls == 1


def _expect_timeout(echo: Echo, why: str) -> None:
    with pytest.raises(errors.Timeout):
        echo.fail(CONTEXT, why)


SERVER = """
import sys
import threading
from designate import conf
from designate.rpc.server import Server
from designate.rpc.transport import Transport
from tests.contract.rpc.ends import Echo
from tests.contract.rpc.test_calls import Answers

answers = Answers()
server = Server(Transport(conf.load(sys.argv[2:])), Echo, answers, topic=sys.argv[1], name="one")
server.start()
assert server.wait(20)
print("listening", flush=True)
assert answers.begun.wait(20)
print("begun", flush=True)
threading.Event().wait()
"""


class Dying:
    """A server of Echo in a process of its own, which is killed while it is at a call."""

    def __init__(self, ends: Ends) -> None:
        command = [sys.executable, "-W", "ignore", "-c", SERVER, ends.topic, *ends.conf.config_file]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        ends.callback(self.kill)
        self.await_word("listening")

    def await_word(self, word: str) -> None:
        """Wait until it says so."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == f"{word}\n"

    def kill(self) -> None:
        """End it at once; harmless when it has ended."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def test_a_server_that_dies_is_noticed(
    configured: Configured, rabbitmq: RabbitMq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long before the deadline, although the broker is well and nobody else gets the call."""
    monkeypatch.setattr("designate.rpc.pulse.SILENCE", 2)
    with Ends(configured(rabbitmq.url)) as ends:
        server = Dying(ends)
        echo = ends.client(Echo)
        raised: list[BaseException] = []

        def call() -> None:
            try:
                echo.fail(CONTEXT, "slow")
            except errors.DesignateError as error:
                raised.append(error)

        under_way = threading.Thread(target=call)
        under_way.start()
        server.await_word("begun")
        server.kill()
        under_way.join(10)
        assert [type(error) for error in raised] == [errors.MessagingUnavailable]


def test_another_server_does_what_one_that_died_was_at(
    configured: Configured, rabbitmq: RabbitMq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once its silence has lasted, without the caller's doing."""
    monkeypatch.setattr("designate.rpc.pulse.SILENCE", 2)
    with Ends(configured(rabbitmq.url)) as ends:
        server, done = Dying(ends), threading.Event()
        echo, answers = ends.client(Echo), Answers()
        answers.go_on.set()

        def call() -> None:
            echo.fail(CONTEXT, "slow")
            done.set()

        under_way = threading.Thread(target=call)
        under_way.start()
        server.await_word("begun")
        ends.serve(Echo, answers, "other")
        server.kill()
        assert done.wait(WAITING)
        assert answers.calls == 1
        under_way.join()


def test_what_one_that_died_had_done_is_not_done_again(
    configured: Configured, rabbitmq: RabbitMq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its caller hears that it was done, perhaps, since nobody knows what came of it."""
    monkeypatch.setattr("designate.rpc.pulse.SILENCE", 2)

    @contextlib.contextmanager
    def known(_: str) -> Iterator[None]:
        raise errors.CallRepeated
        yield

    with Ends(configured(rabbitmq.url)) as ends:
        server, raised = Dying(ends), list[BaseException]()
        echo, answers = ends.client(Echo), Answers()

        def call() -> None:
            try:
                echo.fail(CONTEXT, "slow")
            except errors.DesignateError as error:
                raised.append(error)

        under_way = threading.Thread(target=call)
        under_way.start()
        server.await_word("begun")
        ends.serve(Echo, answers, "other", once=known)
        server.kill()
        under_way.join(WAITING)
        assert [type(error) for error in raised] == [errors.MessagingUnavailable]
        assert answers.calls == 0


def test_a_long_call_is_waited_for(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as its server gives signs of life, which are no answers."""
    monkeypatch.setattr("designate.rpc.pulse.SILENCE", 1)
    monkeypatch.setattr("designate.rpc.pulse.EVERY", 0.2)
    answers = Answers()
    ends.serve(Echo, answers)
    threading.Timer(3, answers.go_on.set).start()
    begin = time.monotonic()
    ends.client(Echo).fail(CONTEXT, "slow")
    assert time.monotonic() - begin > 2.5


def test_nobody_there_is_told_soon(ends: Ends) -> None:
    """Without any server the call is not kept for one; central's queue would outlive it."""
    with pytest.raises(errors.MessagingUnavailable):
        ends.client(Echo).say(CONTEXT, [])


def test_who_may_not_listen_yet_tries_again(configured: Configured, rabbitmq: RabbitMq) -> None:
    """A broker that comes up may refuse at first: the library gives up then."""
    user = f"user-{secrets.token_hex(4)}"
    rabbitmq.ask("add_user", user, rabbitmq.password)
    rabbitmq.ask("set_permissions", user, ".*", ".*", ".*")
    with Ends(configured(rabbitmq.url.replace("//designate:", f"//{user}:"))) as ends:
        transport = ends.transport()
        rabbitmq.ask("set_permissions", user, "reply.*", ".*", ".*")
        server = Server(transport, Echo, Answers(), topic=ends.topic, name="one")
        server.start()
        ends.callback(server.stop)
        assert not server.wait(1)
        rabbitmq.ask("set_permissions", user, ".*", ".*", ".*")
        assert server.wait(WAITING)
        assert client(transport, Echo, topic=ends.topic).say(CONTEXT, ["a"]) == ["a"]


def test_no_log_shows_a_secret(
    ends: Ends, configured: Configured, rabbitmq: RabbitMq, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level of all libraries, also when a reply comes too late."""
    caplog.set_level(1)
    for name in ("oslo_messaging", "oslo.messaging", "kombu", "amqp", "designate"):
        caplog.set_level(1, name)
    answers = Answers()
    with Ends(configured(rabbitmq.url, "rpc_response_timeout = 1")) as hasty:
        hasty.serve(Echo, answers)
        echo = hasty.client(Echo)
        assert echo.say(CONTEXT, ["SECRET-OF-A-KEY"]) == ["SECRET-OF-A-KEY"]
        _expect_timeout(echo, "slow")
        answers.go_on.set()
        assert echo.who(CONTEXT) == CONTEXT
    logged = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert "Receive incoming message" in logged
    assert "TOKEN-OF-THE-CALLER" not in logged
    assert "SECRET-OF-A-KEY" not in logged


@pytest.mark.parametrize("enabled", [True, False])
def test_a_probe_of_the_library_is_answered_where_it_may_ask(
    rabbitmq: RabbitMq,
    configured: Configured,
    enabled: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Health checks of some deployers call it; they know nothing of our contracts."""
    with Ends(configured(rabbitmq.url, f"rpc_ping_enabled = {enabled}")) as ends:
        ends.serve(Echo, Answers())
        target = oslo_messaging.Target(topic=ends.topic, server="one")
        probe = oslo_messaging.get_rpc_client(ends.transport().oslo, target, timeout=WAITING)
        if enabled:
            assert probe.call({}, "oslo_rpc_server_ping") == "pong"
        else:
            with pytest.raises(oslo_messaging.RemoteError):
                probe.call({}, "oslo_rpc_server_ping")
