# SPDX-License-Identifier: Apache-2.0
"""How many SQL statements each request costs: the database is what bounds the rest (design 4)."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
import pytest

from designate.model.blacklists import NewBlacklist
from designate.model.listing import Query
from designate.model.pools import Nameserver, NewPool, NsRecord, PoolChange
from designate.model.quotas import QuotaChange
from designate.model.recordsets import RecordSet, RecordSetChange
from designate.model.tlds import NewTld, TldChange
from designate.model.transfer_accepts import NewTransferAccept
from designate.model.transfer_requests import NewTransferRequest, TransferRequestChange
from designate.model.tsigkeys import NewTsigKey, TsigKeyChange
from designate.model.zones import Zone, ZoneChange
from designate.storage import service_statuses
from tests.statements import statements
from tests.unit.central.site import ADMIN, DEFAULT_POOL, OTHER_POOL, Site, caller
from tests.unit.central.zone_files import HEAD, upload

AT_MOST = {
    "create a zone": 19,
    "show a zone": 1,
    "list zones": 3,
    "list zones by name": 3,
    "change a zone's TTL": 5,
    "change a zone's description": 5,
    "move a zone to a pool": 18,
    "transfer a zone in": 2,
    "abandon a zone": 12,
    "delete a zone": 6,
    "create a recordset": 8,
    "show a recordset": 2,
    "find a recordset's zone": 3,
    "list a zone": 2,
    "list a zone from a marker": 3,
    "list a zone by name": 4,
    "list a zone by data": 5,
    "list a zone by status": 4,
    "list over zones": 4,
    "list over zones by name": 3,
    "list over zones by data": 3,
    "list over zones by status": 4,
    "list all projects": 4,
    "change a recordset's records": 10,
    "change a recordset's TTL": 8,
    "delete a recordset": 7,
    "ask for an import": 2,
    "run an import": 41,
    "list imports": 3,
    "show an import": 1,
    "delete an import": 3,
    "ask for an export": 3,
    "run an export": 4,
    "list exports": 3,
    "show an export": 1,
    "read an export": 4,
    "delete an export": 2,
    "share a zone": 6,
    "list shares": 3,
    "show a share": 1,
    "take a share back": 8,
    "offer a zone": 3,
    "list offers": 2,
    "show an offer": 1,
    "change an offer": 4,
    "take a zone over": 21,
    "list accepts": 3,
    "show an accept": 1,
    "withdraw an offer": 4,
    "show limits": 1,
    "list name servers": 2,
    "list tenants": 1,
    "show a tenant": 1,
    "count everything": 3,
    "count zones that wait": 1,
    "read a zone": 4,
    "list floating IPs": 1,
    "show a floating IP": 1,
    "set the first PTR record of a network": 22,
    "set a PTR record": 8,
    "change a PTR record": 10,
    "unset a PTR record": 9,
    "make a pool": 3,
    "show a pool": 1,
    "list pools": 2,
    "change a pool": 5,
    "delete a pool": 5,
    "list services": 2,
    "show a service": 1,
    "show quotas": 1,
    "set quotas": 3,
    "set quotas back": 1,
    "make a TLD": 2,
    "show a TLD": 1,
    "list TLDs": 2,
    "change a TLD": 3,
    "delete a TLD": 1,
    "make a blacklist": 2,
    "make a TSIG key": 3,
    "change a TSIG key": 2,
}
"""By request, on SQLite; the number may fall, and is then lowered here. What other databases are
asked beside is in `tests/contract/storage/test_statement_counts.py`."""


class Scene(NamedTuple):
    """What there is to ask for."""

    site: Site
    zone: Zone
    www: RecordSet
    import_id: str
    export_id: str


@pytest.fixture
def scene(site: Site) -> Scene:
    """A zone with some recordsets, and tasks that have run; statements are compiled."""
    zone = site.zone()
    site.limit("p1", zone_recordsets=-1, zone_records=-1)
    www = site.recordset(zone, "www", "A", "192.0.2.1")
    import_id = upload(site, HEAD)
    assert site.central.imports.run_next()
    export_id = site.central.exports.create(caller(), zone.id).id
    assert site.central.exports.run_next()
    return Scene(site, zone, www, import_id, export_id)


def zone_requests(scene: Scene) -> Iterator[tuple[str, Callable[[], Any]]]:
    """On zones."""
    zones, zone = scene.site.central.zones, scene.zone
    yield "create a zone", lambda: scene.site.zone("new.example.net.")
    yield "show a zone", lambda: zones.get(caller(), zone.id)
    yield "list zones", lambda: zones.find(caller(), Query())
    yield "list zones by name", lambda: zones.find(caller(), Query(filters={"name": "e*"}))
    yield "change a zone's TTL", lambda: zones.update(caller(), zone.id, ZoneChange(ttl=77))
    text = ZoneChange(description="text")
    yield "change a zone's description", lambda: zones.update(caller(), zone.id, text)
    yield "list name servers", lambda: scene.site.central.nameservers.find(caller(), zone.id)
    yield "show limits", lambda: scene.site.central.limits.get(caller())
    admin = caller("p1", "admin")
    scene.site.pool(OTHER_POOL, "other", nameservers=[Nameserver(host="192.0.2.1")])
    scene.site.tsigkey(OTHER_POOL)
    yield "move a zone to a pool", lambda: zones.move(admin, zone.id, OTHER_POOL)
    other = scene.site.zone("third.example.net.")
    scene.site.change(other, type="SECONDARY")
    yield "transfer a zone in", lambda: zones.transfer_in(caller(), other.id)
    yield "abandon a zone", lambda: zones.abandon(admin, other.id)
    yield "delete a zone", lambda: zones.delete(caller(), zone.id)


def recordset_requests(scene: Scene) -> Iterator[tuple[str, Callable[[], Any]]]:
    """On recordsets."""
    central, zone, www = scene.site.central.recordsets, scene.zone, scene.www
    many = [f"192.0.2.{n}" for n in range(20)]

    def update(**fields: Any) -> Callable[[], Any]:
        return lambda: central.update(caller(), zone.id, www.id, RecordSetChange(**fields))

    yield "create a recordset", lambda: scene.site.recordset(zone, "many", "A", *many)
    yield "show a recordset", lambda: central.get(caller(), zone.id, www.id)
    yield "find a recordset's zone", lambda: central.locate(caller(), www.id)
    yield "change a recordset's records", update(records=many)
    yield "change a recordset's TTL", update(ttl=1)
    yield "delete a recordset", lambda: central.delete(caller(), zone.id, www.id)


def list_requests(scene: Scene, limit: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Lists of recordsets, whose pages may be small or large."""
    central, zone = scene.site.central.recordsets, scene.zone

    def within(**fields: Any) -> Callable[[], Any]:
        return lambda: central.find(caller(), zone.id, Query(limit=limit, **fields))

    def over(ctx: Any = None, **fields: Any) -> Callable[[], Any]:
        return lambda: central.find_all(ctx or caller(), Query(limit=limit, **fields))

    yield "list a zone", within()
    yield "list a zone from a marker", within(marker=scene.www.id)
    yield "list a zone by name", within(filters={"name": "h*"})
    yield "list a zone by data", within(filters={"data": "192.*"}, marker=scene.www.id)
    yield "list a zone by status", within(filters={"status": "PENDING"})
    yield "list over zones", over()
    yield "list over zones by name", over(filters={"name": "h*"})
    yield "list over zones by data", over(filters={"data": "192.0.2.1"})
    yield "list over zones by status", over(filters={"status": "PENDING"})
    yield "list all projects", over(ADMIN)


