# SPDX-License-Identifier: Apache-2.0
"""BIND 9 as a secondary whose zones are added and deleted by `rndc` (SERVICES.md section 10.1)."""

import random
import re
import shlex
import subprocess
import time
from dataclasses import dataclass

from designate.backends.base import MAX_CALL, REFUSED, UNREACHABLE, BackendError, ZoneRef
from designate.model.pools import Endpoint, Target

DEFAULT_TIMEOUT = 10.0
DEFAULT_ROOT_HELPER = "sudo designate-rootwrap /etc/designate/rootwrap.conf"
MAX_ERROR = 120

_ALREADY = "already exists"
_NOT_FOUND = "not found"
# What rndc says when it did not get as far as having a command carried out.
_UNREACHABLE = re.compile(
    r"connect failed|connection (?:refused|to remote host closed|reset)|timed out|unreachable"
    r"|end of file|couldn't get address|recv failed|send failed"
)
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
    masters: frozenset[tuple[str, int]]


class Bind9:
    """Speaks to `named` by rndc, one process per command; named takes several at once.

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
        """Add the zone; one of ours that exists is brought in line, somebody else's is left alone.

        Zones of ours are known by the name of their file, which holds the id.
        """
        channel = self._open(target)
        try:
            channel.run("addzone", _definition(zone, target))
        except BackendError as error:
            if _ALREADY not in error.text:
                raise
            _correct(channel, zone, target)

    def delete_zone(self, zone: ZoneRef, target: Target, *, hard: bool) -> None:
        """Delete the zone, with its files if `hard` or `clean_zonefile` says so.

        A zone of that name that is another incarnation, or somebody else's, stays.
        """
        channel = self._open(target)
        shown = _show(channel, zone, target)
        if shown is None or shown.file != _file(zone):
            return
        clean = hard or target.options.get("clean_zonefile", "").lower() in _TRUE
        _delete(channel, zone, target, options=["-clean"] if clean else [])

    def probe(self, target: Target) -> None:
        """Ask named for its status."""
        self._open(target).run("status")

    def _open(self, target: Target) -> "_Channel":
        argv = [*self._prefix, *_rndc(target)]
        return _Channel(argv, target.endpoint.host, time.monotonic() + self.timeout(target))


@dataclass(frozen=True, slots=True)
class _Channel:
    """The commands of one call, which together end at the deadline."""

    argv: list[str]
    host: str
    deadline: float

    def run(self, *arguments: str) -> str:
        """What a command prints; raises BackendError."""
        server = f"{self.host}: rndc {arguments[0]}"
        try:
            done = subprocess.run(
                [*self.argv, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=max(self.deadline - time.monotonic(), 0.0),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BackendError(UNREACHABLE, f"{server}: no answer in time") from None
        except OSError as error:
            raise BackendError(UNREACHABLE, f"{server}: {error.strerror}") from None
        if done.returncode == 0:
            return done.stdout
        said = " ".join((done.stderr or done.stdout).split()).removeprefix("rndc: ")
        code = UNREACHABLE if _UNREACHABLE.search(said) else REFUSED
        raise BackendError(code, f"{server}: {said[:MAX_ERROR]}")


def _correct(channel: _Channel, zone: ZoneRef, target: Target) -> None:
    shown = _show(channel, zone, target)
    if shown is None:
        channel.run("addzone", _definition(zone, target))
    elif shown.file == _file(zone):
        if shown.masters != frozenset((master.host, master.port) for master in target.masters):
            channel.run("modzone", _definition(zone, target))
    elif shown.file is not None and shown.file.startswith(_file_stem(zone)):
        # Another incarnation of ours: only a new zone forgets the old serial.
        _delete(channel, zone, target, options=[])
        channel.run("addzone", _definition(zone, target))
    else:
        text = f"{channel.host}: {zone.name} is there already and not ours"
        raise BackendError(REFUSED, text)


def _delete(channel: _Channel, zone: ZoneRef, target: Target, options: list[str]) -> None:
    try:
        channel.run("delzone", *options, _named(zone, target))
    except BackendError as error:
        if _NOT_FOUND not in error.text:
            raise


def _show(channel: _Channel, zone: ZoneRef, target: Target) -> _Shown | None:
    try:
        text = channel.run("showzone", _named(zone, target))
    except BackendError as error:
        if _NOT_FOUND in error.text:
            return None
        raise
    file, masters = _FILE.search(text), _MASTERS.search(text)
    found = _MASTER.findall(masters.group(1)) if masters else []
    return _Shown(
        file=file.group(1) if file else None,
        masters=frozenset((host, int(port or "53")) for host, port in found),
    )


def _rndc(target: Target) -> list[str]:
    options = target.options
    argv = [
        options.get("rndc_bin_path") or "rndc",
        *("-s", options.get("rndc_host") or "127.0.0.1"),
        *("-p", options.get("rndc_port") or "953"),
    ]
    if options.get("rndc_config_file"):
        argv += ["-c", options["rndc_config_file"]]
    if options.get("rndc_key_file"):
        argv += ["-k", options["rndc_key_file"]]
    return argv


def _named(zone: ZoneRef, target: Target) -> str:
    name = zone.name.rstrip(".")
    view = target.options.get("view")
    if not _SAFE_NAME.fullmatch(name):
        raise BackendError(REFUSED, f"{zone.name}: a name that rndc cannot be given")
    return f"{name} in {view}" if view else name


def _definition(zone: ZoneRef, target: Target) -> str:
    # Shuffled so that the transfers of many zones spread over the masters.
    masters = random.sample(target.masters, len(target.masters))
    listed = " ".join(f"{_address(master)};" for master in masters)
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
