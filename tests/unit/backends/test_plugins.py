# SPDX-License-Identifier: Apache-2.0
"""Every backend of ours is what a backend shall be."""

import pytest

from designate.backends.base import Backend, ZoneRef
from designate.backends.plugins import installed
from designate.model.pools import Target


@pytest.mark.parametrize("kind", ["bind9", "embedded", "fake"])
def test_ours_satisfy_the_protocol(kind: str) -> None:
    """With the flags and the calls."""
    backend = installed()[kind]
    assert isinstance(backend, Backend)
    assert isinstance(backend.needs_notify, bool)
    assert isinstance(backend.manages_zones, bool)


@pytest.mark.parametrize("kind", ["embedded", "fake"])
def test_backends_without_a_server_of_their_own_do_nothing(kind: str) -> None:
    """They take no time, and raise nothing."""
    backend, target, zone = installed()[kind], Target(type=kind), ZoneRef("id", "example.org.")
    backend.create_zone(zone, target)
    backend.delete_zone(zone, target, hard=True)
    backend.probe(target)
    assert backend.timeout(target) == 0
