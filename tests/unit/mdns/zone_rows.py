# SPDX-License-Identifier: Apache-2.0
"""Zones as rows of a database, written without the rules: content by owner and type, versions."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import msgspec
from sqlalchemy import create_engine, delete, insert, update

from designate.model.soa import soa_rdata
from designate.model.zones import Zone
from designate.rdata import names
from designate.storage.engine import open_engine
from designate.storage.tables import journal, metadata, recordsets, zones
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

MADE = datetime(2026, 1, 1)
Owner = tuple[str, str]
"""Name relative to the apex ("@"), and type."""
Values = tuple[int | None, list[str]]
"""TTL, None for that of the zone, and the records as text."""

BASIC: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns1.example.org.", "ns2.example.org."]),
    ("www", "A"): (None, ["192.0.2.1"]),
}


def open_store(directory: Path) -> Store:
    """An empty database with the whole schema."""
    file = directory / "dns.sqlite"
    file.write_bytes(_empty_database())
    return Store(open_engine(f"sqlite:///{file}"))


@cache
def _empty_database() -> bytes:
    with TemporaryDirectory() as directory:
        file = Path(directory) / "empty.sqlite"
        engine = create_engine(f"sqlite:///{file}")
        metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


@dataclass
class ZoneRows:
    """A zone that is written version by version; every version is announced as a commit is."""

    store: Store
    name: str = "example.org."
    serial: int = 100
    ttl: int = 3600
    minimum: int = 300
    fields: Mapping[str, Any] = field(default_factory=dict)
    content: dict[Owner, Values] = field(default_factory=dict)
    zone: Zone = field(init=False)

    def __post_init__(self) -> None:
        self.zone = msgspec.structs.replace(
            Zone(
                id=str(uuid.uuid4()),
                pool_id="pool",
                project_id="project",
                name=self.name,
                email=f"hostmaster@{self.name.rstrip('.')}",
                ttl=self.ttl,
                serial=self.serial,
                refresh=3600,
                retry=600,
                expire=86400,
                minimum=self.minimum,
                mname=f"ns1.{self.name}",
                created_at=MADE,
            ),
            **self.fields,
        )

    def create(self, content: Mapping[Owner, Values] = BASIC) -> "ZoneRows":
        """Insert the zone and its first content; the journal begins with a barrier."""
        self.content = dict(content)
        self.store.write(self._insert)
        return self

    def _insert(self, tx: Transaction) -> None:
        self._count()
        tx.write(insert(zones).values(self._zone_values()))
        tx.write(insert(recordsets).values(self._recordset("@", "SOA", (None, []))))
        for owner, values in self.content.items():
            tx.write(insert(recordsets).values(self._recordset(*owner, values)))
        self._journal(tx, None, [], "barrier")
        tx.changed(self.zone.name_key)

    def change(
        self,
        edits: Mapping[Owner, Values | None],
        kind: str = "change",
        serial: int | None = None,
        **fields: Any,
    ) -> int:
        """Make the next version, one commit; an edit of None removes. Returns its serial."""

        def write(tx: Transaction) -> None:
            before = self.zone
            step = 0 if kind == "meta" else 1
            self.zone = msgspec.structs.replace(
                self.zone,
                generation=before.generation + 1,
                serial=before.serial + step if serial is None else serial,
                **fields,
            )
            rows = [self._edit(tx, owner, values) for owner, values in edits.items()]
            self._count()
            mine = zones.c.id == self.zone.id
            tx.write(update(zones).where(mine).values(self._zone_values()))
            self._journal(tx, before, rows, kind)
            tx.changed(self.zone.name_key)

        self.store.write(write)
        return self.zone.serial

    def fill(self, count: int, rrtype: str, texts: list[str]) -> None:
        """Add many RRsets alike, h0 to h(count - 1), outside of `content`."""
        row = self._recordset("h", rrtype, (None, texts))
        rows = []
        for number in range(count):
            label = f"h{number}".encode()
            name = f"h{number}.{self.name}"
            head = bytes([len(label)]) + label + row["head"][2:]
            keys = {"name": name, "name_key": name, "reverse_key": name[::-1], "head": head}
            rows.append({**row, **keys, "id": str(uuid.uuid4())})
        self.store.write(lambda tx: tx.write(insert(recordsets), rows))

    def remove(self) -> None:
        """Soft-delete the zone."""

        def write(tx: Transaction) -> None:
            mine = zones.c.id == self.zone.id
            tx.write(update(zones).where(mine).values(deleted=self.zone.id))
            tx.changed(self.zone.name_key)

        self.store.write(write)

    def prune(self, below: int) -> None:
        """Forget the journal of the generations below one."""
        old = journal.c.generation < below
        self.store.write(lambda tx: tx.write(delete(journal).where(old)))

    def records(self) -> set[tuple[str, int, str, str]]:
        """The content as it must be served: owner, TTL, type, text; the SOA apart."""
        return {
            (_absolute(name, self.name), self._ttl(ttl), rrtype, _text(rrtype, text))
            for (name, rrtype), (ttl, texts) in self.content.items()
            for text in texts
        }

    def _edit(self, tx: Transaction, owner: Owner, values: Values | None) -> dict[str, Any]:
        before = self.content.pop(owner, None)
        row = self._recordset(*owner, values or (None, []))
        same = (recordsets.c.name_key == row["name_key"]) & (recordsets.c.type == row["type"])
        tx.write(delete(recordsets).where(recordsets.c.zone_id == self.zone.id, same))
        if values is not None:
            self.content[owner] = values
            tx.write(insert(recordsets).values(row))
        return {
            "head": row["head"],
            "ttl_before": before and self._ttl(before[0]),
            "wire_before": before and rdata_set(owner[1], before[1]),
            "ttl_after": values and self._ttl(values[0]),
            "wire_after": values and rdata_set(owner[1], values[1]),
        }

    def _journal(
        self, tx: Transaction, before: Zone | None, rows: list[dict[str, Any]], kind: str
    ) -> None:
        shared = {
            "change_id": str(uuid.uuid4()),
            "zone_id": self.zone.id,
            "generation": self.zone.generation,
            "serial": self.zone.serial,
            "kind": kind,
            "soa_before": before and soa_rdata(before),
            "soa_ttl_before": before and before.ttl,
            "soa_after": soa_rdata(self.zone),
            "soa_ttl_after": self.zone.ttl,
            "created_at": MADE,
        }
        for seq, row in enumerate(rows or [{}]):
            tx.write(insert(journal).values(**shared, **row, seq=seq))

    def _ttl(self, ttl: int | None) -> int:
        return self.zone.ttl if ttl is None else ttl

    def _count(self) -> None:
        records = sum(len(texts) for _, texts in self.content.values())
        self.zone = msgspec.structs.replace(
            self.zone, recordset_count=len(self.content) + 1, record_count=records
        )

    def _zone_values(self) -> dict[str, Any]:
        fields = msgspec.structs.asdict(self.zone)
        values = {column.name: fields[column.name] for column in zones.c if column.name in fields}
        return values | {
            "name_key": self.zone.name_key,
            "reverse_key": self.zone.name_key[::-1],
            "shard": 0,
            "ns_version": 1,
            "attributes": "{}",
            "masters": "[]",
        }

    def _recordset(self, name: str, rrtype: str, values: Values) -> dict[str, Any]:
        absolute = _absolute(name, self.name)
        wire = _wire(absolute)
        number = dns.rdatatype.from_text(rrtype)
        name_key = names.from_wire(wire)[0]
        return {
            "id": str(uuid.uuid4()),
            "zone_id": self.zone.id,
            "epoch": self.zone.epoch,
            "name": absolute,
            "name_key": name_key,
            "reverse_key": name_key[::-1],
            "type": rrtype,
            "ttl": values[0],
            "records": "[]",
            "head": wire[: -len(_wire(self.name))] + b"\xc0\x0c" + number.to_bytes(2) + b"\0\1",
            "wire": rdata_set(rrtype, values[1]),
            "generation": 1,
            "created_generation": 1,
            "version": 1,
            "created_at": MADE + timedelta(microseconds=self.zone.generation),
        }


def _absolute(name: str, apex: str) -> str:
    return apex if name == "@" else f"{name}.{apex}"


def _wire(name: str) -> bytes:
    wire = dns.name.from_text(name).to_wire()
    assert wire is not None
    return wire.lower()


def _rdata(rrtype: str, text: str) -> dns.rdata.Rdata:
    return dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(rrtype), text)


def _text(rrtype: str, text: str) -> str:
    return str(_rdata(rrtype, text).to_text())


def rdata_set(rrtype: str, texts: list[str]) -> bytes:
    """The canonical rdata set as it is stored."""
    wires = {_rdata(rrtype, text).to_digestable() for text in texts}
    return b"".join(len(wire).to_bytes(2) + wire for wire in sorted(wires))
