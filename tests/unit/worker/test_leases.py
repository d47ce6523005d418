# SPDX-License-Identifier: Apache-2.0
"""A holder is gone when its token stood still for a whole lease by our own clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from designate.storage import rows, servers, work
from designate.storage.engine import open_engine
from designate.storage.releases import Done
from designate.storage.servers import DOUBT, NAMESERVER, PRESENT, load
from designate.storage.tables import zone_work
from designate.storage.unit_of_work import Store
from designate.storage.work import Claim
from designate.worker.calls import Lease
from designate.worker.dispatcher import MAX_JOBS
from designate.worker.jobs import Job
from designate.worker.leases import LOOK, Leases
from designate.worker.ledger import LEASE, YOUNG, Ledger, Settlement
from designate.worker.reconcile import Plan
from tests.unit.storage.zone_rows import (
    NAME,
    NOON,
    add_work,
    add_zone,
    create_tables,
    work_row,
    zone_row,
)
from tests.unit.worker.zones import key, row, zone

NOW = rows.unix_time(NOON)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database with one name due."""
    engine = open_engine(f"sqlite:///{tmp_path / 'db'}")
    made = Store(engine, lambda: NOON)
    create_tables(made)
    add_work(made)
    yield made
    engine.dispose()


def hold(store: Store, token: str) -> None:
    """Hold the name, with a lease that the wall clock has long ended."""
    store.write(lambda tx: work.take_over(tx, {NAME: work_row(store)["lease_token"] or ""}))
    store.write(lambda tx: work.claim(tx, [NAME], token, NOW - 100))


def test_a_name_is_freed_when_its_token_stood_still(store: Store) -> None:
    """Whatever the clocks of the hosts say."""
    hold(store, "other")
    leases = Leases(Ledger(store))
    assert not leases.look([], 1000.0)
    assert not leases.look([], 1000.0 + LEASE - 1)
    assert leases.look([], 1000.0 + LEASE + LOOK)
    assert work_row(store)["lease_token"] is None


def test_who_is_gone_is_missed_soon(store: Store) -> None:
    """A lease after the last sign of life: nobody waits until it has ended to begin to watch."""
    leases = Leases(Ledger(store))
    store.write(lambda tx: work.claim(tx, [NAME], "just now", NOW + LEASE))
    assert not leases.look([], 1000.0)
    assert leases._seen == {}
    store.write(lambda tx: work.take_over(tx, {NAME: "just now"}))
    store.write(lambda tx: work.claim(tx, [NAME], "other", NOW + LEASE - YOUNG))
    assert not leases.look([], 1005.0)
    assert not leases.look([], 1005.0 + LEASE - 1)
    assert leases.look([], 1005.0 + LEASE + LOOK)
    assert work_row(store)["lease_token"] is None


def test_all_that_a_worker_held_comes_back_at_once(store: Store) -> None:
    """Not two hundred names for each lease: it may hold thousands."""
    names = [f"z{number}.example." for number in range(MAX_JOBS)]
    like = {**work_row(store), "lease_token": "other", "due_at": NOW + LEASE - YOUNG}
    store.write(lambda tx: tx.write(insert(zone_work), [{**like, "name_key": n} for n in names]))
    survivor = Ledger(store)
    leases = Leases(survivor)
    assert not leases.look([], 1000.0)
    assert leases.look([], 1000.0 + LEASE)
    assert survivor.unrenewed() == set()
    assert len(survivor.claim(names)[0]) == len(names)


def test_a_sign_of_life_begins_the_watch_anew(store: Store) -> None:
    """A renewal changes the token."""
    hold(store, "other")
    leases = Leases(Ledger(store))
    leases.look([], 1000.0)
    hold(store, "renewed")
    assert not leases.look([], 1000.0 + LEASE)
    assert not leases.look([], 1000.0 + LEASE + LEASE - 1)
    assert leases.look([], 1000.0 + LEASE + LEASE + LOOK)


