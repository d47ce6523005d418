# SPDX-License-Identifier: Apache-2.0
"""What is remembered, for how long, and what a commit does to it."""

from pathlib import Path

from designate.mdns.cache import LIFETIME, Cache
from designate.mdns.zones import Zones, suffixes
from tests.unit.mdns.zone_rows import ZoneRows, open_store


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_value_is_good_for_its_lifetime_from_the_begin_of_the_read() -> None:
    """Time spent reading counts."""
    clock = Clock()
    cache: Cache[str, int] = Cache(10, clock)
    with cache.reading() as reading:
        clock.now += LIFETIME / 2
        reading.file("key", 1, ["name"])
    assert cache.get("key") == 1
    clock.now += LIFETIME / 2
    assert cache.get("key") is None


def test_dropping_a_name_forgets_what_is_filed_under_it() -> None:
    """And nothing else."""
    cache: Cache[str, int] = Cache(10)
    with cache.reading() as reading:
        reading.file("one", 1, ["a", "b"])
        reading.file("two", 2, ["b"])
        reading.file("three", 3, ["c"])
    cache.drop(["a"])
    assert [cache.get(key) for key in ("one", "two", "three")] == [None, 2, 3]
    cache.drop(["b", "unknown"])
    assert [cache.get(key) for key in ("one", "two", "three")] == [None, None, 3]


def test_a_value_read_before_a_commit_is_not_filed_after_it() -> None:
    """The read saw the state before; another name's commit does not matter."""
    cache: Cache[str, int] = Cache(10)
    with cache.reading() as reading:
        cache.drop(["a"])
        reading.file("old", 1, ["a", "b"])
        reading.file("other", 2, ["b"])
    assert (cache.get("old"), cache.get("other")) == (None, 2)
    with cache.reading() as reading:
        reading.file("new", 3, ["a"])
    assert cache.get("new") == 3


def test_memory_is_bounded() -> None:
    """All is forgotten when as many values have been filed as fit, dropped ones included."""
    cache: Cache[int, int] = Cache(100)
    for number in range(1000):
        with cache.reading() as reading:
            reading.file(number, number, ["a"])
        if number % 7 == 0:
            cache.drop(["a"])
        assert len(cache.entries) <= 100
    assert sum(map(len, cache._keys.values())) <= 100
    assert cache.get(999) == 999
    assert not cache._readings


def test_suffixes_are_those_of_the_labels() -> None:
    """An escaped dot does not end a label; the root has none."""
    assert suffixes(r"a\.b.c.") == [r"a\.b.c.", "c."]
    assert suffixes(".") == []


def test_zones_are_found_by_their_names_as_they_come_and_go(tmp_path: Path) -> None:
    """Every commit shows at once, whichever zone on the way it makes, changes or removes."""
    store = open_store(tmp_path)
    zones = Zones(store)

    def found() -> list[tuple[str, int]]:
        name = "www.a.b.example.org."
        cached = [(served.zone.name, served.zone.serial) for served in zones.at_or_above(name)]
        fresh = zones.at_or_above(name, fresh=True)
        assert cached == [(served.zone.name, served.zone.serial) for served in fresh]
        return cached

    assert found() == []
    top = ZoneRows(store, "example.org.", serial=1).create()
    assert found() == [("example.org.", 1)]
    deep = ZoneRows(store, "a.b.example.org.", serial=5).create()
    assert found() == [("a.b.example.org.", 5), ("example.org.", 1)]
    ZoneRows(store, "other.example.org.").create()
    middle = ZoneRows(store, "b.example.org.", serial=9).create()
    assert found() == [("a.b.example.org.", 5), ("b.example.org.", 9), ("example.org.", 1)]
    deep.change({})
    top.change({})
    assert found() == [("a.b.example.org.", 6), ("b.example.org.", 9), ("example.org.", 2)]
    deep.remove()
    assert found() == [("b.example.org.", 9), ("example.org.", 2)]
    middle.remove()
    top.remove()
    assert found() == []


def test_the_oldest_of_namesakes_answers(tmp_path: Path) -> None:
    """Of zones of one name in two pools, unless it is being deleted."""
    store = open_store(tmp_path)
    first = ZoneRows(store, serial=1, fields={"pool_id": "one"}).create()
    later = first.zone.created_at.replace(year=2027)
    second = ZoneRows(store, serial=2, fields={"pool_id": "two", "created_at": later}).create()
    zones = Zones(store)
    assert zones.at_or_above("example.org.")[0].zone.serial == 1
    first.change({}, serial=1, action="DELETE")
    assert zones.at_or_above("example.org.")[0].zone.serial == 2
    second.remove()
    assert zones.at_or_above("example.org.")[0].is_leaving
