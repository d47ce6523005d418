# SPDX-License-Identifier: Apache-2.0
"""Statements of the hot path: compiled once for each kind of database, run by its driver itself.

For each run SQLAlchemy looks a statement up, binds its values by name and wraps its result, which
costs more than all else that a small statement does. What it compiles, how it converts values and
how it names errors stays as it is; only the way through `Connection.execute` is left out.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter, methodcaller
from typing import Any, NoReturn

from sqlalchemy import BindParameter, Connection, Dialect, Insert, Select, UpdateBase, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import CompoundSelect

from designate.storage.reading import Reading

Values = Mapping[str, Any]
_Convert = Callable[[Any], Any]
_Take = Callable[[Any], Any]
_fetch_all = methodcaller("fetchall")
_fetch_one = methodcaller("fetchone")
_rowcount = attrgetter("rowcount")


def numbered(name: str, amount: int) -> list[BindParameter[Any]]:
    """So many values under numbered names, for an IN."""
    return [bindparam(f"{name}{number}") for number in range(amount)]


def numbers(name: str, values: Iterable[Any]) -> dict[str, Any]:
    """Values for what `numbered` has named."""
    return {f"{name}{number}": value for number, value in enumerate(values)}


class Prepared:
    """A select, or an insert, update or delete whose values are all given by name.

    `columns` are those that an insert sets. Values are never lists: an IN has a fixed number.
    Errors are SQLAlchemy's. Rows are tuples whose fields have the names of the columns.
    """

    def __init__(
        self,
        statement: "Select[*tuple[Any, ...]] | CompoundSelect[Any] | UpdateBase",
        *columns: str,
    ) -> None:
        self._statement = statement.inline() if isinstance(statement, Insert) else statement
        self._columns = columns
        self._compiled: dict[tuple[str, str], _Compiled] = {}

    def all(self, connection: Connection, values: Values) -> list[Any]:
        """The rows of a select."""
        compiled = self._for(connection)
        found = compiled.execute(connection, compiled.bound(values), _fetch_all)
        return [compiled.row(each) for each in found]

    def first(self, connection: Connection, values: Values) -> Any:
        """The first row of a select, None without one."""
        compiled = self._for(connection)
        found = compiled.execute(connection, compiled.bound(values), _fetch_one)
        return None if found is None else compiled.row(found)

    def run(self, connection: Connection, values: Values) -> int:
        """Change rows; how many."""
        compiled = self._for(connection)
        changed: int = compiled.execute(connection, compiled.bound(values), _rowcount)
        return changed

    def run_many(self, connection: Connection, values: Sequence[Values]) -> None:
        """Change rows, once with each of the values."""
        compiled = self._for(connection)
        bound = [compiled.bound(each) for each in values]
        if len(bound) == 1:
            compiled.execute(connection, bound[0], _rowcount)
        else:
            compiled.execute(connection, bound, _rowcount, many=True)

    def _for(self, connection: Connection) -> "_Compiled":
        dialect = connection.dialect
        known = self._compiled.get((dialect.name, dialect.driver))
        if known is None:
            known = _Compiled(self._statement, self._columns, dialect)
            self._compiled[dialect.name, dialect.driver] = known
        return known


class _Compiled:
    """A statement in the words of one driver, and how its values pass to and fro."""

    def __init__(self, statement: Any, columns: Sequence[str], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns or None)
        if compiled.post_compile_params:
            raise TypeError("the number of values of a prepared statement is fixed")
        self.text = str(compiled)
        self._names: list[str] = list(compiled.positiontup or compiled.params)
        self._positional: bool = compiled.positional
        binds = [compiled.binds[name] for name in self._names]
        self._constants = {
            name: bind.value
            for name, bind in zip(self._names, binds, strict=True)
            if not bind.required
        }
        self._writers = _converters(
            bind.type.dialect_impl(dialect).bind_processor(dialect) for bind in binds
        )
        selected = getattr(statement, "selected_columns", ())
        self._row: Any = namedtuple("Row", [column.name for column in selected])  # type: ignore[misc]
        self._readers = _converters(
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in selected
        )

    def bound(self, values: Values) -> Any:
        """The values as the driver takes them; raises KeyError for one that is missing."""
        if self._constants:
            values = {**self._constants, **values}
        given = [values[name] for name in self._names]
        for index, convert in self._writers:
            given[index] = convert(given[index])
        return given if self._positional else dict(zip(self._names, given, strict=True))

    def row(self, found: Sequence[Any]) -> Any:
        """A row of the driver's as a named one."""
        if self._readers:
            found = list(found)
            for index, convert in self._readers:
                found[index] = convert(found[index])
        return self._row._make(found)

    def execute(
        self, connection: Connection, bound: Any, take: _Take, *, many: bool = False
    ) -> Any:
        """Run the statement, and what `take` takes from the cursor."""
        if isinstance(connection, Reading):
            return connection.again(lambda: self._execute(connection, bound, take, many=many))
        return self._execute(connection, bound, take, many=many)

    def _execute(self, connection: Connection, bound: Any, take: _Take, *, many: bool) -> Any:
        if not connection.in_transaction():
            connection.begin()
        cursor: Any = connection.connection.cursor()
        try:
            # Whoever counts or traces statements hears of these too.
            for listener in connection.dispatch.before_cursor_execute:
                listener(connection, cursor, self.text, bound, None, many)
            (cursor.executemany if many else cursor.execute)(self.text, bound)
            return take(cursor)
        except connection.dialect.loaded_dbapi.Error as error:
            self._fail(connection, cursor, bound, error)
        finally:
            cursor.close()

    def _fail(self, connection: Connection, cursor: Any, bound: Any, error: Any) -> NoReturn:
        """Raise the error as SQLAlchemy does; a connection that is lost is given up."""
        dialect, base = connection.dialect, connection.dialect.loaded_dbapi.Error
        lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            self.text,
            bound,
            error,
            base,
            hide_parameters=connection.engine.hide_parameters,
            connection_invalidated=lost,
            dialect=dialect,
        ) from error


def _converters(each: Iterable[_Convert | None]) -> list[tuple[int, _Convert]]:
    """Those that do something, with their places."""
    return [(index, convert) for index, convert in enumerate(each) if convert is not None]
