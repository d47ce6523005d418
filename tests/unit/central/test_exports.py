# SPDX-License-Identifier: Apache-2.0
"""Exports: tasks whose text is rendered when it is fetched (API.md section 12)."""

import tracemalloc

import pytest

from designate.errors import (
    BadRequest,
    Forbidden,
    MissingProject,
    OverQuota,
    ZoneExportNotFound,
    ZoneNotFound,
)
from designate.model.listing import Query
from tests.unit.central.site import ADMIN, Site, caller
from tests.unit.central.zone_files import exported, unlimited


def test_the_text_is_to_the_letter_what_clients_know(site: Site) -> None:
    """Origin, TTL, an empty line; a TTL of its own or two blanks; two empty lines (12.1)."""
    zone = site.zone("Shop.example.")
    site.recordset(zone, "www", "A", "192.0.2.10", "192.0.2.1", ttl=60)
    site.recordset(zone, "zero", "A", "192.0.2.1", ttl=0)
    site.recordset(zone, "t", "TXT", "a;b", '"c d" "e"')
    site.recordset(zone, "none", "A")
    zone = site.fresh(zone)
    assert exported(site, zone) == (
        "$ORIGIN Shop.example.\n"
        "$TTL 3600\n"
        "\n"
        f"Shop.example.  IN SOA ns1.pool. dns.example.org. {zone.serial} {zone.refresh}"
        " 600 86400 3600\n"
        "Shop.example.  IN NS ns1.pool.\n"
        "Shop.example.  IN NS ns2.pool.\n"
        "www.Shop.example. 60 IN A 192.0.2.10\n"
        "www.Shop.example. 60 IN A 192.0.2.1\n"
        "zero.Shop.example. 0 IN A 192.0.2.1\n"
        't.Shop.example.  IN TXT "a;b"\n'
        't.Shop.example.  IN TXT "c d" "e"\n'
        "\n\n"
    )


def test_the_text_is_that_of_the_moment(site: Site) -> None:
    """An export may be fetched again and again, and shows what the zone is then."""
    zone = site.zone()
    export = site.central.exports.create(caller(), zone.id)
    assert site.central.exports.run_next()
    before = "".join(site.central.exports.text(caller(), export.id))
    site.recordset(zone, "www", "A", "192.0.2.1")
    after = "".join(site.central.exports.text(caller(), export.id))
    assert "www.example.org.  IN A 192.0.2.1\n" in after
    assert "www" not in before


def test_a_long_text_comes_in_pieces_of_one_state(site: Site) -> None:
    """What changes while it is sent does not show in it."""
    zone = site.zone()
    unlimited(site)
    for n in range(3):
        site.recordset(zone, f"t{n}", "TXT", *[f"{value:0200}" for value in range(300)])
    export = site.central.exports.create(caller(), zone.id)
    site.central.exports.run_next()
    pieces = site.central.exports.text(caller(), export.id)
    first = next(pieces)
    site.recordset(zone, "www", "A", "192.0.2.1")
    rest = list(pieces)
    assert rest
    assert "www" not in first + "".join(rest)


def test_a_long_text_is_not_held_in_memory(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What exceeds the bound lies in a file, from the first piece on."""
    zone = site.zone()
    unlimited(site)
    for n in range(24):
        site.recordset(zone, f"t{n}", "TXT", *[f"{value:0200}" for value in range(300)])
    export = site.central.exports.create(caller(), zone.id)
    site.central.exports.run_next()
    monkeypatch.setattr("designate.central.exports._IN_MEMORY", 1 << 16)
    monkeypatch.setattr("designate.storage.exports._CHUNK", 2)
    tracemalloc.start()
    length = sum(map(len, site.central.exports.text(caller(), export.id)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < length / 2


def test_a_waiting_export_has_no_text(site: Site) -> None:
    """Its location says when it has."""
    zone = site.zone()
    export = site.central.exports.create(caller(), zone.id)
    assert (export.status, export.location, export.version) == ("PENDING", None, 1)
    assert site.central.exports.get(caller(), export.id) == export
    with pytest.raises(BadRequest, match="not complete"):
        site.central.exports.text(caller(), export.id)
    assert site.central.exports.run_next()
    assert not site.central.exports.run_next()
    done = site.central.exports.get(caller(), export.id)
    assert done.status == "COMPLETE"
    assert done.location == f"designate://v2/zones/tasks/exports/{export.id}/export"


def test_of_two_reasons_against_an_export_the_earlier_is_told(site: Site) -> None:
    """Sight of the zone, then policy, the project, and the owner's quota."""
    zone = site.zone()
    site.limit("p1", api_export_size=1)
    create = site.central.exports.create
    with pytest.raises(ZoneNotFound):
        create(caller("p3"), zone.id)
    with pytest.raises(Forbidden):
        create(caller("p1", "reader"), zone.id)
    with pytest.raises(MissingProject):
        create(caller(None, "admin", all_projects=True), zone.id)
    with pytest.raises(OverQuota, match="api_export_size"):
        create(caller(), zone.id)
    assert site.central.exports.find(ADMIN, Query()).total == 0


def test_an_export_is_seen_by_the_project_that_asked(site: Site) -> None:
    """All-projects sees all; deleting one forgets the task."""
    zone = site.zone()
    export = site.central.exports.create(caller(), zone.id)
    query = Query(filters={"zone_id": zone.id})
    assert site.central.exports.find(caller(), query).total == 1
    assert site.central.exports.find(caller("p2"), query).items == []
    assert site.central.exports.find(ADMIN, query).total == 1
    for ask in (
        site.central.exports.get,
        site.central.exports.text,
        site.central.exports.delete,
    ):
        with pytest.raises(ZoneExportNotFound):
            ask(caller("p2"), export.id)
    site.central.exports.delete(caller(), export.id)
    assert not site.central.exports.run_next()


def test_the_text_of_a_deleted_zone_is_gone(site: Site) -> None:
    """The task stays, its zone is not found; neither is one the caller sees no more."""
    zone = site.zone()
    export = site.central.exports.create(caller(), zone.id)
    site.central.exports.run_next()
    site.change(zone, project_id="p2")
    with pytest.raises(ZoneNotFound):
        site.central.exports.text(caller(), export.id)
    site.remove(zone)
    with pytest.raises(ZoneNotFound):
        site.central.exports.text(ADMIN, export.id)
