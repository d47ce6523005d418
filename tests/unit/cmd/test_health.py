# SPDX-License-Identifier: Apache-2.0
"""What is told over HTTP of one process, and of several."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter, generate_latest, make_wsgi_app

from designate.cmd.health import OfChildren, Told, answers_of
from designate.runtime.health import Health
from designate.runtime.workers import Said
from tests.api.exchange import InProcess, Reply

WELL = {"process": "ok", "database": "ok"}
ILL = {"process": "ok", "database": "it does not answer"}


def get(path: str, answers: Mapping[int, object | None]) -> Reply:
    """What a client of these processes gets."""
    told = [Said(place, pid, said) for place, (pid, said) in enumerate(answers.items(), 1)]
    app = Told(lambda _: told, make_wsgi_app(CollectorRegistry()))
    return InProcess(app).send("GET", path, {}, b"")


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({1: WELL}, 200),
        ({1: WELL, 2: WELL}, 200),
        ({1: WELL, 2: ILL}, 503),
        ({1: WELL, 2: None}, 503),
        ({}, 503),
    ],
)
def test_a_service_is_as_well_as_each_of_its_processes(
    answers: dict[int, Any], status: int
) -> None:
    """One that does not answer is not; each is told of."""
    for path in ("/ready", "/live"):
        reply = get(path, answers)
        assert reply.status == status
        assert reply.json["status"] == ("ok" if status == 200 else "failed")
        told = {each["pid"]: each["checks"] for each in reply.json["processes"]}
        assert told == {pid: said or {"process": "no answer"} for pid, said in answers.items()}


def test_other_paths_are_none() -> None:
    """Nothing else is told."""
    assert get("/v2/zones", {1: WELL}).status == 404


def test_samples_of_processes_stand_apart() -> None:
    """By the place of the process; a family is there once, whoever has it."""
    texts = []
    for number in (3, 4):
        registry = CollectorRegistry()
        Counter("calls", "Calls.", ["to"], registry=registry).labels("here").inc(number)
        texts.append(generate_latest(registry).decode())
    whole = CollectorRegistry()
    # The second is being replaced.
    whole.register(OfChildren(lambda _: [Said(1, 71, texts[0]), Said(3, 73, texts[1])]))
    said = generate_latest(whole).decode()
    assert said.count("# TYPE calls_total counter") == 1
    assert 'calls_total{process="1",to="here"} 3.0' in said
    assert 'calls_total{process="3",to="here"} 4.0' in said


def test_a_process_answers_what_it_is_asked() -> None:
    """As plain data, which goes through a pipe."""
    health = Health()
    health.begun()
    answer = answers_of(health, CollectorRegistry())
    asked = [answer(question) for question in ("live", "ready", "is_live", "metrics")]
    assert json.loads(json.dumps(asked)) == [{"process": "ok"}, {"process": "ok"}, True, ""]
