# SPDX-License-Identifier: Apache-2.0
"""A broker that is away, hangs, or comes back, and a cluster of them."""

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from designate import errors
from designate.contracts.worker import Worker
from designate.rpc.client import client
from designate.rpc.hints import Hints
from designate.rpc.transport import Transport
from tests.contract.rpc.conftest import Configured
from tests.contract.rpc.ends import CONTEXT, WAITING, Echo, Ends
from tests.contract.rpc.test_calls import Answers
from tests.contract.rpc.test_hints import Heard
from tests.servers.bind9 import HOST, free_port
from tests.servers.rabbitmq import Cluster, RabbitMq

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.usefixtures("sockets_of_others"),
]

SOON = 2.0
"""Seconds in which a call fails while there is no broker."""
HUNG = 120.0
"""Seconds after which calls work while one of several brokers hangs; one call may time out."""
BACK = 10.0
"""Seconds in which calls work once there is one again."""


@pytest.fixture(scope="module")
def broker() -> Iterator[RabbitMq]:
    """A broker that tests stop and start."""
    with RabbitMq() as server:
        yield server


def expect_failure(echo: Echo) -> float:
    """A call fails; after how long."""
    begin = time.monotonic()
    with pytest.raises(errors.MessagingUnavailable):
        echo.say(CONTEXT, ["a"])
    return time.monotonic() - begin


def expect_return(echo: Echo, seconds: float = BACK) -> None:
    """Calls work again within so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            assert echo.say(CONTEXT, ["a"]) == ["a"]
        except (errors.MessagingUnavailable, errors.Timeout):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def test_a_broker_that_dies_is_told_soon_and_its_return_is_seen(
    broker: RabbitMq, configured: Configured
) -> None:
    """Neither end is started anew."""
    with Ends(configured(broker.url)) as ends:
        ends.serve(Echo, Answers())
        echo = ends.client(Echo)
        assert echo.say(CONTEXT, ["a"]) == ["a"]
        broker.kill()
        assert expect_failure(echo) < SOON
        assert expect_failure(echo) < SOON
        broker.start()
        expect_return(echo)


def test_a_call_under_way_does_not_outlast_its_broker(
    broker: RabbitMq, configured: Configured
) -> None:
    """Its answer would not come any more."""
    answers = Answers()
    with Ends(configured(broker.url)) as ends:
        ends.serve(Echo, answers)
        echo = ends.client(Echo)
        raised: list[BaseException] = []

        def call() -> None:
            try:
                echo.fail(CONTEXT, "slow")
            except errors.DesignateError as error:
                raised.append(error)

        under_way = threading.Thread(target=call)
        under_way.start()
        assert answers.begun.wait(WAITING)
        broker.kill()
        under_way.join(10)
        assert [type(error) for error in raised] == [errors.MessagingUnavailable]
        answers.go_on.set()
        broker.start()
        expect_return(echo)


def test_a_broker_that_hangs_hangs_nobody(broker: RabbitMq, configured: Configured) -> None:
    """Its connections stay and say nothing."""
    with Ends(configured(broker.url)) as ends:
        ends.serve(Echo, Answers())
        echo = ends.client(Echo)
        assert echo.say(CONTEXT, ["a"]) == ["a"]
        with broker.stopped():
            assert expect_failure(echo) < 3 * SOON
            assert expect_failure(echo) < SOON
        expect_return(echo)


def test_who_starts_without_a_broker_waits_for_one(
    configured: Configured, broker: RabbitMq
) -> None:
    """Both ends start at once, and find it when it comes."""
    broker.kill()
    conf = configured(broker.url)
    with Ends(conf) as ends:
        transport = Transport(conf)
        ends.callback(transport.close, WAITING)
        echo = client(transport, Echo, topic=ends.topic)
        assert expect_failure(echo) < SOON
        broker.start()
        ends.serve(Echo, Answers())
        expect_return(echo)


def test_hints_are_lost_with_the_broker_and_nobody_waits(
    broker: RabbitMq, configured: Configured
) -> None:
    """What is told after its return is heard."""
    with Ends(configured(broker.url)) as ends:
        heard = Heard()
        ends.serve(Worker, heard)
        transport = ends.transport()
        hints = Hints(transport)
        ends.callback(hints.close)
        worker = hints.to(Worker, topic=ends.topic)
        broker.kill()
        begin = time.monotonic()
        for number in range(20_000):
            worker.wake(frozenset({f"z{number}.example."}))
        assert time.monotonic() - begin < SOON
        broker.start()
        deadline = time.monotonic() + BACK
        while "after.example." not in heard.names:
            worker.wake(frozenset({"after.example."}))
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_nobody_at_the_address(configured: Configured) -> None:
    """A wrong address fails soon too."""
    conf = configured(f"rabbit://designate:x@{HOST}:{free_port()}/")
    transport = Transport(conf)
    try:
        assert expect_failure(client(transport, Echo, topic="central")) < SOON
    finally:
        transport.close(WAITING)


PAUSED = "awaiting recovery"
QUORUM = (
    "[oslo_messaging_rabbit]\nrabbit_quorum_queue = true\nrabbit_transient_quorum_queue = true\n"
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Three brokers of one cluster."""
    with Cluster(3, ticks=12) as nodes:
        yield nodes


@pytest.mark.slow
def test_a_cluster_survives_nodes_that_die(cluster: Cluster, configured: Configured) -> None:
    """Quorum queues; calls go on with the others, and with the node when it is back."""
    with Ends(configured(cluster.url, QUORUM)) as ends:
        ends.serve(Echo, Answers())
        echo = ends.client(Echo)
        expect_return(echo)
        for node in cluster.nodes[1:]:
            node.kill()
            expect_return(echo, 30)
            assert echo.say(CONTEXT, ["b"]) == ["b"]
            node.start()
            expect_return(echo, 30)


def pauses(cluster: Cluster) -> Counter[str]:
    """How often each node has said that it pauses: for each peer that it has lost."""
    return Counter({node.name: node.log().count(PAUSED) for node in cluster.nodes})


@pytest.mark.slow
def test_a_cluster_survives_each_node_that_is_parted_from_the_others(
    cluster: Cluster, configured: Configured
) -> None:
    """It alone pauses, calls go on with the others, and with it once it is back."""
    with Ends(configured(cluster.url, QUORUM)) as ends:
        ends.serve(Echo, Answers())
        echo = ends.client(Echo)
        expect_return(echo)
        for node in cluster.nodes:
            before = pauses(cluster)
            cluster.isolate(node)
            deadline = time.monotonic() + WAITING
            while pauses(cluster) == before:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            expect_return(echo, 30)
            cluster.rejoin(node)
            expect_return(echo, 30)
            assert (pauses(cluster) - before).keys() == {node.name}


# Stands last: a node that hung may go on without what is declared by now (see `Cluster`).
@pytest.mark.slow
def test_a_cluster_survives_each_node_that_hangs(cluster: Cluster, configured: Configured) -> None:
    """Calls go on while it still hangs."""
    with Ends(configured(cluster.url, QUORUM)) as ends:
        ends.serve(Echo, Answers())
        echo = ends.client(Echo)
        expect_return(echo)
        for node in cluster.nodes:
            with node.stopped():
                expect_return(echo, HUNG)
            expect_return(echo, 30)
