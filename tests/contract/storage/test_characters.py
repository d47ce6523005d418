# SPDX-License-Identifier: Apache-2.0
"""Characters that one database stores or compares and another might not."""

import pytest

from designate.model.listing import Query
from designate.model.recordsets import NewRecordSet
from designate.storage import rows, tasks
from designate.storage.tables.tasks import IMPORT
from tests.unit.central.site import ADMIN, Site

ODD = ["é", "😀", "\U0010ffff", "\ufeff", "\x7f", "\\", "\ud7ff", "'; --", "a" * 5000]
ZONE_FIELDS = ("name", "type", "email", "status", "description")
SET_FIELDS = ("name", "type", "data", "status", "description", "zone_id", "action")
TASK_FIELDS = ("status", "message", "zone_id")


def shapes(value: str) -> list[str]:
    """Filters that select nothing, for a value that is nowhere."""
    return [value, f"{value}*", f"*{value}", f"*{value}*", f"BETWEEN {value},{value}"]


@pytest.mark.parametrize("value", ODD)
def test_any_filter_selects_what_it_says(site: Site, value: str) -> None:
    """What no column holds selects nothing, and its opposite everything."""
    zone = site.zone("example.org.", description="web")
    site.recordset(zone, "www", "A", "192.0.2.1", description="web")
    for field in ZONE_FIELDS:
        for text in shapes(value):
            assert site.central.zones.find(ADMIN, Query(filters={field: text})).items == []
        found = site.central.zones.find(ADMIN, Query(filters={field: f"!{value}"})).items
        assert [one.id for one in found] == [zone.id]
    for field in SET_FIELDS:
        for text in shapes(value):
            assert site.everywhere(None, **{field: text}) == []
        assert "www.example.org." in {
            one.name for one in site.everywhere(None, **{field: f"!{value}"})
        }
    for field in TASK_FIELDS:
        for text in [*shapes(value), f"!{value}"]:
            assert site.central.imports.find(ADMIN, Query(filters={field: text})).items == []


@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 30, str(1 << 31), str(1 << 63)])
def test_any_number_can_be_compared_with(site: Site, number: str) -> None:
    """Also one that the column could not hold."""
    site.zone("example.org.", ttl=2147483647)
    for sign, found in (
        ("", False),
        ("!", True),
        ("<", number[0] != "-"),
        (">=", number[0] == "-"),
    ):
        page = site.central.zones.find(ADMIN, Query(filters={"ttl": sign + number}))
        assert bool(page.items) == found


@pytest.mark.parametrize("text", ["é", "😀", "\U0010ffff", "\ufeff", "\x01\x1f\x7f", "😀" * 160])
def test_any_text_comes_back(site: Site, text: str) -> None:
    """Descriptions, attributes and messages are in any language, and are found by it."""
    zone = site.zone("example.org.", description=text, attributes={text[:50]: text[:50]})
    assert site.fresh(zone).description == text
    assert site.fresh(zone).attributes == {text[:50]: text[:50]}
    new = NewRecordSet(name="www.example.org.", type="TXT", records=[f'"{text}"'], description=text)
    created = site.central.recordsets.create(ADMIN, zone.id, new)
    assert created in site.everywhere(description=text)
    assert [one.id for one in site.everywhere(data=f'"{text}"')] == [created.id]
    values = {"id": rows.ordered_id(), "task_type": IMPORT, "project_id": "p1"}
    values |= {"context": "{}", "attributes": "{}"}
    site.store.write(lambda tx: tasks.add(tx, values))
    site.store.write(lambda tx: tasks.update_task(tx, values["id"], message=text))
    found = site.central.imports.find(ADMIN, Query(filters={"message": text})).items
    assert [one.message for one in found] == [text]


@pytest.mark.parametrize("text", ["École", "ЯБЛОКО", "İSTANBUL", "Straße ẞ"])
def test_a_text_with_capitals_is_found_by_itself_and_by_its_parts(site: Site, text: str) -> None:
    """Whatever the alphabet; the case of ASCII does not count beside a wildcard."""
    zone = site.zone("example.org.", description=f"{text} web")
    long = f'"{text}{"x" * 300}{text}"'
    short = site.recordset(zone, "short", "TXT", f'"{text} web"', description=f"web {text}")
    stored = site.recordset(zone, "long", "TXT", '"0"', long, description="other")
    for wanted in (f"{text} web", f"{text}*", f"*{text} WEB", f"{text[0]}*b"):
        found = site.central.zones.find(ADMIN, Query(filters={"description": wanted})).items
        assert [one.id for one in found] == [zone.id], wanted
        assert site.everywhere(description=f"*{text}") == [short]
    for wanted in (f'"{text} web"', f'"{text} w*', f'*{text} WEB"', f'"{text}*WEB"'):
        assert [one.id for one in site.everywhere(data=wanted)] == [short.id], wanted
    for wanted in (long, f'"{text}x*', f'*X{text}"', f'"{text}*x{text}"', f"*{text}XX*{text}*"):
        assert [one.id for one in site.everywhere(data=wanted)] == [stored.id], wanted