def test_a_process_frees_what_it_holds_itself(store: Store) -> None:
    """After an error it begins anew; names of others stay theirs."""
    ledger = Ledger(store)
    hold(store, ledger.token())
    Ledger(store).free_own()
    assert work_row(store)["lease_token"] is not None
    ledger.free_own()
    assert work_row(store)["lease_token"] is None


def test_a_name_with_a_call_under_way_is_not_freed(store: Store) -> None:
    """Its lease runs out: until then nobody else may tell its server anything."""
    add_work(store, "other.")
    ledger = Ledger(store)
    ledger.claim([NAME, "other."])
    ledger.free_own({NAME})
    assert work_row(store)["lease_token"] is not None
    assert work_row(store, "other.")["lease_token"] is None


def test_an_aging_lease_is_renewed(store: Store) -> None:
    """Before half of it is left, and only where it is still ours."""
    ledger = Ledger(store)
    claims, _ = ledger.claim([NAME])
    job = Job(claims[0], Lease(1000.0), NOW, Plan({}, []), None)
    leases = Leases(ledger)
    assert leases.aging([job], 1000.0 - LEASE + 1) == []
    assert leases.aging([job], 1000.0 - LEASE / 2 + 1) == [job]
    assert leases.renew([job]) == set()
    assert work_row(store)["lease_token"] == job.claim.token != claims[0].token
    hold(store, "other")
    assert leases.renew([job]) == {NAME}


def test_what_a_resumed_worker_did_after_its_lease_is_verified(store: Store) -> None:
    """Its report is not believed: the name is due again and its targets are in doubt.

    Those too that nothing was known of: the zone may have been deleted since.
    """
    ledger = Ledger(store)
    (claim,), _ = ledger.claim([NAME])
    ledger.record({NAME: claim.token}, [row("zone", key(1))], [])
    hold(store, "other")
    late = row("zone", key(2))
    assert ledger.record({NAME: claim.token}, [late], []) == {NAME}
    with store.read() as connection:
        rows = load(connection, [NAME], {})[NAME].rows
    assert {(found.server, found.state) for found in rows} == {(key(1), DOUBT), (key(2), DOUBT)}
    assert late.state == PRESENT
    after = work_row(store)
    assert (after["lease_token"], after["due_at"], after["wanted"]) == ("other", NOW, 2)


def test_who_lost_the_lease_settles_nothing(store: Store) -> None:
    """Neither rows of servers nor the zone; what others hold is settled, the name verified."""
    ledger = Ledger(store)
    (claim,) = lost(store, ledger)
    behind = row("zone", "ns2#53", "server_behind", role=NAMESERVER, config_version=0)
    store.write(lambda tx: servers.put(tx, [behind]))
    add_work(store, "ours.")
    (ours,), _ = ledger.claim(["ours."])
    facts = zone_row(store)
    asked = {
        NAME: Settlement(
            confirmed={"zone": 5},
            failed=[(zone("zone"), "code", "text")],
            puts=[row("zone", key(1))],
            drops=[behind],
            done=[Done(claim, NOW)],
        ),
        "ours.": Settlement(done=[Done(ours, NOW)]),
    }
    assert ledger.settle(asked, {NAME: claim.token, "ours.": ours.token}) == {NAME}
    with store.read() as connection:
        assert load(connection, [NAME], {})[NAME].rows == (behind,)
    assert zone_row(store) == facts
    after = work_row(store)
    assert (after["lease_token"], after["due_at"], after["verify"]) == ("other", NOW, 1)
    assert work_row(store, "ours.")["due_at"] is None


def test_a_name_whose_renewal_comes_too_late_is_verified(store: Store) -> None:
    """Whoever has it by now does not know what we did last."""
    ledger = Ledger(store)
    (claim,) = lost(store, ledger)
    kept, _, _ = ledger.renew({NAME: claim.token})
    assert kept == set()
    after = work_row(store)
    assert (after["lease_token"], after["due_at"], after["verify"]) == ("other", NOW, 1)


def lost(store: Store, ledger: Ledger) -> list[Claim]:
    """A claim of a zone's name that somebody has taken over since."""
    add_zone(store)
    claims, _ = ledger.claim([NAME])
    hold(store, "other")
    return claims
