# SPDX-License-Identifier: Apache-2.0
"""BIND 9 as a secondary whose zones are added and deleted by `rndc` (SERVICES.md section 10.1)."""

import logging
import re
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from designate.backends import masters
from designate.backends.base import MAX_CALL, REFUSED, BackendError, ZoneRef
from designate.backends.rndc import Rndc, channel, program
from designate.model.pools import Endpoint, Target

LOG = logging.getLogger(__name__)

DEFAULT_TIMEOUT = 10.0
DEFAULT_ROOT_HELPER = "sudo designate-rootwrap /etc/designate/rootwrap.conf"

_ALREADY = "already exists"
_NOT_FOUND = "not found"
_NOT_LOADED = "not loaded"
# What `zonestatus` says of zones that came by addzone; those of named.conf have "no" there.
_ADDED = "reconfigurable via modzone: yes"
# Everything else would be read as configuration by named.
_SAFE_NAME = re.compile(r"[A-Za-z0-9_.\-/]+")
_FILE = re.compile(r'\bfile "([^"]*)"')
_MASTERS = re.compile(r"\b(?:masters|primaries)\b[^{;]*\{([^}]*)\}")
_MASTER = re.compile(r"([0-9A-Fa-f.:]+)(?:\s+port\s+(\d+))?\s*(?:key\s+\S+\s*)?;")
_TRUE = frozenset({"1", "true", "yes", "on", "t", "y"})


@dataclass(frozen=True, slots=True)
class _Shown:
    """What `showzone` tells of a zone that is there."""

    file: str | None
    masters: list[tuple[str, int]]


class Bind9:
    """Speaks to `named` as rndc does; named takes several commands at once.

    `root_helper` is put before rndc when it differs from upstream's default, since rndc itself
    needs no privileges, only its key.
    """

    needs_notify = True
    manages_zones = True

    def __init__(self, root_helper: str | None = None) -> None:
        use = root_helper is not None and root_helper != DEFAULT_ROOT_HELPER
        self._prefix = shlex.split(root_helper) if use and root_helper else []

    def timeout(self, target: Target) -> float:
        """The target's `rndc_timeout`, 10 seconds where unset or 0; for all commands of a call."""
        return min(float(target.options.get("rndc_timeout") or 0) or DEFAULT_TIMEOUT, MAX_CALL)

    def create_zone(self, zone: ZoneRef, target: Target) -> None:
        """Add the zone; one of ours that exists is brought in line, somebody else's is taken over.

        Zones of ours are known by the name of their file, which holds the id. Only a zone that is
        in named.conf, or not loaded, so that this is not known, stays: BackendError says so.
        """
        with self._open(target) as rndc:
            try:
                rndc.run("addzone", _definition(zone, target))
            except BackendError as error:
                if _ALREADY not in error.text:
                    raise
                _correct(rndc, zone, target)

    def delete_zone(self, zone: ZoneRef, target: Target, *, hard: bool) -> None:
        """Delete the zone, with its files if `hard` or `clean_zonefile` says so.

        A zone of that name that is another incarnation, or somebody else's, stays.
        """
        clean = hard or target.options.get("clean_zonefile", "").lower() in _TRUE
        with self._open(target) as rndc:
            shown = _show(rndc, zone, target)
            if shown is not None and shown.file == _file(zone):
                _delete(rndc, zone, target, options=["-clean"] if clean else [])

    def probe(self, target: Target) -> None:
        """Ask named for its status."""
        with self._open(target) as rndc:
            rndc.run("status")

    @contextmanager
    def _open(self, target: Target) -> Iterator[Rndc]:
        deadline = time.monotonic() + self.timeout(target)
        direct = None if self._prefix else channel(target, deadline)
        if direct is None:
            yield program(target, self._prefix, deadline)
            return
        try:
            yield direct
        finally:
            direct.close()


def _correct(rndc: Rndc, zone: ZoneRef, target: Target) -> None:
    shown = _show(rndc, zone, target)
    if shown is None:
        rndc.run("addzone", _definition(zone, target))
    elif shown.file == _file(zone):
        if not masters.are_right(target, shown.masters):
            rndc.run("modzone", _definition(zone, target))
    else:
        if shown.file is None or not shown.file.startswith(_file_stem(zone)):
            _require_added(rndc, zone, target)
            LOG.warning("%s: taking over %s, not ours so far", target.endpoint.host, zone.name)
        # Only a new zone forgets the serial of the old one, and only without -clean does the
        # file of somebody else stay.
        _delete(rndc, zone, target, options=[])
        rndc.run("addzone", _definition(zone, target))


def _require_added(rndc: Rndc, zone: ZoneRef, target: Target) -> None:
    """Raise BackendError unless the zone came by addzone.

    delzone works on zones of named.conf as well, but with an added zone of the same name beside
    them named neither reconfigures nor starts any more.
    """
    there = f"{target.endpoint.host}: {zone.name} is there already, not ours"
    try:
        status = rndc.run("zonestatus", _named(zone, target))
    except BackendError as error:
        if _NOT_LOADED in error.text:
            raise BackendError(REFUSED, f"{there} and not loaded") from None
        raise
    if _ADDED not in status:
        raise BackendError(REFUSED, f"{there} but in named.conf")


def _delete(rndc: Rndc, zone: ZoneRef, target: Target, options: list[str]) -> None:
    try:
        rndc.run("delzone", *options, _named(zone, target))
    except BackendError as error:
        if _NOT_FOUND not in error.text:
            raise


def _show(rndc: Rndc, zone: ZoneRef, target: Target) -> _Shown | None:
    try:
        text = rndc.run("showzone", _named(zone, target))
    except BackendError as error:
        if _NOT_FOUND in error.text:
            return None
        raise
    file, listed = _FILE.search(text), _MASTERS.search(text)
    found = _MASTER.findall(listed.group(1)) if listed else []
    return _Shown(
        file=file.group(1) if file else None,
        masters=[(host, int(port or "53")) for host, port in found],
    )


def _named(zone: ZoneRef, target: Target) -> str:
    name = zone.name.rstrip(".")
    view = target.options.get("view")
    if not _SAFE_NAME.fullmatch(name):
        raise BackendError(REFUSED, f"{zone.name}: a name that rndc cannot be given")
    return f"{name} in {view}" if view else name


def _definition(zone: ZoneRef, target: Target) -> str:
    listed = " ".join(f"{_address(master)};" for master in masters.in_order(target))
    return (
        f'{_named(zone, target)} {{ type slave; masters {{ {listed} }}; file "{_file(zone)}"; }};'
    )


def _address(master: Endpoint) -> str:
    return f"{master.host} port {master.port}"


def _file_stem(zone: ZoneRef) -> str:
    # RFC 2317 names hold slashes, which named would take for a folder.
    return f"slave.{zone.name.replace('/', '%2F')}"


def _file(zone: ZoneRef) -> str:
    return _file_stem(zone) + zone.id
