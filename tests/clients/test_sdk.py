# SPDX-License-Identifier: Apache-2.0
"""Every call of openstacksdk's `dns` proxy, which Ansible, Horizon and others use."""

from collections.abc import Callable, Iterator
from typing import Any

import openstack.connection
import pytest
from openstack import exceptions
from openstack.dns.v2._proxy import Proxy

from tests.clients.cloud import Cloud, Person
from tests.clients.walks.zones import NOWHERE
from tests.servers.keystone import DOMAIN, REGION

CALLS = {name for name, value in vars(Proxy).items() if name[0] != "_" and callable(value)}
# What the SDK plans to remove from itself.
pytestmark = pytest.mark.filterwarnings("ignore::openstack.warnings._RemovedInSDKWarning")


def cannot(call: Callable[[], Any], *, error: type[Exception] = KeyError) -> None:
    """What release 4.22 of the SDK gets wrong, with any server; a later one may not."""
    with pytest.raises(error):
        call()


class Dns:
    """The proxy of one user; remembers which calls were made."""

    def __init__(self, cloud: Cloud, person: Person) -> None:
        self.called: set[str] = set()
        self._connection = openstack.connection.Connection(
            region_name=REGION,
            auth={
                "auth_url": cloud.keystone.url,
                "username": person.user.name,
                "password": person.user.password,
                "user_domain_id": DOMAIN,
                "project_id": person.project,
            },
        )

    def __getattr__(self, name: str) -> Any:
        self.called.add(name)
        return getattr(self._connection.dns, name)

    def close(self) -> None:
        """Let go of its connections."""
        self._connection.close()


class People:
    """Who calls."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.owner = Dns(cloud, cloud.owner)
        self.rival = Dns(cloud, cloud.rival)
        self.operator = Dns(cloud, cloud.operator)
        self.all = (self.owner, self.rival, self.operator)

    def zone(self) -> Any:
        """A zone of the owner's, as the SDK sees it."""
        return self.owner.get_zone(self.cloud.zone(self.cloud.owner)["id"])

    def create(self, path: str, body: Any = None, **options: Any) -> str:
        """Create something for the owner without the SDK; its id."""
        token = {"X-Auth-Token": self.cloud.owner.token}
        return str(self.cloud.create(path, body, headers=token, **options)["id"])


@pytest.fixture(scope="module")
def people(cloud: Cloud) -> Iterator[People]:
    """Connections that are kept: each asks for a token first."""
    made = People(cloud)
    yield made
    for dns in made.all:
        dns.close()


def zones(people: People) -> None:
    """Created, found by name, listed page by page, changed, abandoned, deleted."""
    dns = people.owner
    made = dns.create_zone(name="sdk.example.", email="dns@sdk.example", ttl=600)
    assert (made.status, made.action, made.ttl) == ("PENDING", "CREATE", 600)
    dns.wait_for_status(made, "ACTIVE", interval=0.05, wait=30)
    assert dns.find_zone("sdk.example.").id == made.id
    assert dns.find_zone("nowhere.example.") is None
    assert [zone.id for zone in dns.zones(name="sdk.example.")] == [made.id]
    assert dns.update_zone(made.id, email="new@sdk.example").email == "new@sdk.example"
    shown = dns.get_zone(made.id)
    assert (shown.project_id, shown.masters) == (people.cloud.owner.project, [])
    pages = [zone.id for zone in dns.zones(limit=1)]
    assert len(set(pages)) == len(pages) == len(list(dns.zones()))
    with pytest.raises(exceptions.NotFoundException):
        people.rival.get_zone(made.id)
    with pytest.raises(exceptions.ForbiddenException):
        dns.abandon_zone(made)
    with pytest.raises(exceptions.BadRequestException):
        dns.xfr_zone(made)  # it is PRIMARY
    dns.delete_zone(made)
    dns.wait_for_delete(made, interval=0.05, wait=30)
    assert dns.find_zone("sdk.example.") is None


def nameservers(people: People) -> None:
    """Those of the pool."""
    [server] = people.owner.zone_nameservers(people.zone())
    assert (server.hostname, server.priority) == ("ns1.shop.example.", 1)


def recordsets(people: People) -> None:
    """In a zone and over all zones."""
    dns, zone = people.owner, people.zone()
    name = f"www.{zone.name}"
    made = dns.create_recordset(zone, name=name, type="A", records=["192.0.2.1"])
    assert (made.status, made.ttl, made.zone_id) == ("PENDING", None, zone.id)
    assert dns.get_recordset(made.id, zone.id).records == ["192.0.2.1"]
    assert dns.find_recordset(zone, name).id == made.id
    changed = dns.update_recordset(made, records=["192.0.2.2", "192.0.2.3"])
    assert changed.records == ["192.0.2.2", "192.0.2.3"]
    assert {one.type for one in dns.recordsets(zone, limit=1)} == {"A", "NS", "SOA"}
    cannot(lambda: list(dns.recordsets(name=name)))
    dns.delete_recordset(made.id, zone.id)
    assert dns.find_recordset(zone, name) is None


