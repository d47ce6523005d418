# SPDX-License-Identifier: Apache-2.0
"""The queue: a name has one holder, and nothing that was asked for is forgotten."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Connection, Engine, insert

from designate.storage import lanes, releases, rows, servers, work
from designate.storage.releases import Done, Retry
from designate.storage.servers import ServerRow
from designate.storage.tables import zone_work
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import mark_due
from designate.storage.work import Claim, Parked
from tests.mass.examined import examiner
from tests.unit.storage.zone_rows import NAME, NOON, add_work, work_row

NOW = rows.unix_time(NOON)
CROWD = 20_000


@pytest.fixture
def store(engine: Engine) -> Store:
    """A database at noon, with one name due."""
    made = Store(engine, lambda: NOON)
    add_work(made)
    return made


def claim(store: Store, token: str = "mine") -> list[Claim]:
    """Claim the name."""
    return store.write(lambda tx: work.claim(tx, [NAME, "other."], token, NOW + 30))


def due(store: Store) -> list[str]:
    """The names that are due and free, which nobody has asked for."""
    with store.read() as connection:
        found = lanes.look(connection, NOW, lanes.BEGINNING, 10).found
    return [waiting.name_key for waiting in found.get(None, [])]


def row(state: str, **more: object) -> ServerRow:
    """A target of the name."""
    return replace(
        ServerRow(
            zone_id="zone",
            role="target",
            server="server",
            pool_id="pool",
            name_key=NAME,
            state=state,
            config_version=2,
        ),
        **more,  # type: ignore[arg-type]
    )


def test_a_name_is_claimed_once(store: Store) -> None:
    """Whoever comes second gets nothing."""
    assert claim(store) == [Claim(NAME, "mine", wanted=1, attempts=0, since=100.0, lane=None)]
    assert claim(store, "other") == []
    assert due(store) == []


def test_names_that_are_not_queued_are_not_claimed(store: Store) -> None:
    """A wake-up may come late."""
    (mine,) = claim(store)
    store.write(lambda tx: releases.done(tx, [Done(mine, NOW)]))
    assert claim(store) == []


def test_due_names_come_in_the_order_of_their_time(store: Store) -> None:
    """And none before its time."""
    for name, due_at in (("c.", 300.0), ("b.", 200.0), ("later.", NOW + 5), ("done.", None)):
        add_work(store, name, due_at=due_at)
    assert due(store) == [NAME, "b.", "c."]
    with store.read() as connection:
        assert work.next_due(connection) == 100.0
        assert work.queue(connection) == work.Queue(4, 100.0)


def test_work_that_is_done_leaves_the_queue(store: Store) -> None:
    """Until the next change."""
    (mine,) = claim(store)
    store.write(lambda tx: releases.done(tx, [Done(mine, NOW)]))
    after = work_row(store)
    assert (after["due_at"], after["since"], after["lease_token"]) == (None, None, None)


def test_a_change_during_the_work_keeps_the_name_due(store: Store) -> None:
    """Its age counts from when the facts were read."""
    (mine,) = claim(store)
    store.write(lambda tx: mark_due(tx, NAME, None))
    store.write(lambda tx: releases.done(tx, [Done(mine, NOW - 1)]))
    after = work_row(store)
    assert (after["due_at"], after["since"], after["lease_token"]) == (NOW, NOW - 1, None)


def test_a_retry_waits_and_counts(store: Store) -> None:
    """Nobody waits for zones that are settled all the same."""
    (mine,) = claim(store)
    store.write(lambda tx: releases.retry(tx, [Retry(mine, NOW + 8, None)]))
    after = work_row(store)
    assert (after["due_at"], after["attempts"], after["since"]) == (NOW + 8, 1, None)


def test_a_retry_does_not_put_off_a_change(store: Store) -> None:
    """A write makes a name due at once."""
    (mine,) = claim(store)
    store.write(lambda tx: mark_due(tx, NAME, None))
    store.write(lambda tx: releases.retry(tx, [Retry(mine, NOW + 8, NOW)]))
    assert work_row(store)["due_at"] == NOW


@pytest.mark.parametrize("end", ["done", "retry"])
def test_who_lost_the_lease_ends_nothing(store: Store, end: str) -> None:
    """The name belongs to another holder."""
    (mine,) = claim(store)
    store.write(lambda tx: work.take_over(tx, {NAME: "mine"}))
    claim(store, "other")

    def finish(tx: Transaction) -> None:
        if end == "done":
            releases.done(tx, [Done(mine, NOW)])
        else:
            releases.retry(tx, [Retry(mine, NOW, NOW)])

    store.write(finish)
    assert work_row(store)["lease_token"] == "other"


def test_a_renewal_keeps_what_is_still_held(store: Store) -> None:
    """With a new token, so that observers see a sign of life."""
    claim(store)
    held = {NAME: "mine", "gone.": "mine"}
    assert store.write(lambda tx: work.renew(tx, held, "next", NOW + 60)) == {NAME}
    assert work_row(store)["lease_token"] == "next"


def test_the_fence_passes_holders_only(store: Store) -> None:
    """By name and token."""
    claim(store)
    assert store.write(lambda tx: work.fence(tx, {NAME: "mine"})) == {NAME}
    assert store.write(lambda tx: work.fence(tx, {NAME: "stale", "gone.": "mine"})) == set()


def test_a_name_is_taken_over_from_the_holder_that_was_watched(store: Store) -> None:
    """Not from the one that came after it."""
    claim(store)
    with store.read() as connection:
        assert work.unrenewed(connection, NOW + 29) == set()
        assert work.unrenewed(connection, NOW + 31) == {"mine"}
        assert work.held_by(connection, {"mine", "other"}) == {NAME: "mine"}
        assert work.held_by(connection, {"other"}) == {}
    store.write(lambda tx: work.take_over(tx, {NAME: "earlier"}))
    assert work_row(store)["lease_token"] == "mine"
    store.write(lambda tx: work.take_over(tx, {NAME: "mine"}))
    assert work_row(store)["lease_token"] is None


def test_release_all_frees_the_queue_of_an_ended_process(store: Store) -> None:
    """What paused is tried at once; what is done stays done."""
    claim(store)
    add_work(store, "paused.", due_at=NOW + 300)
    add_work(store, "done.", due_at=None)
    store.write(work.release_all)
    assert sorted(due(store)) == [NAME, "paused."]


def test_a_server_that_is_back_wakes_those_that_it_failed(store: Store) -> None:
    """And nobody else."""
    for name, error in (("failed.", "target_unreachable"), ("fine.", None)):
        add_work(store, name, due_at=NOW + 300)
        broken = row("doubt", name_key=name, zone_id=name, error_code=error)
        store.write(lambda tx, broken=broken: servers.put(tx, [broken]))  # type: ignore[misc]
    assert store.write(lambda tx: work.wake_waiting(tx, ["server"], None, 10)) is None
    assert work_row(store, "failed.")["due_at"] == NOW
    assert work_row(store, "fine.")["due_at"] == NOW + 300


def test_those_that_wait_for_a_server_are_woken_step_by_step(store: Store) -> None:
    """However many they are, and however many wait until the same moment."""
    names = [f"z{n:03}." for n in range(40)]
    for n, name in enumerate(names):
        add_work(store, name, due_at=NOW + 60 + n // 15)
    failed = [row("doubt", name_key=n, zone_id=n, error_code="target_unreachable") for n in names]
    store.write(lambda tx: servers.put(tx, failed))
    place: Parked | None = None
    steps = woken = 0
    while place or not steps:
        place = store.write(partial(work.wake_waiting, servers=["server"], after=place, limit=10))
        steps += 1
        before, woken = woken, sum(work_row(store, name)["due_at"] == NOW for name in names)
        assert woken - before <= 10
    assert (woken, steps) == (40, 5)


def test_a_step_reads_only_its_own(store: Store) -> None:
    """Beside many that wait longer, rest, or are on the server and well."""
    crowd = [
        {"name_key": f"{n}.later.", "shard": 0, "wanted": 1, "attempts": 0, "due_at": NOW + 99 + n}
        for n in range(CROWD)
    ]
    store.write(lambda tx: tx.write(insert(zone_work), crowd))
    there = [
        row("present", name_key=one["name_key"], zone_id=f"{n}") for n, one in enumerate(crowd)
    ]
    store.write(lambda tx: servers.put(tx, there))

    def step(tx: Transaction) -> int:
        analyze(tx.connection, "zone_work", "zone_servers")
        with examiner(tx.connection).counting() as read:
            assert work.wake_waiting(tx, ["server"], None, 100) is not None
        return read[0]

    assert 0 < store.write(step) < 2_000


def test_what_is_held_is_found_beside_all_that_is_due(store: Store) -> None:
    """Nor is all counted that waits, to tell how much it is."""
    crowd = [
        {"name_key": f"{n}.due.", "shard": 0, "wanted": 1, "attempts": 0, "due_at": NOW - 9}
        for n in range(CROWD)
    ]
    store.write(lambda tx: tx.write(insert(zone_work), crowd))
    claim(store)
    with store.read() as connection:
        analyze(connection, "zone_work")
        with examiner(connection).counting() as read:
            assert work.unrenewed(connection, NOW + 31) == {"mine"}
    assert read[0] < 100


def test_what_is_done_to_some_names_reads_no_others(store: Store) -> None:
    """Whatever is due, waits, or rests beside them, on a database that nobody has analyzed too."""
    crowd = [
        {
            "name_key": f"{n}.crowd.",
            "shard": 0,
            "wanted": 1,
            "attempts": 0,
            "due_at": (NOW - 9, NOW + 900, None)[n % 3],
        }
        for n in range(CROWD)
    ]
    store.write(lambda tx: tx.write(insert(zone_work), crowd))
    names = [f"{n}.crowd." for n in range(60)]
    steps: list[Callable[[Transaction], object]] = [
        lambda tx: work.claim(tx, names, "mine-1", NOW + 30),
        lambda tx: work.renew(tx, dict.fromkeys(names, "mine-1"), "mine-2", NOW + 30),
        lambda tx: work.free(tx, "mine", but=names[:9]),
        lambda tx: work.free(tx, "mine", only=names[:9]),
        lambda tx: tx.write(work._wake, {"names": names, "b_now": NOW}),
        lambda tx: work.put_resting(tx, names),
    ]
    for number, step in enumerate(steps):

        def run(tx: Transaction, step: Callable[[Transaction], object] = step) -> int:
            analyze(tx.connection, "zone_work")
            with examiner(tx.connection).counting() as read:
                step(tx)
            return read[0]

        assert store.write(run) < 1_500, number


def test_a_queue_of_very_many_is_counted_so_far(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A figure that everybody asks for all the time costs no more than that."""
    monkeypatch.setattr(work, "MOST_COUNTED", 3)
    for n in range(5):
        add_work(store, f"{n}.", due_at=NOW - n)
    with store.read() as connection:
        assert work.queue(connection) == work.Queue(3, 100.0)


