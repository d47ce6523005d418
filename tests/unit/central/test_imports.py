# SPDX-License-Identifier: Apache-2.0
"""Imports: what a zone file becomes, and why one is refused (API.md section 13)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.central import imports as central_imports
from designate.errors import Forbidden, NoValidPoolFound, ZoneImportNotFound
from designate.model.listing import Query
from designate.storage import rows
from designate.wire import zonefile
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import ADMIN, OTHER_POOL, Site, caller
from tests.unit.central.zone_files import (
    HEAD,
    exported,
    imported,
    imported_zone,
    rows_left,
    rrsets,
    unlimited,
    upload,
)

ZONES = Path(__file__).parents[2] / "data" / "zones"


@pytest.mark.parametrize("name", ["wikimedia.org", "10.in-addr.arpa"])
def test_a_real_zone_comes_back_rrset_by_rrset(site: Site, name: str) -> None:
    """Export after import is the same content: names, TTLs and records."""
    text = (ZONES / f"{name}.zone").read_text("utf-8")
    unlimited(site)
    zone, original = imported_zone(site, text), rrsets(text)
    assert rrsets(exported(site, zone)) == original
    assert (zone.name, zone.serial, zone.email) == (
        f"{name}.",
        2026082117,
        "hostmaster@wikimedia.org",
    )
    assert zone.recordset_count == site.rows_of(zone) == len(rrsets(text)) + 2
    assert zone.record_count == sum(len(records) for _, records in rrsets(text).values())


def test_the_soa_describes_the_zone(site: Site) -> None:
    """Serial, retry, expire, TTL and e-mail are the file's; the rest is the service's."""
    zone = imported_zone(site, HEAD)
    assert (zone.name, zone.email, zone.ttl) == ("Shop.Example.", "dns.admin@shop.example", 600)
    assert (zone.serial, zone.retry, zone.expire, zone.minimum) == (77, 2, 3, 3600)
    assert 3500 <= zone.refresh < 3600
    assert zone.mname == "ns1.pool."
    assert site.apex(zone, "NS").records == ["ns1.pool.", "ns2.pool."]
    assert site.central.imports.find(caller(), Query()).items[0].message == "Shop.Example. imported"


def test_a_file_may_begin_with_records_and_end_with_the_soa(site: Site) -> None:
    """The order of records is free (RFC 1035 section 5)."""
    lines = HEAD.splitlines(keepends=True)
    text = "".join([*lines[:3], "www IN A 192.0.2.1\n", *lines[3:]])
    assert imported_zone(site, text).record_count == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("www 0 IN A 192.0.2.1", {("www", "A"): (0, {"192.0.2.1"})}),
        ("www 1h IN A 192.0.2.1", {("www", "A"): (3600, {"192.0.2.1"})}),
        (
            "$GENERATE 1-3 h$ A 192.0.2.$",
            {(f"h{n}", "A"): (300, {f"192.0.2.{n}"}) for n in (1, 2, 3)},
        ),
        ('t TXT "a" ( "b" ; half\n "c;" )', {("t", "TXT"): (300, {'"a" "b" "c;"'})}),
        ("w TYPE1 \\# 4 C0000201", {("w", "A"): (300, {"192.0.2.1"})}),
        ("sub NS ns1.sub", {("sub", "NS"): (300, {"ns1.sub.shop.example."})}),
        ("sub NS NS1.Sub", {("sub", "NS"): (300, {"NS1.Sub.Shop.Example."})}),
        ("WWW A 192.0.2.1\nwww 60 A 192.0.2.2", {("www", "A"): (60, {"192.0.2.1", "192.0.2.2"})}),
        ("$ORIGIN a.shop.example.\nb A 192.0.2.1", {("b.a", "A"): (300, {"192.0.2.1"})}),
        ("www.shop.example.org. A 192.0.2.1", {}),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_master_files_are_read_as_the_rfc_says(
    site: Site, line: str, expected: dict[tuple[str, str], tuple[int, set[str]]]
) -> None:
    """Directives, units, parentheses, generic rdata; what is outside the origin is dropped."""
    zone = imported_zone(site, HEAD + line + "\n")
    found = {
        (name.removesuffix(".shop.example."), rtype): (ttl, {text.lower() for text in records})
        for (name, rtype), (ttl, records) in rrsets(exported(site, zone)).items()
    }
    assert found == {
        key: (ttl, {text.lower() for text in records}) for key, (ttl, records) in expected.items()
    }


REFUSED = [
    ("www.shop.example. IN A 192.0.2.1\n" + HEAD, r"\$ORIGIN statement is required"),
    (HEAD.replace("$ORIGIN Shop.Example.\n", ""), r"\$ORIGIN statement is required"),
    ("", "SOA record is required"),
    ("$ORIGIN shop.example.\nwww 60 IN A 192.0.2.1\n", "SOA record is required"),
    (HEAD + "www A 192.0.2.256\n", "Malformed zone file"),
    (HEAD + "www CH A 192.0.2.1\n", "Malformed zone file"),
    (HEAD + "www NOSUCH x\n", "Malformed zone file"),
    (HEAD + "www A\n", "Malformed zone file"),
    (HEAD + "www IN \0 x\n", "Malformed zone file: .*unknown rdatatype '\ufffd'"),
    (HEAD + "$INCLUDE /etc/passwd\n", "Malformed zone file"),
    (HEAD + 'www TXT "open\n', "Malformed zone file"),
    (HEAD.encode() + b"\xff\xfe", "not UTF-8"),
    (HEAD + "www DNAME a.b.\n", "DNAME"),
    (HEAD + "www TYPE65534 \\# 1 00\n", "TYPE65534"),
    (HEAD + 'www CAA 0 issue "%%%%%"\n', r"www\.Shop\.Example\. CAA: "),
    (HEAD + "www SSHFP 1 2 abcdef0123\n", "Malformed zone file: .*fingerprint"),
    (HEAD + "a/b A 192.0.2.1\n", r"a/b\.Shop\.Example\. A: name is invalid"),
    (HEAD + "_443.www TLSA 3 1 0 ab\n", "TLSA"),
    (HEAD + "x SOA a.b. c.d. 1 2 3 4 5\n", "SOA"),
    (HEAD + "www CNAME a.b.\nwww A 192.0.2.1\n", r"www\.Shop\.Example\. has a CNAME"),
    (HEAD + "www A 192.0.2.1\nWWW CNAME a.b.\n", r"(?i)www\.shop\.example\. has a CNAME"),
    (HEAD + "www CNAME a.b.\nwww CNAME c.d.\n", "more than 1"),
    (HEAD + "@ CNAME a.b.\n", "apex"),
    (HEAD.replace("Shop.Example.", "example."), "at least two labels"),
    (HEAD.replace("Shop.Example.", "*.example."), "not a name"),
    (HEAD.replace("Shop.Example.", "."), "not a name"),
    (HEAD.replace("dns\\.admin", "a\\@b"), "e-mail"),
    (HEAD.replace("dns\\.admin", "a\\032b"), "e-mail"),
    (HEAD.replace("dns\\.admin.shop.example.", "."), "e-mail"),
    (HEAD + "$GENERATE 0-20 @ TXT $\n", "recordset_records"),
    (HEAD + "www 2147483648 A 192.0.2.1\n", r"www\.Shop\.Example\. A: ttl"),
    (HEAD.replace("@ 600", "@ 2147483648"), "time of the SOA"),
    (HEAD.replace("77 1 2 3", "77 1 2 2147483648"), "time of the SOA"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_refused_file_leaves_a_reason_and_nothing_else(
    site: Site, text: str | bytes, message: str
) -> None:
    """The message names the record and the rule; no zone, no recordset, no file stays."""
    found = imported(site, text)
    assert found.status == "ERROR"
    assert found.zone_id is None
    assert found.message is not None
    assert len(found.message) <= 160
    assert re.search(message, found.message), found.message
    assert rows_left(site) == {}


def blacklisted(site: Site) -> None:
    site.blacklist("shop")


def below_no_tld(site: Site) -> None:
    site.tld("com")


def without_quota(site: Site) -> None:
    site.limit("p1", zones=0)


def without_room(site: Site) -> None:
    site.limit("p1", zone_recordsets=2)


def without_records(site: Site) -> None:
    site.limit("p1", zone_records=0)


def taken(site: Site) -> None:
    site.zone("shop.example.", caller("p2"))


def taken_by_itself(site: Site) -> None:
    site.zone("shop.example.")


def below_a_stranger(site: Site) -> None:
    site.foreign("example.")


def around_a_stranger(site: Site) -> None:
    site.foreign("a.shop.example.")


def with_a_child(site: Site) -> None:
    site.foreign("WWW.shop.example.", project="p1")


def with_a_child_above(site: Site) -> None:
    site.foreign("b.shop.example.", project="p1")


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (blacklisted, "Blacklisted"),
        (below_no_tld, "TLD"),
        (without_quota, r"zones\.$"),
        (without_room, "zone_recordsets"),
        (without_records, "zone_records"),
        (taken, "Duplicate Zone"),
        (taken_by_itself, "Duplicate Zone"),
        (below_a_stranger, "ancestor"),
        (around_a_stranger, "descendant"),
        (with_a_child, "child zone"),
        (with_a_child_above, "child zone"),
    ],
)
def test_what_forbids_a_zone_forbids_its_import(
    site: Site, prepare: Callable[[Site], None], message: str
) -> None:
    """An import checks what creating a zone checks, and what creating recordsets does."""
    prepare(site)
    before = rows_left(site)
    found = imported(site, HEAD + "www A 192.0.2.1\na.b A 192.0.2.1\n")
    assert found.status == "ERROR"
    assert re.search(message, found.message or ""), found.message
    assert rows_left(site) == before


def test_the_minimum_ttl_holds_for_every_record(make_site: MakeSite) -> None:
    """For the zone's own and for each recordset's; admins pass."""
    site = make_site(min_ttl=60)
    for text in (HEAD + "www 59 A 192.0.2.1\n", HEAD.replace("600", "59")):
        assert "minimum" in (imported(site, text).message or "")
        assert imported_zone(site, text.replace("Shop", "Ok"), ADMIN).project_id == "admins"
        site.remove(site.central.zones.find(ADMIN, Query()).items[0])


def test_the_rules_are_those_of_the_caller(make_site: MakeSite) -> None:
    """An import runs with the roles that asked for it, and its attributes choose the pool."""
    site = make_site(scheduler=["pool_id_attribute"])
    site.pool(OTHER_POOL, "other")
    site.tsigkey(OTHER_POOL)
    wish = {"pool_id": OTHER_POOL}
    body = [HEAD.encode()]
    with pytest.raises(Forbidden):
        site.central.imports.create(caller(), body, wish)
    with pytest.raises(NoValidPoolFound):
        site.central.imports.create(ADMIN, body, {"pool_id": rows.new_id()})
    with pytest.raises(Forbidden):
        site.central.imports.create(caller("p1", "reader"), body, {})
    site.central.imports.create(ADMIN, body, wish)
    assert site.central.imports.run_next()
    assert site.central.zones.find(ADMIN, Query()).items[0].pool_id == OTHER_POOL


def test_an_import_is_seen_by_its_project(site: Site) -> None:
    """Others do not find it; who deletes it deletes its file, not its zone."""
    zone = imported_zone(site, HEAD)
    (done,) = site.central.imports.find(caller(), Query(filters={"status": "COMPLETE"})).items
    assert (done.zone_id, done.records_done, done.bytes_done) == (zone.id, 2, done.bytes_total)
    assert site.central.imports.find(caller("p2"), Query()).items == []
    for ask in (site.central.imports.get, site.central.imports.delete):
        with pytest.raises(ZoneImportNotFound):
            ask(caller("p2"), done.id)
    with pytest.raises(Forbidden):
        site.central.imports.delete(caller("p1", "reader"), done.id)
    site.central.imports.delete(caller(), done.id)
    assert site.fresh(zone) == zone


def test_a_task_that_is_deleted_waiting_leaves_no_file(site: Site) -> None:
    """Nothing is done for it any more."""
    site.central.imports.delete(caller(), upload(site, HEAD))
    assert not site.central.imports.run_next()
    assert rows_left(site) == {}


def test_a_file_cannot_generate_records_without_end(site: Site) -> None:
    """A line of $GENERATE asks for billions, which are not begun."""
    unlimited(site)
    found = imported(site, HEAD + "$GENERATE 0-999999999 h$ A 192.0.2.1\n")
    assert found.message == "Malformed zone file: line:6: $GENERATE makes more than 250000 records"
    assert rows_left(site) == {}


def test_one_large_recordset_is_staged_in_parts(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of $GENERATE must not fill the memory with one name either."""
    monkeypatch.setattr(central_imports, "STAGED_AT_ONCE", 4)
    unlimited(site)
    found = imported(site, HEAD + "$GENERATE 0-99 @ A 192.0.2.${0,1}\n$GENERATE 0-99 @ TXT x\n")
    assert found.version > 200 / 4
    (zone,) = site.central.zones.find(caller(), Query()).items
    assert (zone.recordset_count, zone.record_count) == (4, 101)


