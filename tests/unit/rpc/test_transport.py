# SPDX-License-Identifier: Apache-2.0
"""The hosts that oslo.messaging is given."""

import pytest

from designate.rpc.transport import often_enough


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("count", range(1, 10))
def test_every_host_is_come_by(count: int, step: int) -> None:
    """However far the library goes on after a failure; a single host is given once."""
    hosts = often_enough(range(count))
    come_by = {hosts[turn * step % len(hosts)] for turn in range(len(hosts))}
    assert come_by == set(range(count))


def test_no_host_is_given_without_a_reason() -> None:
    """One stays alone, since a name is verified only then; none stays none."""
    assert often_enough(["a"]) == ["a"]
    assert often_enough([]) == []
