# SPDX-License-Identifier: Apache-2.0
"""The SOA record of a zone version, rendered from the zone and never stored (decision 3a.2)."""

import re
import struct
from functools import lru_cache

from designate.errors import InvalidObject
from designate.model.zones import Zone
from designate.rdata import names

_TIMERS = struct.Struct("!IIIII")
_LOCAL_PART = re.compile(rb"[!-?A-~]+")
"""Printable, without blanks and @."""


def rname(email: str) -> str:
    """The mailbox in the form of a domain name (RFC 1035 section 8); raises InvalidObject."""
    local, _, domain = email.rpartition("@")
    escaped = "".join(f"\\{char}" if char in '."\\();@$' else char for char in local)
    text = f"{escaped}.{domain}."
    try:
        names.to_wire(text)
    except names.InvalidName as error:
        raise InvalidObject(f"'{email}' cannot stand in a SOA record: {error.reason}") from None
    return text


def email(rname_wire: bytes) -> str:
    """The mailbox of an RNAME in wire form: the first label is the local part, dots and all.

    Raises InvalidObject where that is none, as for the root.
    """
    length = rname_wire[0]
    local = rname_wire[1 : 1 + length]
    domain = names.from_wire(rname_wire, 1 + length)[0] if length else ""
    if not _LOCAL_PART.fullmatch(local) or not names.is_domain(domain):
        raise InvalidObject("The RNAME of the SOA is not an e-mail address")
    return f"{local.decode('ascii')}@{domain.removesuffix('.')}"


def soa_text(zone: Zone) -> str:
    """The SOA as the API shows it."""
    timers = f"{zone.serial} {zone.refresh} {zone.retry} {zone.expire} {zone.minimum}"
    return f"{zone.mname} {rname(zone.email)} {timers}"


def soa_rdata(zone: Zone) -> bytes:
    """The SOA in canonical wire form (RFC 1035 section 3.3.13, RFC 4034 section 6.2)."""
    return (
        _primary(zone.mname)
        + _mailbox(zone.email)
        + _TIMERS.pack(zone.serial, zone.refresh, zone.retry, zone.expire, zone.minimum)
    )


@lru_cache(1024)
def _primary(mname: str) -> bytes:
    return names.to_wire(mname.lower())


@lru_cache(1024)
def _mailbox(address: str) -> bytes:
    return names.to_wire(rname(address).lower())