def test_a_delegation_to_a_child_zone_is_imported(site: Site) -> None:
    """It is the parent's."""
    site.foreign("sub.shop.example.", project="p1")
    zone = imported_zone(site, HEAD + "sub NS ns.elsewhere.example.\n")
    assert zone.record_count == 1


def test_names_have_the_length_of_the_api(make_site: MakeSite) -> None:
    """`max_recordset_name_len` holds for imports too."""
    site = make_site(max_recordset_name_len=len("www.Shop.Example."))
    found = imported(site, HEAD + "www A 192.0.2.1\nwww2 A 192.0.2.1\n")
    assert found.message == "The name is longer than 17 characters"


NAMES = st.sampled_from(["a", "A", "b", "c.b", "d", "e"])
LINES = st.lists(
    st.one_of(
        st.tuples(
            NAMES, st.integers(0, 3), st.just("A"), st.integers(1, 6).map("192.0.2.{}".format)
        ),
        st.tuples(NAMES, st.integers(0, 3), st.just("TXT"), st.sampled_from(["x", '"y z"', "Z"])),
    ),
    max_size=16,
)


def test_rrsets_scattered_over_the_file_come_together(make_site: MakeSite) -> None:
    """Whatever the order, and wherever pieces and batches end, the content is the file's."""
    site = make_site()
    unlimited(site)

    @settings(max_examples=15, deadline=None)
    @given(LINES, st.integers(1, 4), st.sampled_from([1, 7, 64]))
    def holds(lines: list[tuple[str, int, str, str]], staged: int, chunk: int) -> None:
        text = HEAD + "".join(f"{name} {ttl} {kind} {value}\n" for name, ttl, kind, value in lines)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(central_imports, "STAGED_AT_ONCE", staged)
            patch.setattr(central_imports, "CHUNK", chunk)
            zone = imported_zone(site, text)
        original = rrsets(text)
        assert rrsets(exported(site, zone)) == original
        assert zone.recordset_count == site.rows_of(zone)
        assert zone.record_count == sum(len(records) for _, records in original.values())
        site.remove(zone)

    holds()


def test_a_broken_file_is_told_where(site: Site) -> None:
    """The syntax error names its line, so that the user finds it."""
    for line in ("www A 192.0.2.1 junk", "www A 192.0.2.256", "www A junk junk"):
        found = imported(site, HEAD + line + "\nnext A 192.0.2.1\n")
        assert (found.message or "").startswith("Malformed zone file: line:6: ")


def test_reading_stops_at_what_the_taker_raises() -> None:
    """Errors of the rules go through the reader unchanged."""

    def refuse(_origin: str, _line: zonefile.Line) -> None:
        raise ZoneImportNotFound

    with pytest.raises(ZoneImportNotFound):
        zonefile.read([HEAD.encode()], refuse)


def test_quotas_end_an_import_before_all_of_it_is_staged(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project that may have few records cannot fill the disk with many."""
    monkeypatch.setattr(central_imports, "STAGED_AT_ONCE", 10)
    found = imported(site, HEAD + "$GENERATE 0-99999 h$ A 192.0.2.1\n")
    assert found.status == "ERROR"
    assert found.message == "Quota exceeded for zone_recordsets."
    assert found.records_done < 600
    assert rows_left(site) == {}
