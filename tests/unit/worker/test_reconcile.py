# SPDX-License-Identifier: Apache-2.0
"""The difference between what shall be and what is, as calls."""

from designate.storage.servers import ABSENT, DOUBT, PRESENT
from designate.worker.reconcile import CREATE, DELETE, Plan, decide
from tests.unit.worker.zones import (
    BACKENDS,
    deleting,
    endpoint,
    facts,
    gone,
    key,
    pool,
    row,
    target,
    zone,
)

ONE = {"pool": pool(1)}
TWO = {"pool": pool(1, 2)}


def calls(plan: Plan) -> dict[str, list[tuple[str, str]]]:
    """The calls of a plan: kind and zone, in order, by server."""
    return {
        server: [(call.kind, call.zone.id) for call in made] for server, made in plan.calls.items()
    }


def test_a_new_zone_is_created_on_every_target() -> None:
    """And its row then says with which configuration."""
    plan = decide(facts([zone()]), TWO, BACKENDS)
    assert calls(plan) == {key(1): [(CREATE, "new")], key(2): [(CREATE, "new")]}
    after = plan.calls[key(1)][0].after
    assert after is not None
    assert (after.state, after.config_version) == (PRESENT, 3)


def test_a_change_of_content_calls_no_backend() -> None:
    """It is a NOTIFY: to targets and whoever else listens."""
    pools = {"pool": pool(1, 2, also_notifies=[endpoint(9), endpoint(1)])}
    rows = [row("new", key(1)), row("new", key(2))]
    plan = decide(facts([zone()], rows), pools, BACKENDS)
    assert plan.calls == {}
    (watch,) = plan.watches
    assert watch.notify == ((endpoint(1), None), (endpoint(2), None), (endpoint(9), None))


def test_an_older_configuration_and_doubt_are_created_anew() -> None:
    """Creating is verified, so it brings whatever is there in line."""
    rows = [row("new", key(1), config_version=2), row("new", key(2), DOUBT)]
    plan = decide(facts([zone()], rows), TWO, BACKENDS)
    assert calls(plan) == {key(1): [(CREATE, "new")], key(2): [(CREATE, "new")]}


def test_a_deleting_zone_is_deleted_everywhere_and_watched_for_absence() -> None:
    """Also where no row says that it is; not where it is known to be gone."""
    rows = [row("old", key(2), ABSENT)]
    plan = decide(facts([deleting(hard_delete=True)], rows), TWO, BACKENDS)
    assert calls(plan) == {key(1): [(DELETE, "old")]}
    (call,) = plan.calls[key(1)]
    assert call.hard
    assert call.after is not None
    assert call.after.state == ABSENT
    assert [watch.absent for watch in plan.watches] == [True]


def test_on_one_server_the_old_goes_before_the_new_comes() -> None:
    """A name has one zone on a server."""
    rows = [row("old", key(1), DOUBT), row("older", key(1), DOUBT)]
    plan = decide(facts([zone(), gone(), gone("older", age=2)], rows), ONE, BACKENDS)
    assert calls(plan) == {key(1): [(DELETE, "older"), (DELETE, "old"), (CREATE, "new")]}
    assert [call.after for call in plan.calls[key(1)][:2]] == [None, None]


def test_a_tombstone_is_deleted_where_it_is_only() -> None:
    """The other servers have confirmed its end."""
    plan = decide(facts([gone()], [row("old", key(2), DOUBT)]), TWO, BACKENDS)
    assert calls(plan) == {key(2): [(DELETE, "old")]}
    assert plan.watches == []


def test_a_zone_is_not_deleted_where_a_newer_one_has_its_place() -> None:
    """The newer was made by replacing it: the tombstone counts as done."""
    old = row("old", key(1), DOUBT)
    plan = decide(facts([zone(), gone()], [row("new", key(1)), old]), ONE, BACKENDS)
    assert (plan.calls, plan.drops) == ({}, [old])


def test_a_pool_that_shares_a_target_does_not_delete_what_the_other_made() -> None:
    """The deleting zone of one pool and the new zone of another meet on one server."""
    pools = {"pool": pool(1), "other": pool(1, pool_id="other")}
    new, old = zone(pool_id="other"), deleting()
    rows = [row("new", key(1), pool_id="other"), row("old", key(1))]
    plan = decide(facts([new, old], rows), pools, BACKENDS)
    assert plan.calls == {}
    assert [(put.zone_id, put.state) for put in plan.puts] == [("old", ABSENT)]


def test_of_two_zones_that_want_one_server_the_newer_has_it() -> None:
    """The older keeps the servers of its own."""
    pools = {"pool": pool(1, 2), "other": pool(1, pool_id="other")}
    plan = decide(facts([zone(pool_id="other"), zone("old", age=1)]), pools, BACKENDS)
    assert calls(plan) == {key(1): [(CREATE, "new")], key(2): [(CREATE, "old")]}


def test_a_row_of_a_target_that_no_pool_has_is_dropped() -> None:
    """Nobody knows how to speak to it any more."""
    left = row("old", key(7))
    plan = decide(facts([gone()], [left]), ONE, BACKENDS)
    assert (plan.calls, plan.drops) == ({}, [left])


def test_a_moved_zone_leaves_its_old_servers_when_the_new_ones_serve_it() -> None:
    """Until then both have it."""
    pools = {"pool": pool(1), "before": pool(2, pool_id="before")}
    rows = [row("new", key(1)), row("new", key(2), pool_id="before")]
    moving = decide(facts([zone()], rows), pools, BACKENDS)
    assert (moving.calls, moving.unfinished) == ({}, True)
    moved = decide(facts([zone(confirmed=5)], rows), pools, BACKENDS)
    assert calls(moved) == {key(2): [(DELETE, "new")]}
    assert not moved.unfinished


def test_a_target_without_zones_of_its_own_is_told_nothing() -> None:
    """The embedded name server serves the database: no call, no NOTIFY, only polls."""
    pools = {"pool": pool(1, targets=[target(1, "embedded")])}
    plan = decide(facts([zone()]), pools, BACKENDS)
    assert plan.calls == {}
    assert [(watch.notify, watch.absent) for watch in plan.watches] == [((), False)]


def test_a_target_of_an_unknown_type_is_called_all_the_same() -> None:
    """So that the reason is told, and not a silent success."""
    pools = {"pool": pool(1, targets=[target(1, "nameless")])}
    plan = decide(facts([zone()]), pools, BACKENDS)
    assert calls(plan) == {key(1, "nameless"): [(CREATE, "new")]}


def test_a_secondary_that_was_never_transferred_is_on_no_server() -> None:
    """It has no version that could be served; an older zone of that name goes all the same."""
    empty = zone(type="SECONDARY")
    waiting = decide(facts([empty]), ONE, BACKENDS)
    assert (waiting.calls, waiting.watches) == ({}, [])
    replacing = decide(facts([empty, gone()], [row("old", key(1))]), ONE, BACKENDS)
    assert calls(replacing) == {key(1): [(DELETE, "old")]}
    transferred = decide(facts([zone(type="SECONDARY", transferred=True)]), ONE, BACKENDS)
    assert calls(transferred) == {key(1): [(CREATE, "new")]}
    assert len(transferred.watches) == 1


def test_a_zone_whose_pool_is_gone_is_watched_without_servers() -> None:
    """Which is how its status comes to say so."""
    (watch,) = decide(facts([zone()]), {}, BACKENDS).watches
    assert watch.pool.nameservers == []