def zone_imports(people: People) -> None:
    """The SDK sends no zone file, whatever it is given: an import of nothing."""
    dns = people.owner
    nothing = dns.create_zone_import()
    cannot(
        lambda: dns.wait_for_status(nothing, "COMPLETE", interval=0.05, wait=30),
        error=exceptions.ResourceFailure,
    )
    text = (
        b"$ORIGIN imported.sdk.example.\n$TTL 300\n@ IN SOA ns dns 1 3600 600 86400 300\n"
        b"www IN A 192.0.2.80\n"
    )
    task = people.create("/v2/zones/tasks/imports", text, content_type="text/dns")
    shown = dns.get_zone_import(task)
    dns.wait_for_status(shown, "COMPLETE", interval=0.05, wait=30)
    assert task in [one.id for one in dns.zone_imports(status="COMPLETE")]
    dns.delete_zone_import(task)
    with pytest.raises(exceptions.NotFoundException):
        dns.get_zone_import(task)


def zone_exports(people: People) -> None:
    """By the singular paths that the SDK calls."""
    dns, zone = people.owner, people.zone()
    cannot(lambda: dns.create_zone_export(zone))
    made = dns.get_zone_export(people.create(f"/v2/zones/{zone.id}/tasks/export"))
    dns.wait_for_status(made, "COMPLETE", interval=0.05, wait=30)
    assert [one.id for one in dns.zone_exports(zone_id=zone.id)] == [made.id]
    assert dns.get_zone_export(made.id).zone_id == zone.id
    # It writes the id behind the path as well.
    cannot(lambda: dns.get_zone_export_text(made.id), error=exceptions.NotFoundException)
    dns.delete_zone_export(made.id)
    assert list(dns.zone_exports(zone_id=zone.id)) == []


def floating_ips(people: People) -> None:
    """A name is set and unset."""
    dns = people.owner
    [found] = dns.floating_ips()
    assert (found.address, found.ptrdname, found.status) == ("203.0.113.7", None, "INACTIVE")
    made = dns.update_floating_ip(found.id, ptrdname="vm.sdk.example.", ttl=300)
    assert (made.ptrdname, made.status) == ("vm.sdk.example.", "PENDING")
    assert dns.get_floating_ip(found.id).ttl == 300
    # It takes the answer `null`, which is upstream's as well, for an object.
    cannot(lambda: dns.unset_floating_ip(found.id), error=AttributeError)
    assert dns.get_floating_ip(found.id).ptrdname is None


def transfer_requests(people: People) -> None:
    """Offered and withdrawn."""
    dns, zone = people.owner, people.zone()
    cannot(lambda: dns.create_zone_transfer_request(zone, description="words"))
    path = f"/v2/zones/{zone.id}/tasks/transfer_requests"
    made = dns.get_zone_transfer_request(people.create(path, {}))
    assert (made.status, len(made.key)) == ("ACTIVE", 8)
    # It sends PUT.
    cannot(
        lambda: dns.update_zone_transfer_request(made, description="others"),
        error=exceptions.HttpException,
    )
    assert people.rival.get_zone_transfer_request(made.id).key is None
    assert made.id in [one.id for one in dns.zone_transfer_requests(status="ACTIVE")]
    dns.delete_zone_transfer_request(made)
    assert made.id not in [one.id for one in dns.zone_transfer_requests()]


def transfer_accepts(people: People) -> None:
    """A zone changes hands."""
    zone = people.zone()
    body = {"target_project_id": people.cloud.rival.project}
    made = people.create(f"/v2/zones/{zone.id}/tasks/transfer_requests", body)
    request = people.owner.get_zone_transfer_request(made)
    made = people.rival.create_zone_transfer_accept(
        key=request.key, zone_transfer_request_id=request.id
    )
    assert (made.status, made.zone_id) == ("COMPLETE", zone.id)
    assert people.rival.get_zone_transfer_accept(made.id).zone_id == zone.id
    found = people.operator.zone_transfer_accepts(all_projects=True)
    assert made.id in [one.id for one in found]
    assert people.rival.get_zone(zone.id).project_id == people.cloud.rival.project


def zone_shares(people: People) -> None:
    """Another project joins in, and the zone is deleted with its shares."""
    dns, zone, target = people.owner, people.zone(), people.cloud.rival.project
    made = dns.create_zone_share(zone, target_project_id=target)
    assert (made.project_id, made.target_project_id) == (people.cloud.owner.project, target)
    assert dns.get_zone_share(zone, made.id).id == made.id
    assert dns.find_zone_share(zone, made.id).id == made.id
    assert [one.id for one in dns.zone_shares(zone, target_project_id=target)] == [made.id]
    assert people.rival.get_zone(zone.id).is_shared
    dns.delete_zone_share(zone, made.id)
    assert dns.find_zone_share(zone, made.id) is None
    dns.create_zone_share(zone, target_project_id=target)
    with pytest.raises(exceptions.BadRequestException):
        dns.delete_zone(zone)
    dns.delete_zone(zone, delete_shares=True)


