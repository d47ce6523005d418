# SPDX-License-Identifier: Apache-2.0
"""The kinds of queues that operators choose: calls and hints work over each."""

import secrets
from pathlib import Path

import pytest

from designate.contracts.worker import Worker
from designate.rpc.hints import Hints
from tests.contract.rpc.conftest import Configured
from tests.contract.rpc.ends import CONTEXT, Echo, Ends
from tests.contract.rpc.test_calls import Answers
from tests.contract.rpc.test_hints import Heard
from tests.servers.rabbitmq import RabbitMq

QUORUM = "rabbit_quorum_queue = true\nrabbit_transient_quorum_queue = true\n"
KINDS = {
    "quorum": (QUORUM, "quorum"),
    "stream": (QUORUM + "rabbit_stream_fanout = true\n", "stream"),
    "named": ("use_queue_manager = true\nhostname = here\nprocessname = {unique}\n", "classic"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_calls_and_hints_go_over_queues_of_each_kind(
    rabbitmq: RabbitMq, configured: Configured, tmp_path: Path, kind: str
) -> None:
    """And the broker has such queues then."""
    lines, found = KINDS[kind]
    unique = f"test{secrets.token_hex(4)}"
    vhost = f"v{secrets.token_hex(4)}"  # an exchange of the common one is of another kind
    rabbitmq.ask("add_vhost", vhost)
    rabbitmq.ask("set_permissions", "-p", vhost, "designate", ".*", ".*", ".*")
    section = f"state_path = {tmp_path}\n[oslo_messaging_rabbit]\n{lines.format(unique=unique)}"
    with Ends(configured(f"{rabbitmq.url}{vhost}", section)) as ends:
        ends.serve(Echo, Answers())
        assert ends.client(Echo).say(CONTEXT, ["a"]) == ["a"]
        hints, heard = Hints(ends.transport()), Heard()
        ends.callback(hints.close)
        topic, ends.topic = ends.topic, f"{ends.topic}-worker"
        ends.serve(Worker, heard)
        hints.to(Worker, topic=ends.topic).wake(frozenset({"a.example."}))
        heard.wait({"a.example."})
        queues = rabbitmq.ask("list_queues", "-p", vhost, "name", "type")
        assert found in queues
        assert topic in queues
        assert (f"reply_here:{unique}:1" in queues) is (kind == "named")
