# SPDX-License-Identifier: Apache-2.0
"""TLDs, blacklists and TSIG keys: who may keep them, and what may not be kept."""

import logging
import time
from collections.abc import Mapping
from typing import Any

import pytest

from designate.errors import (
    BlacklistNotFound,
    DuplicateBlacklist,
    DuplicateTld,
    DuplicateTsigKey,
    Forbidden,
    InvalidObject,
    InvalidTsigKey,
    InvalidZoneName,
    TldNotFound,
    TsigKeyNotFound,
)
from designate.mdns.tsigkeys import REFRESH, TsigKeys
from designate.model.blacklists import BlacklistChange, NewBlacklist
from designate.model.listing import Query
from designate.model.tlds import NewTld, TldChange
from designate.model.tsigkeys import POOL, ZONE, NewTsigKey, TsigKeyChange
from designate.storage import rows, tsigkeys
from designate.storage.tables import blacklists
from tests.unit.central.site import ADMIN, DEFAULT_POOL, OTHER_POOL, Site, caller

SECRET = "MDEyMzQ1Njc4OWFiY2RlZg=="
KEY: Mapping[str, Any] = {
    "name": "key",
    "algorithm": "hmac-sha256",
    "secret": SECRET,
    "scope": POOL,
    "resource_id": DEFAULT_POOL,
}
#: By noun: an entry, one like it, one with a name of its own, and changes to those names.
NEW: Mapping[str, tuple[Any, Any, Any]] = {
    "tlds": (NewTld(name="com"), NewTld(name="COM"), NewTld(name="net")),
    "blacklists": (NewBlacklist(pattern="a"), NewBlacklist(pattern="a"), NewBlacklist(pattern="A")),
    "tsigkeys": (
        NewTsigKey(**KEY),
        NewTsigKey(**{**KEY, "name": "KEY"}),
        NewTsigKey(**{**KEY, "name": "other"}),
    ),
}
CHANGES: Mapping[str, tuple[Any, Any]] = {
    "tlds": (TldChange(), TldChange(name="Com")),
    "blacklists": (BlacklistChange(), BlacklistChange(pattern="a")),
    "tsigkeys": (TsigKeyChange(), TsigKeyChange(name="Key")),
}
ERRORS: Mapping[str, tuple[type[Exception], type[Exception]]] = {
    "tlds": (TldNotFound, DuplicateTld),
    "blacklists": (BlacklistNotFound, DuplicateBlacklist),
    "tsigkeys": (TsigKeyNotFound, DuplicateTsigKey),
}
nouns = pytest.mark.parametrize("noun", sorted(NEW))


@nouns
def test_only_administrators_keep_a_register(site: Site, noun: str) -> None:
    """Others are told nothing, not even whether there is such an entry."""
    register = getattr(site.central, noun)
    made = register.create(ADMIN, NEW[noun][0])
    for who in (caller(), caller("p1", "reader")):
        for entry_id in (made.id, rows.new_id()):
            with pytest.raises(Forbidden):
                register.get(who, entry_id)
            with pytest.raises(Forbidden):
                register.update(who, entry_id, CHANGES[noun][0])
            with pytest.raises(Forbidden):
                register.delete(who, entry_id)
        with pytest.raises(Forbidden):
            register.find(who, Query(marker=rows.new_id()))
        with pytest.raises(Forbidden):
            register.create(who, NEW[noun][1])
    assert register.find(ADMIN, Query()).items == [made]


@nouns
def test_two_entries_are_never_alike(site: Site, noun: str) -> None:
    """What is refused changes nothing; what is not there is missed before it is compared."""
    register, (absent, duplicate) = getattr(site.central, noun), ERRORS[noun]
    first, alike, other = NEW[noun]
    made, second = register.create(ADMIN, first), register.create(ADMIN, other)
    with pytest.raises(duplicate):
        register.create(ADMIN, alike)
    with pytest.raises(duplicate):
        register.update(ADMIN, second.id, CHANGES[noun][1])
    with pytest.raises(absent):
        register.update(ADMIN, rows.new_id(), CHANGES[noun][1])
    assert register.find(ADMIN, Query()).items == [made, second]
    register.delete(ADMIN, made.id)
    with pytest.raises(absent):
        register.delete(ADMIN, made.id)
    renamed = register.update(ADMIN, second.id, CHANGES[noun][1])
    assert register.get(ADMIN, second.id) == renamed


@pytest.mark.parametrize("pattern", [r"^((a|aa)+\.)+x", r"(a*)*(a*)*(a*)*b\1\2\3"])
def test_no_pattern_stalls_the_creation_of_zones(site: Site, pattern: str) -> None:
    """However many there are: the first that takes too long decides."""
    for number in range(50):
        site.central.blacklists.create(ADMIN, NewBlacklist(pattern=f"(?:{pattern}){'|z' * number}"))
    name = ("a" * 60 + ".") * 4
    began = time.thread_time()
    with pytest.raises(InvalidZoneName):
        site.zone(name)
    assert time.thread_time() - began < 0.5
    site.zone(name, ctx=caller("p1", "admin", "member"))