def analyze(connection: Connection, *tables: str) -> None:
    """Let PostgreSQL know what is in tables, as it does by itself after a while."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE {table}")


def test_rows_of_name_servers_are_no_older_configuration(store: Store) -> None:
    """However many there are while a new one joins: they are not even read."""
    there = row("joining", role="nameserver", config_version=0)
    rows_ = [replace(there, zone_id=f"z{n}", name_key=f"z{n}.") for n in range(2_000)]
    store.write(lambda tx: servers.put(tx, rows_))
    with store.read() as connection:
        assert servers.load(connection, ["z7."], {})["z7."].rows == (rows_[7],)

    with store.read() as connection:
        analyze(connection, "zone_servers", "zone_work")
        with examiner(connection).counting() as read:
            assert work.outdated(connection, {"pool": 3, "other": 9}, 10) == []
    assert read[0] < 100


def test_names_with_an_older_configuration_are_queued(store: Store) -> None:
    """Those that are queued already stay where they are."""
    for name, due_at, version in (("old.", None, 2), ("new.", None, 3), ("queued.", NOW + 9, 2)):
        add_work(store, name, due_at=due_at)
        there = row("present", name_key=name, zone_id=name, config_version=version)
        store.write(lambda tx, there=there: servers.put(tx, [there]))  # type: ignore[misc]
    with store.read() as connection:
        assert work.outdated(connection, {"pool": 2}, 10) == []
        assert work.outdated(connection, {}, 10) == []
        found = work.outdated(connection, {"pool": 3, "other": 9}, 10)
    assert found == ["old."]
    store.write(lambda tx: work.put_resting(tx, [*found, "queued."]))
    due = {name: work_row(store, name)["due_at"] for name in ("old.", "new.", "queued.")}
    assert due == {"old.": NOW, "new.": None, "queued.": NOW + 9}
