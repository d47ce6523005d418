# SPDX-License-Identifier: Apache-2.0
"""What is left of a place where members meet when joining it fails; the rest needs real ones."""

import queue
from typing import Any

import pytest
from tooz import coordination

from designate.runtime.coordination import ToozGroup

PATIENCE = 5.0


class Coordinator:
    """One that fails at its start, or later, and says how it was ended."""

    def __init__(self, fails: str, ended: "queue.Queue[str]") -> None:
        self._fails = fails
        self._started = False
        self._ended = ended

    def get_members(self, _group: bytes) -> None:
        """As one that is not connected yet."""
        raise coordination.ToozError("not started")

    def start(self) -> None:
        """Connect, and then fail or not."""
        self._do("start")
        self._started = True

    def create_group(self, _group: bytes) -> None:
        """Fail or not."""
        self._do("create_group")

    def stop(self) -> None:
        """As tooz does."""
        if not self._started:
            raise coordination.ToozError("Can not stop a driver which has not been started")
        self._ended.put("stop")

    def _stop(self) -> None:
        self._ended.put("_stop")

    def _do(self, what: str) -> None:
        if what == self._fails:
            raise coordination.ToozConnectionError(what)


@pytest.mark.parametrize(("fails", "ends"), [("start", "_stop"), ("create_group", "stop")])
def test_what_has_half_joined_is_ended(
    monkeypatch: pytest.MonkeyPatch, fails: str, ends: str
) -> None:
    """It may hold connections and threads, and the next look makes another one."""
    ended = queue.Queue[str]()

    def made(*_: Any) -> Coordinator:
        return Coordinator(fails, ended)

    monkeypatch.setattr(coordination, "get_coordinator", made)
    group = ToozGroup("kazoo://127.0.0.1", "designate-test", "me", 3.0)
    for _ in range(2):
        with pytest.raises(coordination.ToozConnectionError, match=fails):
            group.look()
        assert ended.get(timeout=PATIENCE) == ends
    assert ended.empty()
