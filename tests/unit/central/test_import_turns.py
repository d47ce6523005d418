# SPDX-License-Identifier: Apache-2.0
"""Imports of several projects: none waits for all of another's, nor a small one for a large one."""

import pytest

from designate.central import imports as central_imports
from designate.central.imports import SMALL, Imports
from designate.cmd import central as central_root
from designate.model.listing import Query
from designate.storage import imports as queries
from designate.storage import rows
from tests.unit.central.site import ADMIN, Site, caller, enforcer, settings
from tests.unit.central.zone_files import HEAD, upload

ALL = Query(limit=100)
LARGE = "; " + "x" * 1000 + "\n"


def queue(site: Site, project: str, zone: str, more: str = "") -> str:
    """Queue the import of a zone for a project; return its id."""
    site.clock.advance(1)
    return upload(site, HEAD.replace("Shop.Example.", zone) + more, caller(project))


def in_order(site: Site, by: Imports) -> list[str | None]:
    """Carry all out that `by` does; what became of them, in that order."""
    done: list[str | None] = []
    query = site.central.imports.find
    known: set[str] = set()
    while by.run_next():
        ended = [item for item in query(ADMIN, ALL).items if item.status != "PENDING"]
        done += [item.message for item in ended if item.id not in known]
        known.update(item.id for item in ended)
    return done


def imports_of(site: Site) -> Imports:
    """Central's."""
    made = site.central.imports
    assert isinstance(made, Imports)
    return made


def test_a_project_waits_for_one_import_of_another(site: Site) -> None:
    """However many that has queued before."""
    for number in range(3):
        queue(site, "p1", f"a{number}.example.")
    queue(site, "p2", "b.example.")
    queue(site, "p0", "c.example.")
    assert in_order(site, imports_of(site)) == [
        f"{name}.example. imported" for name in ("c", "a0", "b", "a1", "a2")
    ]


def test_a_small_file_does_not_wait_for_a_large_one(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who carries out small ones leaves the large one, and what the other is busy with."""
    monkeypatch.setattr(central_imports, "SMALL", 1000)
    both = imports_of(site)
    queue(site, "p1", "large.example.", LARGE)
    queue(site, "p1", "small.example.")
    taken = site.store.write(lambda tx: queries.claim(tx, rows.new_id(), both.token))
    assert taken is not None
    assert in_order(site, both.small()) == ["small.example. imported"]
    assert both.run_next()
    assert not both.run_next()


def test_each_process_has_both(site: Site) -> None:
    """One for any file, and one for small ones."""
    built = central_root.build(site.store, enforcer(), settings())
    found = [task for task in built.tasks if isinstance(task, Imports)]
    assert [task.largest for task in found] == [None, SMALL]
    assert len({task.token for task in found}) == 2
