# SPDX-License-Identifier: Apache-2.0
"""What a zone costs in a database: rows and bytes, its indexes counted.

A zone is made by central, confirmed and put on targets; then its rows are copied for many others,
in the random order of their ids, as they come to be in a cloud.
"""

import random
import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select, text

from designate.storage.tables import metadata, zone_servers
from tests.bench.figures import Row
from tests.bench.site import Bench
from tests.databases import Served
from tests.servers.database import DatabaseServer
from tests.servers.mariadb import MariaDb
from tests.servers.postgresql import PostgreSql
from tests.unit.central.site import Site

NAME = "zone-000000.example."
BATCH = 1_000
RECORDS = 4
SERVERS: dict[str, type[DatabaseServer]] = {"MariaDB": MariaDb, "PostgreSQL": PostgreSql}
_SIZES = {
    "mysql": "SELECT table_name, data_length + index_length FROM information_schema.tables"
    " WHERE table_schema = database()",
    "postgresql": "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'",
}


def measure(bench: Bench) -> Iterator[Row]:
    """On each database server."""
    many = bench.scale.footprint_zones
    for name, server in SERVERS.items():
        with server() as started, Served(started) as databases:
            engine = databases.open()
            before, rows = _sizes(engine), _of_one_zone(engine)
            _copy(engine, rows, many)
            after = _sizes(engine)
            grown = {table: (after[table] - before[table]) / many for table in rows}
            targets = len(rows.get("zone_servers", ())) or 1
            of_zone = sum(size for table, size in grown.items() if table != "zone_servers")
            count = sum(len(found) for found in rows.values())
            yield Row(
                f"a zone of {RECORDS} recordsets, {name}",
                "",
                f"{count} rows, {of_zone:,.0f} bytes with their indexes, of {many:,} zones",
            )
            yield Row(
                f"a zone on one target, {name}", "", f"{grown['zone_servers'] / targets:,.0f} bytes"
            )
            largest = sorted(grown.items(), key=lambda item: -item[1])[:6]
            listed = ", ".join(f"{table} {size:,.0f}" for table, size in largest)
            yield Row(f"by table, {name}", "", listed)


def _of_one_zone(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """The rows of a zone that is served, by table."""
    site = Site(engine)
    zone = site.zone(NAME)
    for number in range(RECORDS):
        site.recordset(zone, f"h{number}", "A", f"192.0.2.{number}")
    site.confirm(zone)
    target = insert(zone_servers).values(
        zone_id=zone.id,
        role="target",
        server="bind9/192.0.2.53#53",
        pool_id=zone.pool_id,
        name_key=zone.name_key,
        state="present",
        config_version=1,
        changed_at=site.clock(),
    )
    site.store.write(lambda tx: tx.write(target))
    with engine.connect() as connection:
        found = {name: _rows(connection, table, zone.id) for name, table in _TABLES.items()}
    return {name: rows for name, rows in found.items() if rows}


_TABLES = {
    name: table
    for name, table in metadata.tables.items()
    if {"zone_id", "name_key"} & set(table.c.keys()) and name not in ("name_locks", "names")
}


def _rows(connection: Connection, table: Table, zone_id: str) -> list[dict[str, Any]]:
    if table.name == "zones":
        mine = table.c.id == zone_id
    elif "zone_id" in table.c:
        mine = table.c.zone_id == zone_id
    else:
        mine = table.c.name_key == NAME
    return [dict(row._mapping) for row in connection.execute(select(table).where(mine))]


def _copy(engine: Engine, rows: dict[str, list[dict[str, Any]]], many: int) -> None:
    numbers = random.Random(1).sample(range(1, many + 1), many)
    for start in range(0, many, BATCH):
        batch = numbers[start : start + BATCH]
        with engine.begin() as connection:
            ids: dict[tuple[int, str], str] = {}
            for name, found in rows.items():
                values = [_renamed(row, number, ids) for number in batch for row in found]
                connection.execute(insert(_TABLES[name]), values)


def _renamed(row: dict[str, Any], number: int, ids: dict[tuple[int, str], str]) -> dict[str, Any]:
    """The row of another zone: ids are new, the name has another number."""
    digits = f"{number:06}"

    def renamed(column: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if len(value) == 36 and value.count("-") == 4 and column != "pool_id":
            return ids.setdefault((number, value), str(uuid.uuid4()))
        renumbered = value.replace("zone-000000", f"zone-{digits}")
        return renumbered.replace("000000-enoz", f"{digits[::-1]}-enoz")

    counted = {"id"} if isinstance(row.get("id"), int) else set()
    return {
        column: renamed(column, value) for column, value in row.items() if column not in counted
    }


def _sizes(engine: Engine) -> dict[str, int]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
        else:
            for name in _TABLES:
                connection.execute(text(f"ANALYZE TABLE {name}")).all()
        dialect = "postgresql" if connection.dialect.name == "postgresql" else "mysql"
        return {name: int(size or 0) for name, size in connection.execute(text(_SIZES[dialect]))}
