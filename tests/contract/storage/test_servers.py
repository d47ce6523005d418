# SPDX-License-Identifier: Apache-2.0
"""What is on servers, and what zones become by it."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, delete

from designate.storage import confirmations, servers, versions
from designate.storage.servers import ABSENT, DOUBT, NAMESERVER, PRESENT, TARGET, ServerRow
from designate.storage.tables import zones
from designate.storage.unit_of_work import Store
from tests.unit.storage.zone_rows import NAME, NOON, add_zone, zone_row

ROW = ServerRow(
    zone_id="zone",
    role=TARGET,
    server="server",
    pool_id="pool",
    name_key=NAME,
    state=PRESENT,
    config_version=2,
)


@pytest.fixture
def store(engine: Engine) -> Store:
    """A database with a zone at generation 5 where 4 is confirmed."""
    made = Store(engine, lambda: NOON)
    add_zone(made)
    return made


def put(store: Store, *rows: ServerRow) -> None:
    """Write rows."""
    store.write(lambda tx: servers.put(tx, rows))


def facts(store: Store) -> servers.Facts:
    """All that is known of the name."""
    with store.read() as connection:
        return servers.load(connection, [NAME], {})[NAME]


def test_a_row_is_read_as_it_was_written(store: Store) -> None:
    """Written again it is replaced; dropped it is gone."""
    put(store, ROW)
    failed = replace(ROW, state=DOUBT, error_code="target_refused", error_text="no", joined=False)
    put(store, failed)
    assert facts(store).rows == (failed,)
    store.write(lambda tx: servers.drop(tx, [failed]))
    assert facts(store).rows == ()


def test_of_two_rows_of_a_zone_on_a_server_the_last_is_written(store: Store) -> None:
    """Two calls may have ended in one turn of a worker."""
    put(store, replace(ROW, state=DOUBT), ROW)
    assert facts(store).rows == (ROW,)


def test_what_is_in_doubt_is_not_dropped_by_who_does_not_know(store: Store) -> None:
    """Somebody has done something late: what the server has is to be found out."""
    put(store, ROW)
    put(store, replace(ROW, state=DOUBT))
    store.write(lambda tx: servers.drop(tx, [ROW]))
    assert [row.state for row in facts(store).rows] == [DOUBT]


def test_facts_have_the_zones_that_are_there_or_may_be(store: Store) -> None:
    """Newest first; a deleted zone only while a target may still have it."""
    for zone_id, day in (("left", 2), ("gone", 3), ("settled", 4)):
        add_zone(store, zone_id, deleted=zone_id, created_at=NOON.replace(year=2026 - day))
    put(store, replace(ROW, zone_id="left"), replace(ROW, zone_id="settled", state=ABSENT))
    put(store, replace(ROW, zone_id="gone", role=NAMESERVER))
    incarnations = facts(store).incarnations
    assert [(zone.id, zone.wanted) for zone in incarnations] == [("zone", True), ("left", False)]


def test_a_purged_zone_lives_on_in_its_rows(store: Store) -> None:
    """As the oldest of its name, since nothing else is known of it."""
    put(store, replace(ROW, zone_id="purged"))
    newest, oldest = facts(store).incarnations
    assert (newest.id, oldest.id, oldest.name, oldest.deleted) == ("zone", "purged", NAME, True)


def test_confirming_the_newest_generation_settles_the_zone(store: Store) -> None:
    """ACTIVE, nothing to do, no failure."""
    zone = facts(store).incarnations[0]
    store.write(lambda tx: confirmations.fail(tx, [(zone, "server_behind", "text")]))
    store.write(lambda tx: confirmations.confirm(tx, {"zone": 5}))
    after = zone_row(store)
    assert (after["status"], after["action"]) == ("ACTIVE", "NONE")
    assert (after["confirmed_generation"], after["failure_code"]) == (5, None)


def test_confirming_an_older_generation_settles_nothing(store: Store) -> None:
    """And never lowers what is confirmed."""
    store.write(lambda tx: confirmations.confirm(tx, {"zone": 3}))
    after = zone_row(store)
    assert (after["status"], after["confirmed_generation"]) == ("PENDING", 4)


def test_a_zone_that_is_being_deleted_does_not_become_active(store: Store) -> None:
    """A late confirmation of its last content is true and means nothing."""
    add_zone(store, "dying", action="DELETE", pool_id="other")
    store.write(lambda tx: confirmations.confirm(tx, {"dying": 5}))
    assert (zone_row(store, "dying")["status"], zone_row(store, "dying")["action"]) == (
        "PENDING",
        "DELETE",
    )


def test_a_failure_is_told_with_its_reason(store: Store) -> None:
    """Cut to what fits."""
    zone = facts(store).incarnations[0]
    store.write(lambda tx: confirmations.fail(tx, [(zone, "server_behind", "x" * 300)]))
    after = zone_row(store)
    assert (after["status"], after["failure_code"]) == ("ERROR", "server_behind")
    assert after["failure_text"] == "x" * 255


def test_a_failure_of_an_older_version_says_nothing_of_the_newer(store: Store) -> None:
    """It may well succeed."""
    zone = replace(facts(store).incarnations[0], generation=4)
    store.write(lambda tx: confirmations.fail(tx, [(zone, "server_behind", "text")]))
    assert (zone_row(store)["status"], zone_row(store)["failure_code"]) == ("PENDING", None)


def test_a_failure_does_not_touch_a_settled_zone(store: Store) -> None:
    """Enough servers serve it."""
    zone = facts(store).incarnations[0]
    store.write(lambda tx: confirmations.confirm(tx, {"zone": 5}))
    store.write(lambda tx: confirmations.fail(tx, [(zone, "server_silent", "text")]))
    assert (zone_row(store)["status"], zone_row(store)["failure_code"]) == ("ACTIVE", None)


def test_doubt_is_cast_on_targets_only(store: Store) -> None:
    """Name servers are asked anyhow."""
    observed = replace(ROW, role=NAMESERVER, state="behind")
    put(store, ROW, observed)
    assert store.write(lambda tx: servers.doubt(tx, NAME))
    assert {row.role: row.state for row in facts(store).rows} == {
        TARGET: DOUBT,
        NAMESERVER: "behind",
    }
    assert not store.write(lambda tx: servers.doubt(tx, "other."))


def test_a_settled_deletion_leaves_tombstones_only(store: Store) -> None:
    """Targets that may still have the zone."""
    put(store, ROW, replace(ROW, server="clean", state=ABSENT), replace(ROW, role=NAMESERVER))
    store.write(lambda tx: servers.drop_settled(tx, "zone"))
    assert facts(store).rows == (ROW,)


def test_versions_are_those_of_zones_that_exist(store: Store) -> None:
    """A zone that is gone has none."""
    with store.read() as connection:
        assert servers.versions(connection, ["zone", "none"]) == {"zone": (5, 500)}
    store.write(lambda tx: tx.write(delete(zones)))
    with store.read() as connection:
        assert servers.versions(connection, ["zone"]) == {}
        assert versions.generation_of(connection, "zone", 500) is None