def test_a_pattern_of_old_that_cannot_be_used_forbids_nothing(site: Site) -> None:
    """It may stand in the table; a change of its description is no reason to look at it."""
    site.blacklist("((a{999}){999}){999}")
    site.zone("a.example.")
    with site.store.read() as connection:
        entry_id = connection.execute(blacklists.select()).one().id
    known = site.central.blacklists.update(ADMIN, entry_id, BlacklistChange(description="old"))
    assert known.description == "old"
    with pytest.raises(InvalidObject, match="repeats too much"):
        site.central.blacklists.update(ADMIN, entry_id, BlacklistChange(pattern="(a{999}){999}"))


@pytest.mark.parametrize(
    "place",
    [
        {"resource_id": OTHER_POOL},
        {"scope": ZONE},
        {"scope": ZONE, "resource_id": OTHER_POOL},
    ],
)
def test_a_key_belongs_to_something(site: Site, place: Mapping[str, str]) -> None:
    """When it is made, and when what it belongs to is changed; not when only its name is."""
    with pytest.raises(InvalidTsigKey):
        site.central.tsigkeys.create(ADMIN, NewTsigKey(**{**KEY, **place}))
    made = site.central.tsigkeys.create(ADMIN, NewTsigKey(**KEY))
    with pytest.raises(InvalidTsigKey):
        site.central.tsigkeys.update(ADMIN, made.id, TsigKeyChange(**place))
    assert site.central.tsigkeys.get(ADMIN, made.id) == made


def test_the_key_of_a_zone_that_is_gone_can_still_be_renamed(site: Site) -> None:
    """What it belongs to is looked at only when that changes."""
    zone = site.foreign("shop.example.")
    of_zone = NewTsigKey(**{**KEY, "scope": ZONE, "resource_id": zone.id})
    made = site.central.tsigkeys.create(ADMIN, of_zone)
    site.remove(zone)
    assert site.central.tsigkeys.update(ADMIN, made.id, TsigKeyChange(name="x")).name == "x"
    with pytest.raises(InvalidTsigKey):
        site.central.tsigkeys.create(ADMIN, of_zone)


def test_a_pool_needs_a_key_before_it_takes_zones(make_site: Any) -> None:
    """Unless it is the default one (API.md section 29, K29)."""
    site = make_site(scheduler=["pool_id_attribute"])
    site.pool(OTHER_POOL, "other")
    wanted = {"attributes": {"pool_id": OTHER_POOL}, "ctx": ADMIN}
    with pytest.raises(Exception, match="TSIG key of scope POOL"):
        site.zone("shop.example.", **wanted)
    site.central.tsigkeys.create(ADMIN, NewTsigKey(**{**KEY, "resource_id": OTHER_POOL}))
    assert site.zone("shop.example.", **wanted).pool_id == OTHER_POOL


def test_a_secret_is_never_shown_in_passing(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Neither by what holds it nor in the log, whatever fails."""
    caplog.set_level(logging.DEBUG)
    new = NewTsigKey(**KEY)
    made = site.central.tsigkeys.create(ADMIN, new)
    with pytest.raises(DuplicateTsigKey) as error:
        site.central.tsigkeys.create(ADMIN, new)
    with pytest.raises(InvalidTsigKey) as other:
        site.central.tsigkeys.update(ADMIN, made.id, TsigKeyChange(secret=SECRET, scope=ZONE))
    told = [new, made, TsigKeyChange(secret=SECRET), error.value, other.value, caplog.text]
    assert SECRET not in repr(told) + str(error.value) + str(other.value)
    assert made.secret == SECRET


def test_a_changed_key_is_noticed_by_the_dns_server(site: Site) -> None:
    """Within the time that it remembers keys."""
    now = [0.0]

    def read() -> Any:
        with site.store.read() as connection:
            return tsigkeys.find_all(connection)

    served = TsigKeys(read, clock=lambda: now[0])
    name = b"\x03key\x00"
    assert served.named(name) is None
    made = site.central.tsigkeys.create(ADMIN, NewTsigKey(**KEY))
    now[0] += REFRESH
    known = served.named(name)
    assert known is not None and known.key == made
    site.central.tsigkeys.update(ADMIN, made.id, TsigKeyChange(secret="c2VjcmV0"))
    now[0] += REFRESH
    known = served.named(name)
    assert known is not None and known.wire.secret == b"secret"
    site.central.tsigkeys.delete(ADMIN, made.id)
    now[0] += REFRESH
    assert served.named(name) is None
