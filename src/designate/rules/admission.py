# SPDX-License-Identifier: Apache-2.0
"""Whether a project may have a new zone, and how that zone begins (API.md 6.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from designate.errors import InvalidZoneName
from designate.model import soa
from designate.model.admission import Surroundings
from designate.model.pools import Pool
from designate.model.zones import AWAITS_TRANSFER, SECONDARY, NewZone, Zone
from designate.rules import quota, ttl, zone_names
from designate.rules.patterns import Search
from designate.wire.serial import following, is_newer

USE_BLACKLISTED = "use_blacklisted_zone"
Allowed = Callable[[str], bool]
"""Whether policy lets the caller do what a rule names, for the caller's project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the configuration says of new zones; TTLs and timers in seconds.

    `secondary_email` stands in SECONDARY zones until their own is transferred in.
    """

    max_zone_name_len: int
    min_ttl: int
    ttl: int
    refresh: int
    retry: int
    expire: int
    minimum: int
    secondary_email: str


def check(
    new: NewZone,
    project_id: str,
    facts: Surroundings,
    defaults: Defaults,
    allowed: Allowed,
    blacklist: Search,
) -> None:
    """Raise the first of: OverQuota, InvalidZoneName, InvalidTTL, DuplicateZone, IllegalChild,
    IllegalParent.

    `blacklist` is the search for the name, made before anybody has to wait for it.
    """
    name_key = new.name.lower()
    quota.check(facts.limits, zones=facts.zones + 1)
    zone_names.check_shape(name_key, defaults.max_zone_name_len)
    zone_names.check_tlds(name_key, facts.tlds, restricted=facts.has_tlds)
    if not allowed(USE_BLACKLISTED) and blacklist.finds(facts.blacklist):
        raise InvalidZoneName("Blacklisted zone name")
    if ttl.is_low(new.ttl, defaults.min_ttl) and not allowed("use_low_ttl"):
        raise ttl.low(defaults.min_ttl)
    zone_names.check_owners(
        project_id,
        same=facts.same,
        nearest_ancestor=facts.nearest_ancestor,
        has_ancestor=facts.has_ancestor,
        descendants=facts.descendants,
    )


def first_serial(wanted: int, last: int | None) -> int:
    """The first serial of a zone: the wanted one, or past the last that the name ever had."""
    if last is None or is_newer(wanted, last):
        return wanted
    return following(last, wanted)


def begin(new: NewZone, pool: Pool, defaults: Defaults, **own: Any) -> Zone:
    """The zone at its first version: `own` are its id, project and serial, and other fields.

    The serial of a SECONDARY zone is its master's, and 1 before the first transfer.

    Raises InvalidObject for an e-mail that no SOA can hold.
    """
    fields: dict[str, Any] = {
        "ttl": defaults.ttl if new.ttl is None else new.ttl,
        "refresh": defaults.refresh,
        "retry": defaults.retry,
        "expire": defaults.expire,
        "minimum": defaults.minimum,
        "email": new.email,
    }
    if new.type == SECONDARY:
        fields |= {"status_reason": AWAITS_TRANSFER, "email": defaults.secondary_email}
        own["serial"] = 1
    zone = Zone(
        pool_id=pool.id,
        name=new.name,
        mname=pool.ordered_ns[0].hostname,
        type=new.type,
        masters=new.masters,
        description=new.description,
        attributes=new.attributes,
        **fields | own,
    )
    soa.soa_rdata(zone)
    return zone
