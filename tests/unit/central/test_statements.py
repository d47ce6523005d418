# SPDX-License-Identifier: Apache-2.0
"""How many SQL statements a request costs: the database is what bounds the rest (design 4)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from designate.model.listing import Query
from designate.model.recordsets import RecordSetChange
from designate.model.zones import Zone
from tests.unit.central.site import Site, caller

_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def at_most(site: Site, budget: int) -> Iterator[None]:
    """Fail when more statements are run than the budget allows."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(_TRANSACTION):
            seen.append(statement)

    event.listen(site.store.engine, "before_cursor_execute", note)
    yield
    event.remove(site.store.engine, "before_cursor_execute", note)
    assert 0 < len(seen) <= budget, "\n".join(seen)


@pytest.fixture
def zone(site: Site) -> Zone:
    """A zone with some recordsets."""
    made = site.zone()
    for number in range(3):
        site.recordset(made, f"h{number}", "A", "192.0.2.1", "192.0.2.2")
    return made


def test_writes_of_a_recordset(site: Site, zone: Zone) -> None:
    """Creating costs eight, whatever the number of records."""
    site.recordset(zone, "warm", "A", "192.0.2.1")
    with at_most(site, 8):
        www = site.recordset(zone, "www", "A", *[f"192.0.2.{n}" for n in range(20)])
    with at_most(site, 10):
        change = RecordSetChange(records=["192.0.2.1", "192.0.2.2"])
        site.central.recordsets.update(caller(), zone.id, www.id, change)
    with at_most(site, 8):
        site.central.recordsets.update(caller(), zone.id, www.id, RecordSetChange(ttl=1))
    with at_most(site, 7):
        site.central.recordsets.delete(caller(), zone.id, www.id)


def test_reads_of_recordsets(site: Site, zone: Zone) -> None:
    """A list costs the same for a page of any size."""
    www = site.recordset(zone, "www", "A", "192.0.2.1")
    with at_most(site, 2):
        site.central.recordsets.get(caller(), zone.id, www.id)
    for limit in (1, 100):
        with at_most(site, 2):
            site.central.recordsets.find(caller(), zone.id, Query(limit=limit))
        with at_most(site, 5):
            query = Query(limit=limit, marker=www.id, filters={"data": "192.*"})
            site.central.recordsets.find(caller(), zone.id, query)
        with at_most(site, 4):
            site.central.recordsets.find_all(caller(), Query(limit=limit))


def test_requests_for_zones(site: Site, zone: Zone) -> None:
    """None grows with the number of zones or recordsets."""
    with at_most(site, 20):
        made = site.zone("new.example.net.")
    with at_most(site, 1):
        site.central.zones.get(caller(), zone.id)
    with at_most(site, 3):
        site.central.zones.find(caller(), Query())
    with at_most(site, 6):
        site.central.zones.delete(caller(), made.id)
