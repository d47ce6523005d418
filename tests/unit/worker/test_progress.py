# SPDX-License-Identifier: Apache-2.0
"""What was seen of a zone, judged: confirmed, complete, or failed and why."""

from typing import Any

from designate.storage.servers import NAMESERVER, ServerRow
from designate.worker import progress
from designate.worker.progress import GRACE, PATIENCE, Assessment, Hearing, Seen, Watching
from designate.worker.reconcile import Watch
from designate.worker.verdicts import ABSENT, BROKEN, SERVING, Verdict
from tests.unit.worker.zones import deleting, pool, row, zone

ONE, TWO = "192.0.2.1#53", "192.0.2.2#53"
QUIET = Hearing({}, {})
THERE = Seen(Verdict(SERVING, 500, "serves serial 500"), 5)
OLDER = Seen(Verdict(SERVING, 400, "serves serial 400"), 4)
REFUSING = Seen(Verdict(ABSENT, text="answers REFUSED"))
BROKE = Seen(Verdict(BROKEN, text="answers SERVFAIL"))
FAR = Seen(Verdict(SERVING, 900, "serves serial 900"), ahead=True)


def watching(seen: dict[str, Seen], rows: list[ServerRow] | None = None, **more: Any) -> Watching:
    """A watch that began at 100, of generation 5 where 4 is confirmed, on two servers."""
    known = {r.server: r for r in rows or []}
    watch = more.pop("watch", Watch(zone(), pool(1, 2), ()))
    fields: dict[str, Any] = {"patience": PATIENCE, "rows": known, "confirmed": 4, "started": True}
    return Watching(watch, 100.0, seen=seen, **fields | more)


def assess(
    seen: dict[str, Seen], *, after: float = 0.0, threshold: int = 100, **more: Any
) -> Assessment:
    """The judgement some seconds after the watch began."""
    hearing = more.pop("hearing", QUIET)
    return progress.assess(watching(seen, **more), hearing, threshold, 100.0 + after)


def test_a_zone_is_confirmed_and_complete_when_all_serve_it() -> None:
    """Nothing is left to look at."""
    found = assess({ONE: THERE, TWO: THERE})
    assert found == Assessment(confirmed=5, settled=True, complete=True)


def test_a_zone_is_confirmed_when_enough_serve_it() -> None:
    """The other server is still waited for."""
    found = assess({ONE: THERE}, threshold=50)
    assert (found.confirmed, found.settled, found.complete) == (5, True, False)
    assert found.check_at == 100.0 + GRACE


def test_unseen_servers_serve_what_was_confirmed() -> None:
    """Until they are seen serving the newer version."""
    assert assess({ONE: THERE}).confirmed == 4


def test_a_silent_server_fails_after_its_grace() -> None:
    """Counted from when it fell silent, so that the next zone need not wait again."""
    early = assess({ONE: THERE}, hearing=Hearing({TWO: 99.0}, {}), after=1.0)
    assert (early.failures, early.check_at) == ((), 99.0 + GRACE)
    (failure,) = assess({ONE: THERE}, hearing=Hearing({TWO: 90.0}, {})).failures
    assert (failure.server, failure.code) == (TWO, "server_silent")
    assert failure.text == "192.0.2.2#53 does not answer"


def test_a_server_that_has_just_come_back_is_given_its_time() -> None:
    """What it did not answer before says nothing."""
    found = assess({ONE: THERE}, hearing=Hearing({}, {TWO: 150.0}), after=51.0)
    assert (found.failures, found.check_at) == ((), 150.0 + GRACE)


def test_a_refusing_server_fails_after_its_grace() -> None:
    """And is named with what it said."""
    assert assess({ONE: THERE, TWO: REFUSING}, after=GRACE - 1).failures == ()
    (failure,) = assess({ONE: THERE, TWO: REFUSING}, after=GRACE).failures
    assert (failure.code, failure.text) == ("server_refused", "192.0.2.2#53 answers REFUSED")


def test_a_server_that_lags_is_waited_for_longer() -> None:
    """It may be transferring many zones."""
    assert assess({ONE: OLDER, TWO: BROKE}, after=PATIENCE - 1).failures == ()
    failures = assess({ONE: OLDER, TWO: BROKE}, after=PATIENCE).failures
    assert [failure.code for failure in failures] == ["server_behind", "server_behind"]
    assert failures[0].text == "192.0.2.1#53 serves serial 400, not 500"


