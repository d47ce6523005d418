# SPDX-License-Identifier: Apache-2.0
"""What the judge of the chaos test lets pass, and what not."""

import pytest

from tests.cluster.faults import Fault
from tests.cluster.judging import AFTERMATH, Span, unexcused
from tests.system.deeds import Refusal

BEGAN, ENDED = 100.0, 110.0


def span(part: str) -> Span:
    """A fault of a part."""
    return Span(BEGAN, ENDED, Fault(part, "kill", lambda: None, lambda: None))


@pytest.mark.parametrize(
    ("part", "status", "said"),
    [
        ("api1", 502, ""),
        ("central2", 504, "timeout"),
        ("broker3", 503, "messaging_unavailable"),
        ("database1", 503, "database_unavailable"),
    ],
)
def test_who_needs_a_part_may_be_refused_while_it_is_away(
    part: str, status: int, said: str
) -> None:
    """And for a while after it, but not before it and not for ever."""
    spans = [span(part)]
    for at in (BEGAN, ENDED + AFTERMATH):
        assert unexcused([Refusal(at, status, said)], spans) == []
    for at in (BEGAN - 1, ENDED + AFTERMATH + 1):
        assert unexcused([Refusal(at, status, said)], spans) != []


@pytest.mark.parametrize(
    ("part", "status", "said"),
    [
        ("bind1", 503, "database_unavailable"),
        ("worker1", 504, "timeout"),
        ("mdns2", 503, "messaging_unavailable"),
        ("producer1", 504, "timeout"),
        ("etcd", 503, "database_unavailable"),
        ("broker1", 503, "database_unavailable"),
        ("database1", 503, "messaging_unavailable"),
        ("database1", 502, ""),
        ("central1", 500, "unknown"),
    ],
)
def test_nobody_is_refused_for_what_no_request_needs(part: str, status: int, said: str) -> None:
    """Nor told of one thing where another was away."""
    assert unexcused([Refusal(ENDED, status, said)], [span(part)]) != []