def report_requests(scene: Scene) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Of operators."""
    central = scene.site.central
    reports = central.reports
    yield "list tenants", lambda: reports.tenants(ADMIN)
    yield "show a tenant", lambda: reports.tenant(ADMIN, "p1")
    yield "count everything", lambda: reports.counts(ADMIN, ["zones", "records", "tenants"])
    yield "count zones that wait", lambda: reports.counts(ADMIN, ["zones_delayed_notify"])
    yield "read a zone", lambda: list(central.exports.zone_text(ADMIN, scene.zone.id))


def floatingip_requests(scene: Scene) -> Iterator[tuple[str, Callable[[], Any]]]:
    """On PTR records of floating IPs."""
    site, api = scene.site, scene.site.central.floatingips
    first, second = site.floatingip(), site.floatingip("198.51.100.8")
    yield "set the first PTR record of a network", lambda: site.ptr(first, "a.example.org.")
    yield "set a PTR record", lambda: site.ptr(second, "b.example.org.")
    yield "change a PTR record", lambda: site.ptr(second, "c.example.org.")
    yield "list floating IPs", lambda: api.find(caller())
    yield "show a floating IP", lambda: api.get(caller(), first.region, first.id)
    yield "unset a PTR record", lambda: site.ptr(first, None)


def task_requests(scene: Scene) -> Iterator[tuple[str, Callable[[], Any]]]:
    """On imports and exports."""
    imports, exports = scene.site.central.imports, scene.site.central.exports
    lines = "".join(f"h{n} IN A 192.0.2.{n}\n" for n in range(100))
    text = HEAD.replace("Shop", "New").replace("shop", "new") + lines
    yield "ask for an import", lambda: upload(scene.site, text)
    yield "run an import", imports.run_next
    yield "list imports", lambda: imports.find(caller(), Query())
    yield "show an import", lambda: imports.get(caller(), scene.import_id)
    yield "delete an import", lambda: imports.delete(caller(), scene.import_id)
    yield "ask for an export", lambda: exports.create(caller(), scene.zone.id)
    yield "run an export", exports.run_next
    yield "list exports", lambda: exports.find(caller(), Query())
    yield "show an export", lambda: exports.get(caller(), scene.export_id)
    yield "read an export", lambda: list(exports.text(caller(), scene.export_id))
    yield "delete an export", lambda: exports.delete(caller(), scene.export_id)


def share_requests(scene: Scene) -> Iterator[tuple[str, Callable[[], Any]]]:
    """On shares."""
    shares, zone = scene.site.central.shares, scene.zone
    share = shares.create(caller(), zone.id, "p2")
    yield "share a zone", lambda: shares.create(caller(), zone.id, "p3")
    yield "list shares", lambda: shares.find(caller(), zone.id, Query(count=False))
    yield "show a share", lambda: shares.get(caller(), zone.id, share.id)
    yield "take a share back", lambda: shares.delete(caller(), zone.id, share.id)


def pool_requests(scene: Scene) -> Iterator[tuple[str, Callable[[], Any]]]:
    """On pools."""
    pools = scene.site.central.pools
    made = pools.create(ADMIN, NewPool(name="first", ns_records=[NsRecord(hostname="ns1.")]))
    change = PoolChange(name="renamed", ns_records=[NsRecord(hostname="ns2.")])
    yield "make a pool", lambda: pools.create(ADMIN, NewPool(name="second"))
    yield "show a pool", lambda: pools.get(ADMIN, made.id)
    yield "list pools", lambda: pools.find(ADMIN, Query(count=False))
    yield "change a pool", lambda: pools.update(ADMIN, made.id, change)
    yield "delete a pool", lambda: pools.delete(ADMIN, made.id)


def register_requests(scene: Scene) -> Iterator[tuple[str, Callable[[], Any]]]:
    """On what administrators keep."""
    central = scene.site.central
    tld = central.tlds.create(ADMIN, NewTld(name="org"))
    key = NewTsigKey(
        name="key", algorithm="hmac-md5", secret="", scope="POOL", resource_id=DEFAULT_POOL
    )
    made = central.tsigkeys.create(ADMIN, msgspec.structs.replace(key, name="first"))
    yield "make a TLD", lambda: central.tlds.create(ADMIN, NewTld(name="com"))
    yield "show a TLD", lambda: central.tlds.get(ADMIN, tld.id)
    yield "list TLDs", lambda: central.tlds.find(ADMIN, Query(count=False))
    yield "change a TLD", lambda: central.tlds.update(ADMIN, tld.id, TldChange(name="net"))
    yield "delete a TLD", lambda: central.tlds.delete(ADMIN, tld.id)
    pattern = NewBlacklist(pattern="x")
    yield "make a blacklist", lambda: central.blacklists.create(ADMIN, pattern)
    yield "make a TSIG key", lambda: central.tsigkeys.create(ADMIN, key)
    change = TsigKeyChange(secret="c2VjcmV0")
    yield "change a TSIG key", lambda: central.tsigkeys.update(ADMIN, made.id, change)
    yield from pool_requests(scene)
    host = ("node-1", ["api", "worker"], "UP")
    scene.site.store.write(lambda tx: service_statuses.report(tx, *host))
    services = central.service_statuses
    first = services.find(ADMIN, Query()).items[0]
    yield "list services", lambda: services.find(ADMIN, Query(count=False))
    yield "show a service", lambda: services.get(ADMIN, first.id)
    yield "show quotas", lambda: central.quotas.get(ADMIN, "p1")
    limits = QuotaChange(zones=1, zone_records=2, api_export_size=3)
    yield "set quotas", lambda: central.quotas.update(ADMIN, "p1", limits)
    yield "set quotas back", lambda: central.quotas.reset(ADMIN, "p1")


def transfer_requests(scene: Scene) -> Iterator[tuple[str, Callable[[], Any]]]:
    """On zones that change hands."""
    offers, accepts = scene.site.central.transfer_requests, scene.site.central.transfer_accepts
    other = scene.site.zone("other.example.net.")
    new = NewTransferRequest()
    offer = offers.create(caller(), scene.zone.id, new)
    change = TransferRequestChange(description="soon")
    yield "offer a zone", lambda: offers.create(caller(), other.id, new)
    yield "list offers", lambda: offers.find(caller(), Query(count=False))
    yield "show an offer", lambda: offers.get(caller(), offer.id)
    yield "change an offer", lambda: offers.update(caller(), offer.id, change)
    taken = NewTransferAccept(zone_transfer_request_id=offer.id, key=offer.key or "")
    yield "take a zone over", lambda: accepts.create(caller("p2"), taken)
    accept = accepts.find(ADMIN, Query()).items
    yield "list accepts", lambda: accepts.find(ADMIN, Query())
    yield "show an accept", lambda: accepts.get(ADMIN, accept[0].id if accept else "")
    yield "withdraw an offer", lambda: offers.delete(caller(), offer.id)


def costs(scene: Scene, requests: Iterator[tuple[str, Callable[[], Any]]]) -> dict[str, int]:
    """What each of the requests costs, one behind the other."""
    numbers = {}
    for name, request in requests:
        with statements(scene.site.store.engine) as seen:
            request()
        numbers[name] = len(seen)
    return numbers


def check(found: dict[str, int]) -> None:
    """Fail for what costs more than it may."""
    assert all(found.values())
    assert {name: number for name, number in found.items() if number > AT_MOST[name]} == {}


ONE_BY_ONE = (
    zone_requests,
    recordset_requests,
    task_requests,
    share_requests,
    floatingip_requests,
    transfer_requests,
    register_requests,
    report_requests,
)


@pytest.mark.parametrize("requests", ONE_BY_ONE)
def test_each_request_has_its_cost(
    scene: Scene, requests: Callable[[Scene], Iterator[tuple[str, Callable[[], Any]]]]
) -> None:
    """Whatever the number of records, of zones and of recordsets."""
    check(costs(scene, requests(scene)))


def test_a_large_page_costs_what_a_small_one_does(scene: Scene) -> None:
    """Nothing is read for each item of a list."""
    for number in range(120):
        scene.site.recordset(scene.zone, f"h{number}", "A", "192.0.2.1")
    small = costs(scene, list_requests(scene, 1))
    large = costs(scene, list_requests(scene, 100))
    check(small)
    check(large)
    assert {name: number for name, number in large.items() if number > small[name] + 1} == {}


def test_every_request_is_counted(scene: Scene) -> None:
    """The table names what is asked here and nothing else."""
    names = [name for requests in ONE_BY_ONE for name, _ in requests(scene)]
    names += [name for name, _ in list_requests(scene, 1)]
    assert sorted(names) == sorted(AT_MOST)
