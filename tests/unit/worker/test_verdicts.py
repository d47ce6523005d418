# SPDX-License-Identifier: Apache-2.0
"""Refused, unknown, lame and broken are told apart, and none of them is a serial."""

import pytest

from designate.wire.soa_query import Answer
from designate.worker.verdicts import ABSENT, BROKEN, SERVING, Verdict, judge


def answer(rcode: int = 0, serial: int | None = None, *, authoritative: bool = True) -> Answer:
    """An answer as it was read."""
    return Answer(1, b"", rcode, authoritative, truncated=False, serial=serial)


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        (answer(serial=7), SERVING, "serves serial 7"),
        (answer(serial=7, authoritative=False), ABSENT, "answers without authority"),
        (answer(), ABSENT, "answers without a SOA record"),
        (answer(rcode=3), ABSENT, "answers NXDOMAIN"),
        (answer(rcode=5), ABSENT, "answers REFUSED"),
        (answer(rcode=9), ABSENT, "answers NOTAUTH"),
        (answer(rcode=2), BROKEN, "answers SERVFAIL"),
        (answer(rcode=5, serial=7), ABSENT, "answers REFUSED"),
        (answer(rcode=23), BROKEN, "answers rcode 23"),
    ],
)
def test_an_answer_means_one_thing(said: Answer, kind: str, text: str) -> None:
    """By rcode first, then by what is there, then by authority."""
    verdict = judge(said)
    assert (verdict.kind, verdict.text) == (kind, text)
    assert verdict.serial == (7 if kind == SERVING else None)


def test_a_zone_that_shall_be_served_is_reached_at_its_serial_only() -> None:
    """Neither an older nor a newer serial is it."""
    goals = [Verdict(SERVING, serial).reaches(7) for serial in (6, 7, 8)]
    assert goals == [False, True, False]
    assert not Verdict(ABSENT).reaches(7)


def test_a_zone_that_shall_be_gone_is_reached_when_a_server_says_so() -> None:
    """A server that is out of order has not said it."""
    goals = [Verdict(kind).reaches(None) for kind in (SERVING, ABSENT, BROKEN)]
    assert goals == [False, True, False]
