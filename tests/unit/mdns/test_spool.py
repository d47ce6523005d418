# SPDX-License-Identifier: Apache-2.0
"""What one thread fills and several read: whole or not at all, at each one's speed."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from designate.mdns.spool import IN_MEMORY, Broken, Spools
from designate.wire.packing import Part

PATIENCE = 5.0
LARGE = [Part(number, bytes([number]) * 50_000) for number in range(1, 50)]
"""More than is kept in memory."""


class Stalled:
    """Parts that stop half-way until they are let go on, and then perhaps fail."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.half_way = threading.Event()
        self.go_on = threading.Event()
        self._failure = failure

    def __iter__(self) -> Iterator[Part]:
        middle = len(LARGE) // 2
        yield from LARGE[:middle]
        self.half_way.set()
        assert self.go_on.wait(PATIENCE)
        if self._failure:
            raise self._failure
        yield from LARGE[middle:]


def read(spools: Spools, key: str, parts: Stalled, joined: threading.Event) -> list[Part]:
    """All parts of a spool, as a transfer takes them."""
    with spools.hold(key, parts) as spool:
        joined.set()
        spool.wait()
        return list(spool.parts())


def followers(
    spools: Spools, key: str, threads: ThreadPoolExecutor, count: int
) -> list[Future[list[Part]]]:
    """Others who hold a spool that is being filled; what they were to fill it with never comes."""
    events = [threading.Event() for _ in range(count)]
    found = [threads.submit(read, spools, key, Stalled(), joined) for joined in events]
    assert all(joined.wait(PATIENCE) for joined in events)
    return found


def files_without_name() -> int:
    """Open files of this process that were deleted, as a large spool is."""
    return sum(_is_deleted(entry) for entry in Path("/proc/self/fd").iterdir())


def _is_deleted(descriptor: Path) -> bool:
    try:
        return "(deleted)" in str(descriptor.readlink())
    except OSError:
        return False


def test_who_comes_while_it_is_filled_gets_all_of_it() -> None:
    """One fills, the others wait for that; none of them is given less."""
    spools, parts = Spools(), Stalled()
    with ThreadPoolExecutor(6) as threads:
        first = threads.submit(read, spools, "zone", parts, threading.Event())
        assert parts.half_way.wait(PATIENCE)
        others = followers(spools, "zone", threads, 5)
        assert not any(each.done() for each in others)
        parts.go_on.set()
        assert all(each.result(PATIENCE) == LARGE for each in (first, *others))


def test_each_reader_has_its_own_place() -> None:
    """One that stands still keeps nobody, and finds the rest where it was."""
    spools = Spools()
    with spools.hold("zone", LARGE) as spool:
        slow = spool.parts()
        assert [next(slow), next(slow)] == LARGE[:2]
        with spools.hold("zone", Stalled()) as same:
            assert list(same.parts()) == LARGE
        assert list(slow) == LARGE[2:]


def test_other_content_is_another_spool() -> None:
    """It waits for nobody."""
    spools, parts = Spools(), Stalled()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(read, spools, "old", parts, threading.Event())
        assert parts.half_way.wait(PATIENCE)
        with spools.hold("new", LARGE[:3]) as spool:
            assert list(spool.parts()) == LARGE[:3]
        parts.go_on.set()
        assert first.result(PATIENCE) == LARGE


def test_it_is_gone_with_its_last_reader() -> None:
    """Whoever filled it may go before; who comes afterwards fills a new one."""
    spools = Spools()
    before = files_without_name()
    first = spools.hold("zone", LARGE)
    first.__enter__()
    with spools.hold("zone", Stalled()) as spool:
        first.__exit__(None, None, None)
        assert list(spool.parts()) == LARGE
        assert files_without_name() == before + 1
    assert files_without_name() == before
    with spools.hold("zone", LARGE[:1]) as spool:
        assert list(spool.parts()) == LARGE[:1]


def test_a_failure_half_way_is_that_of_all_who_wait() -> None:
    """None of them is given anything; the one who fills hears the reason."""
    spools, parts = Spools(), Stalled(ConnectionError("gone"))
    before = files_without_name()
    with ThreadPoolExecutor(6) as threads:
        first = threads.submit(read, spools, "zone", parts, threading.Event())
        assert parts.half_way.wait(PATIENCE)
        others = followers(spools, "zone", threads, 5)
        parts.go_on.set()
        assert isinstance(first.exception(PATIENCE), ConnectionError)
        assert all(isinstance(each.exception(PATIENCE), Broken) for each in others)
    assert files_without_name() == before


def test_who_comes_after_a_failure_tries_anew() -> None:
    """Even while those are there who have not heard of it yet, and who leave later."""
    spools, parts = Spools(), Stalled(ConnectionError("gone"))
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(read, spools, "zone", parts, threading.Event())
        assert parts.half_way.wait(PATIENCE)
        with spools.hold("zone", Stalled()) as broken:
            parts.go_on.set()
            assert first.exception(PATIENCE)
            late = spools.hold("zone", LARGE)
            spool = late.__enter__()
            with pytest.raises(Broken):
                broken.wait()
        with spools.hold("zone", Stalled()) as same:
            assert same is spool
            assert list(same.parts()) == LARGE
        late.__exit__(None, None, None)


def test_a_small_one_needs_no_file() -> None:
    """It is kept in memory."""
    before = files_without_name()
    with Spools().hold("zone", [Part(1, bytes(IN_MEMORY // 32))] * 16):
        assert files_without_name() == before
