# SPDX-License-Identifier: Apache-2.0
"""Rows into a database by the fastest way its driver has; the indexes are made afterwards."""

import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, NullPool, Table, create_engine, make_url

from designate.storage import schema
from designate.storage.engine import begin_write, open_engine
from designate.storage.tables import record_values, recordsets, zone_state, zones
from tests.mass import shape

_BATCH = 20_000
TABLES = (zones, zone_state, recordsets, record_values)
Load = Callable[[Any, Table, Sequence[str], list[tuple[Any, ...]]], None]


def fill(url: URL, total: int) -> None:
    """Put a cloud with about this many recordsets into an empty database."""
    put(url, dict(_rows(total)))


def put(url: URL, rows: Mapping[Table, Iterator[Mapping[str, Any]]]) -> None:
    """Put rows into empty tables."""
    engine = _patient(url)
    load = _LOADS[engine.dialect.name]
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            connection.exec_driver_sql("PRAGMA cache_size=-400000")
        begin_write(connection)
        for table in rows:
            for index in table.indexes:
                index.drop(connection)
        connection.commit()
        driver = connection.connection.driver_connection
        for table, values in rows.items():
            begin_write(connection)
            for columns, batch in _batches(values):
                load(driver, table, columns, batch)
            connection.commit()
        begin_write(connection)
        for table in rows:
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                index.create(connection)
        connection.commit()
    _settle(engine, rows)
    engine.dispose()


def make_sqlite(file: Path, total: int) -> None:
    """Make a database file with the whole schema and such a cloud."""
    url = make_url(f"sqlite:///{file}")
    engine = _patient(url)
    schema.upgrade(engine)
    engine.dispose()
    fill(url, total)


def _patient(url: URL) -> Engine:
    """Without the timeouts of services: an index over millions of rows takes its time."""
    if url.get_backend_name() == "sqlite":
        return open_engine(url.render_as_string(hide_password=False))
    options = {"local_infile": True} if url.get_backend_name() == "mysql" else {}
    return create_engine(url, poolclass=NullPool, connect_args=options)


def _rows(total: int) -> Iterator[tuple[Table, Iterator[Mapping[str, Any]]]]:
    yield zones, map(shape.zone_values, shape.zone_rows(total))
    yield zone_state, map(_state, shape.zone_rows(total))
    numbered = enumerate(shape.recordset_rows(total))
    yield recordsets, (shape.recordset_values(number, row) for number, row in numbered)
    yield record_values, _values(total)


def _state(zone: shape.ZoneRow) -> Mapping[str, Any]:
    return {"zone_id": zone.id, "confirmed_generation": zone.confirmed}


def _values(total: int) -> Iterator[Mapping[str, Any]]:
    for number, row in enumerate(shape.recordset_rows(total)):
        if row.value:
            yield {
                "recordset_id": shape.identifier(number),
                "ordinal": 0,
                "zone_id": row.zone.id,
                "project_id": row.zone.project,
                "search_key": row.value.lower(),
            }


def _batches(
    values: Iterator[Mapping[str, Any]],
) -> Iterator[tuple[list[str], list[tuple[Any, ...]]]]:
    while batch := list(itertools.islice(values, _BATCH)):
        yield list(batch[0]), [tuple(row.values()) for row in batch]


def _sqlite(driver: Any, table: Table, columns: Sequence[str], batch: list[Any]) -> None:
    marks = ", ".join("?" * len(columns))
    driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", batch)


def _postgresql(driver: Any, table: Table, columns: Sequence[str], batch: list[Any]) -> None:
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in batch:
            copy.write_row(row)


def _mariadb(driver: Any, table: Table, columns: Sequence[str], batch: list[Any]) -> None:
    names = ", ".join(f"`{column}`" for column in columns)
    with tempfile.NamedTemporaryFile("wb", suffix=".tsv") as file:
        file.write(b"".join(map(_line, batch)))
        file.flush()
        with driver.cursor() as cursor:
            cursor.execute(
                f"LOAD DATA LOCAL INFILE '{Path(file.name)}' INTO TABLE {table}"
                f" CHARACTER SET binary ({names})"
            )


def _line(row: Iterable[Any]) -> bytes:
    return b"\t".join(map(_field, row)) + b"\n"


def _field(value: Any) -> bytes:
    if value is None:
        return b"\\N"
    raw = value if isinstance(value, bytes) else str(value).encode()
    return (
        raw.replace(b"\\", b"\\\\")
        .replace(b"\t", b"\\t")
        .replace(b"\n", b"\\n")
        .replace(b"\0", b"\\0")
    )


_LOADS: Mapping[str, Load] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mariadb,
    "mariadb": _mariadb,
}


def _settle(engine: Engine, tables: Iterable[Table]) -> None:
    """What a database does by itself in the hours after so many writes."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"VACUUM ANALYZE {table}")
            elif engine.dialect.name != "sqlite":
                connection.exec_driver_sql(f"ANALYZE TABLE {table}").all()
