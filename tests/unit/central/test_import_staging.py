# SPDX-License-Identifier: Apache-2.0
"""What an import costs: steps as large as they may be, and few statements, however a file is sorted
and whatever stands around its zone."""

from collections.abc import Collection

import pytest
from sqlalchemy import Connection

from designate.central import imports as central_imports
from designate.model.listing import Query
from designate.storage import imports, pace
from tests.statements import statements
from tests.unit.central.site import ADMIN, OTHER_POOL, Site
from tests.unit.central.zone_files import (
    HEAD,
    exported,
    imported,
    rrsets,
    unlimited,
    upload,
)


def by_value(names: int, values: int) -> str:
    """A file that comes to each name again for each value."""
    lines = [f"h{n} A 192.0.2.{value}\n" for value in range(values) for n in range(names)]
    return HEAD + "".join(lines)


def test_steps_are_large_where_names_come_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that writes recordsets anew counts as one that writes new ones."""
    monkeypatch.setattr(pace, "ALONE", 1000.0)
    monkeypatch.setattr(pace, "SHARED", 1000.0)
    unlimited(site)
    text = by_value(1000, values=8)
    found = imported(site, text)
    assert found.status == "COMPLETE", found.message
    assert found.version < 14  # 100, 200, 400 and so on of 8,000 records, and the end
    zone = site.central.zones.get(ADMIN, str(found.zone_id))
    assert rrsets(exported(site, zone)) == rrsets(text)


def test_recordsets_are_written_anew_by_the_dozen(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not each with statements of its own."""
    monkeypatch.setattr(central_imports, "STAGED_AT_ONCE", 500)
    unlimited(site)
    upload(site, by_value(500, values=3))
    with statements(site.store.engine) as seen:
        assert site.central.imports.run_next()
    assert len(seen) < 250


def test_child_zones_are_looked_at_together(site: Site) -> None:
    """A zone above many costs no statement for each of them."""
    site.limit("p1", zones=-1)
    numbers = []
    for round_, children in enumerate((1, 1, 60)):
        name = f"shop{round_}.example."
        for n in range(children):
            site.foreign(f"z{n}.{name}", project="p1")
        upload(site, HEAD.replace("Shop.Example.", name) + "www A 192.0.2.1\nz0 NS ns.z0\n")
        with statements(site.store.engine) as seen:
            assert site.central.imports.run_next()
        numbers.append(len(seen))
    assert numbers[1] == numbers[2]
    assert len(site.central.zones.find(ADMIN, Query(limit=100)).items) == 65


@pytest.mark.parametrize(
    ("child", "refused"),
    [
        ("www.shop.example.", "WWW.Shop.Example."),
        ("b.shop.example.", "a.b.Shop.Example."),
        ("a.b.shop.example.", "a.b.Shop.Example."),
        ("c.shop.example.", None),
        ("w.shop.example.", None),
        ("ww.shop.example.", None),
        ("deleg.shop.example.", None),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_what_a_child_zone_holds_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch, child: str, refused: str | None, *, late: bool
) -> None:
    """Also where it comes between the look at them and the end; it must be of the same pool."""
    look = imports.clean_children

    def then_one_comes(connection: Connection, zone_id: str, name_key: str) -> Collection[str]:
        clean = look(connection, zone_id, name_key)
        site.foreign(child, project="p1")
        return clean

    site.pool(OTHER_POOL, "other")
    site.foreign("xc.shop.example.", project="p1", pool_id=OTHER_POOL)
    if late:
        monkeypatch.setattr(imports, "clean_children", then_one_comes)
    else:
        site.foreign(child, project="p1")
    names = ("WWW", "a.b", "xc", "c-x", "*.x-c", "www-x.x")
    text = HEAD + "".join(f"{name} A 192.0.2.1\n" for name in names)
    found = imported(site, text + "deleg NS ns.deleg\n")
    if refused is None:
        assert found.status == "COMPLETE", found.message
    else:
        assert found.message == f"{refused} belongs to a child zone"


def test_a_file_without_zone_is_refused_before_children_are_looked_for(site: Site) -> None:
    """It has no name: all zones were below it."""
    site.zone()
    upload(site, "")
    with statements(site.store.engine) as seen:
        assert site.central.imports.run_next()
    assert not any("zones.reverse_key" in text for text, _ in seen)