def limits(people: People) -> None:
    """Eight of them."""
    [found] = people.owner.limits()
    assert (found.max_page_limit, found.max_zone_name_length) == (1000, 255)


def quotas(people: People) -> None:
    """A member reads his own; operators set them, by a sudo to the project."""
    project = people.cloud.rival.project
    before = people.rival.get_quota(project)
    [own] = people.rival.quotas()
    assert own.zones == before.zones
    changed = people.operator.update_quota(project, zones=3)
    assert changed.zones == 3
    assert people.rival.get_quota(project).zones == 3
    with pytest.raises(exceptions.ForbiddenException):
        people.rival.get_quota(people.cloud.owner.project)
    people.operator.delete_quota(project)
    assert people.rival.get_quota(project).zones == before.zones


def service_statuses(people: People) -> None:
    """All are up."""
    found = list(people.operator.service_statuses())
    assert {one.status for one in found} == {"UP"}
    shown = people.operator.get_service_status(found[0].id)
    assert shown.service_name == found[0].service_name


def tlds(people: People) -> None:
    """One, and none again."""
    dns = people.operator
    made = dns.create_tld(name="example", description="words")
    try:
        assert dns.find_tld("example").id == made.id
        assert dns.get_tld(made.id).name == "example"
        assert [one.id for one in dns.tlds()] == [made.id]
        assert dns.update_tld(made, description="others").description == "others"
    finally:
        dns.delete_tld(made)
    assert list(dns.tlds()) == []


def tsigkeys(people: People) -> None:
    """A key of a zone."""
    dns = people.operator
    made = dns.create_tsigkey(
        name="sdk.key",
        algorithm="hmac-sha256",
        secret="c2VjcmV0",
        scope="ZONE",
        resource_id=people.zone().id,
    )
    assert dns.find_tsigkey("sdk.key").id == made.id
    assert dns.get_tsigkey(made.id).algorithm == "hmac-sha256"
    assert [one.id for one in dns.tsigkeys(name="sdk.key")] == [made.id]
    dns.delete_tsigkey(made)
    assert dns.find_tsigkey("sdk.key") is None


def blacklists(people: People) -> None:
    """A pattern that takes no name of another test."""
    dns = people.operator
    made = dns.create_blacklist(pattern=r"^no\.sdk\.example\.$", description="words")
    assert dns.get_blacklist(made.id).pattern == made.pattern
    assert made.id in [one.id for one in dns.blacklists()]
    assert dns.update_blacklist(made, description="others").description == "others"
    dns.delete_blacklist(made)
    with pytest.raises(exceptions.NotFoundException):
        dns.get_blacklist(made.id)


WALKS: dict[str, Callable[[People], None]] = {
    "zone": zones,
    "wait": zones,
    "nameserver": nameservers,
    "recordset": recordsets,
    "zone_import": zone_imports,
    "zone_export": zone_exports,
    "floating_ip": floating_ips,
    "zone_transfer_request": transfer_requests,
    "zone_transfer_accept": transfer_accepts,
    "zone_share": zone_shares,
    "limit": limits,
    "quota": quotas,
    "service_status": service_statuses,
    "tld": tlds,
    "tsigkey": tsigkeys,
    "blacklist": blacklists,
}


def _noun(call: str) -> str:
    return next(noun for noun in sorted(WALKS, key=len, reverse=True) if noun in call)


@pytest.mark.parametrize("noun", sorted(WALKS))
def test_every_call_of_a_noun(people: People, noun: str) -> None:
    """Each method of the proxy that is about it works, with Keystone's tokens."""
    for dns in people.all:
        dns.called.clear()
    WALKS[noun](people)
    called = set().union(*(dns.called for dns in people.all))
    assert {call for call in CALLS if _noun(call) == noun} <= called


def test_what_is_not_there(people: People) -> None:
    """Each show of something unknown ends in NotFound, never in another error."""
    shows = [
        ("get_zone", NOWHERE),
        ("get_zone_import", NOWHERE),
        ("get_zone_export", NOWHERE),
        ("get_zone_transfer_request", NOWHERE),
        ("get_zone_transfer_accept", NOWHERE),
        ("get_tld", NOWHERE),
        ("get_tsigkey", NOWHERE),
        ("get_blacklist", NOWHERE),
        ("get_service_status", NOWHERE),
        ("get_floating_ip", f"{REGION}:{NOWHERE}"),
    ]
    for name, identifier in shows:
        with pytest.raises(exceptions.NotFoundException):
            getattr(people.operator, name)(identifier)
