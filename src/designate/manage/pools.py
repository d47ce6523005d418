# SPDX-License-Identifier: Apache-2.0
"""pools.yaml: reads the file and makes the database say the same (SERVICES.md section 11)."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from designate.errors import ConfigurationError, InvalidObject
from designate.model.pools import Endpoint, Nameserver, NsRecord, Pool, Target
from designate.rdata import names
from designate.rules import contents
from designate.storage import pools, rows
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

_MAX_PORT = 65535
_MAX_PRIORITY = 10000


# In the file a field that nobody knows is a mistake.
class _NsRecord(NsRecord, frozen=True, forbid_unknown_fields=True): ...


class _Endpoint(Endpoint, frozen=True, forbid_unknown_fields=True): ...


class _Nameserver(Nameserver, frozen=True, forbid_unknown_fields=True): ...


class _Target(Target, frozen=True, forbid_unknown_fields=True):
    # As strict as the rest of the file; of a frozen structure nobody adds to the list.
    masters: list[_Endpoint] = []  # type: ignore[assignment]


class _Pool(msgspec.Struct, forbid_unknown_fields=True):
    """An entry of the file."""

    name: str
    id: str = ""
    description: str | None = None
    attributes: dict[str, str] = {}
    ns_records: list[_NsRecord] = []
    nameservers: list[_Nameserver] = []
    targets: list[_Target] = []
    also_notifies: list[_Endpoint] = []


def read(path: Path, backends: Collection[str]) -> list[Pool]:
    """The pools of a file, their ids empty where the file has none.

    Raises ConfigurationError naming the file, the place and the rule.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = msgspec.convert(_texts(loaded), list[_Pool])
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"{path}: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{path}: a value holds itself, or very many others") from None
    problems = [problem for entry in entries for problem in _problems(entry, backends)]
    if len({entry.name for entry in entries}) < len(entries):
        problems.append("two pools have the same name")
    if problems:
        raise ConfigurationError(f"{path}: {'; '.join(problems)}")
    return msgspec.convert(msgspec.to_builtins(entries), list[Pool])


def apply(store: Store, wanted: Sequence[Pool], default_pool_id: str) -> None:
    """Insert or replace these pools; one named "default" without an id is the default pool."""

    def write(tx: Transaction) -> None:
        known = {pool.name: pool.id for pool in pools.find_all(tx.connection)}
        for pool in wanted:
            default = default_pool_id if pool.name == "default" else rows.new_id()
            pool_id = pool.id or known.get(pool.name) or default
            pools.put(tx, msgspec.structs.replace(pool, id=pool_id))

    store.write(write)


def _problems(entry: _Pool, backends: Collection[str]) -> list[str]:
    place = f"pool {entry.name}"
    problems = [
        f"{place}: ns_records: hostname {ns.hostname} is not a name with a final dot"
        for ns in entry.ns_records
        if not names.is_domain(ns.hostname)
    ]
    problems += [
        f"{place}: ns_records: priority {ns.priority} is not between 1 and {_MAX_PRIORITY}"
        for ns in entry.ns_records
        if not 1 <= ns.priority <= _MAX_PRIORITY
    ]
    if len({ns.hostname.lower() for ns in entry.ns_records}) < len(entry.ns_records):
        problems.append(f"{place}: ns_records: a hostname is there twice")
    problems += _too_large(place, entry)
    if not entry.ns_records:
        problems.append(f"{place}: ns_records: at least one is needed")
    problems += [
        f"{place}: targets: a {target.type} target needs masters, which it transfers from"
        for target in entry.targets
        if target.type == "bind9" and not target.masters
    ]
    problems += [
        f"{place}: targets: type {target.type} is none of: {', '.join(sorted(backends))}"
        for target in entry.targets
        if target.type not in backends
    ]
    problems += [
        f"{place}: targets: near_masters: {host} is none of the masters"
        for target in entry.targets
        for host in sorted(target.near_masters - {master.host for master in target.masters})
    ]
    ports = [server.port for server in entry.nameservers]
    ports += [endpoint.port for endpoint in entry.also_notifies]
    ports += [master.port for target in entry.targets for master in target.masters]
    problems += [
        f"{place}: port {port} is not between 1 and {_MAX_PORT}"
        for port in ports
        if not 1 <= port <= _MAX_PORT
    ]
    problems += [
        f"{place}: targets: option {name} {target.options[name]} is no port"
        for target in entry.targets
        for name in ("port", "rndc_port")
        if name in target.options and not _is_port(target.options[name])
    ]
    return problems


def _too_large(place: str, entry: _Pool) -> list[str]:
    """Else no zone of the pool could be made."""
    hostnames = [ns.hostname for ns in entry.ns_records if names.is_domain(ns.hostname)]
    try:
        contents.encode("", "NS", hostnames)
    except InvalidObject as error:
        return [f"{place}: ns_records: {problem.message}" for problem in error.problems]
    return []


def _is_port(text: str) -> bool:
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(_MAX_PORT))
    return digits and 1 <= int(text) <= _MAX_PORT


def _texts(loaded: Any) -> Any:
    """The file with the values of `attributes` and `options` as text, which they are to us."""
    if isinstance(loaded, list):
        return [_texts(item) for item in loaded]
    if not isinstance(loaded, dict):
        return loaded
    return {
        key: {name: _text(item) for name, item in value.items()}
        if key in ("attributes", "options") and isinstance(value, dict)
        else _texts(value)
        for key, value in loaded.items()
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