def test_a_server_that_makes_progress_is_waited_for_anew() -> None:
    """Each newer version that it serves begins its time again."""
    watch = watching({ONE: THERE, TWO: OLDER})
    watch.saw(TWO, Seen(Verdict(SERVING, 450, ""), 4), 110.0)
    assert TWO not in watch.waiting
    watch.saw(TWO, Seen(Verdict(SERVING, 490, ""), 5), 115.0)
    assert watch.waiting == {TWO: 115.0}


def test_a_server_ahead_of_us_fails_at_once() -> None:
    """Its serial is not taken for ours, and waiting would not help."""
    found = assess({ONE: FAR, TWO: THERE})
    assert (found.confirmed, [failure.code for failure in found.failures]) == (4, ["ahead"])


def test_a_pool_without_name_servers_is_a_failure_of_its_own() -> None:
    """Nobody could confirm anything."""
    found = assess({}, watch=Watch(zone(), pool(), ()))
    assert (found.settled, found.complete) == (False, True)
    assert [failure.code for failure in found.failures] == ["no_servers"]


def test_what_is_remembered_does_not_count_after_a_create() -> None:
    """The server was told of the zone because it did not have it."""
    settled = Watch(zone(confirmed=5), pool(1, 2), ())
    assert assess({}, watch=settled, confirmed=5).complete
    assert not assess({}, watch=settled, confirmed=5, verify=True).complete


def test_a_deleted_zone_is_settled_when_enough_servers_deny_it() -> None:
    """A silent server has not denied it."""
    gone = Watch(deleting(), pool(1, 2), (), absent=True)
    assert not assess({ONE: REFUSING}, watch=gone).settled
    assert assess({ONE: REFUSING, TWO: REFUSING}, watch=gone).settled
    assert assess({ONE: REFUSING}, watch=gone, threshold=50).settled
    (failure,) = assess({ONE: REFUSING, TWO: OLDER}, watch=gone, after=GRACE).failures
    assert failure.text == "192.0.2.2#53 still has the zone"


def test_a_newer_version_goes_on_from_the_watch_before() -> None:
    """A server that lagged has lagged since; one that was there is waited for from now on."""
    before = watching({ONE: THERE, TWO: OLDER})
    after = Watching(Watch(zone(generation=6, serial=600), pool(1, 2), ()), 130.0, 20.0, {}, 5)
    after.follow(before)
    assert (after.started, after.waiting) == (False, {TWO: 100.0})
    failures = progress.assess(after, QUIET, 100, 131.0).failures
    assert [failure.server for failure in failures] == [TWO]


def test_the_same_version_is_watched_on() -> None:
    """Nothing that was seen or told is forgotten."""
    before = watching({ONE: THERE}, failure=("code", "text"))
    after = Watching(before.watch, 130.0, 20.0, {}, 4)
    after.follow(before)
    assert (after.started, after.began, after.failure) == (True, 100.0, ("code", "text"))
    assert after.seen == {ONE: THERE}


def rows_after(seen: dict[str, Seen], **more: Any) -> dict[str, ServerRow | None]:
    """The rows of name servers when all that can fail has failed."""
    threshold = more.pop("threshold", 100)
    watch = watching(seen, **more)
    found = progress.assess(watch, QUIET, threshold, 100.0 + more.pop("after", 0.0))
    return progress.rows_after(watch, found)


def test_servers_at_the_confirmed_version_have_no_row() -> None:
    """A missing row says just that."""
    assert rows_after({ONE: THERE, TWO: THERE}) == {ONE: None, TWO: None}


def test_a_server_behind_the_confirmed_version_gets_a_row() -> None:
    """Otherwise its missing row would tell a lie."""
    after = rows_after({ONE: THERE, TWO: OLDER}, threshold=50)[TWO]
    assert after is not None
    assert (after.generation, after.serial, after.error_code) == (4, 400, None)


def test_nothing_is_written_while_servers_are_waited_for() -> None:
    """Rows change on transitions only."""
    assert rows_after({ONE: THERE, TWO: OLDER}) == {ONE: None, TWO: None}


def test_a_server_that_has_joined_stays_joined_and_a_newcomer_joins_by_serving() -> None:
    """`joined` turns true with the first version served."""
    newcomer = row("new", TWO, "behind", role=NAMESERVER, joined=False, config_version=0)
    held = assess({ONE: THERE}, rows=[newcomer])
    assert (held.confirmed, held.complete) == (5, False)
    assert rows_after({ONE: THERE, TWO: THERE}, rows=[newcomer])[TWO] is None
