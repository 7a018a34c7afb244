"""A whole installation from SQLite to PostgreSQL: in one transaction, compared row by row before it is kept.

Rows are moved as stored: sealed cells stay sealed, so no key is needed. While it runs nobody else can write to the
source.
"""

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Enum, MetaData, String, Table, Text, cast, func, inspect, select, text
from sqlalchemy.types import TypeDecorator, TypeEngine

from grannsamverkan import schema
from grannsamverkan.foundation.database import Database, UtcDateTime
from grannsamverkan.jobs.ownership import ownership_of

_AT_ONCE = 2_000


class CopyRefused(Exception):
    """It is not done, and the target is as it was; the message says what to do."""


def copy_all(source: Database, target: Database) -> dict[str, Any]:
    """Copy every row; returns how many each table has and the digest that both databases agree on."""
    if not source.is_sqlite or target.is_sqlite:
        raise CopyRefused("database.url has to be the SQLite file, and --to the address of a PostgreSQL database")
    has, newest = schema.revisions(source)
    if has != newest:
        raise CopyRefused(f"the database is at revision {has}, not {newest}: run `grannsamverkan db upgrade` first")
    sender = ownership_of(source)
    if not sender.take():
        raise CopyRefused("somebody sends from this database: stop `grannsamverkan serve` first")
    begun = time.monotonic()
    try:
        with source.write() as session, target.engine.begin() as into:
            _refuse_unless_empty(into)
            schema.make_tables(into)
            tables = _copy_tables(session.connection(), into)
    finally:
        sender.release()
    return {
        "ok": True,
        "rows": sum(one["rows"] for one in tables.values()),
        "tables": tables,
        "seconds": round(time.monotonic() - begun, 2),
    }


def _refuse_unless_empty(into: Connection) -> None:
    found = inspect(into).get_table_names()
    if found:
        raise CopyRefused(f"the target has {len(found)} tables already: give it an empty database")


def _copy_tables(source: Connection, into: Connection) -> dict[str, dict[str, Any]]:
    keys = [(table.name, str(key.name)) for table in _ours() for key in table.foreign_key_constraints]
    # Rows may name others that come later: the keys are proven once all are there.
    _each(into, keys, 'ALTER TABLE "{}" ALTER CONSTRAINT "{}" DEFERRABLE INITIALLY DEFERRED')
    copied = {}
    for table in map(_as_stored, _ours()):
        into.execute(text(f'DELETE FROM "{table.name}"'))  # noqa: S608 - our own name
        before = _pour(source, into, table)
        after = _digest(into, table)
        if before != after:
            raise CopyRefused(f"the copy of {table.name} differs: nothing was kept")
        copied[table.name] = {"rows": before[0], "digest": before[1]}
        _set_sequence(into, table)
    into.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    _each(into, keys, 'ALTER TABLE "{}" ALTER CONSTRAINT "{}" NOT DEFERRABLE')
    return copied


def _ours() -> list[Table]:
    return [schema.metadata.tables[name] for name in sorted(schema.metadata.tables)]


def _each(into: Connection, keys: list[tuple[str, str]], statement: str) -> None:
    for table, key in keys:
        into.execute(text(statement.format(table, key)))


def _as_stored(table: Table) -> Table:
    """The table with the database's own types, so that what passes is neither opened nor read as anything."""
    columns = [Column(column.name, _stored(column.type), primary_key=column.primary_key) for column in table.columns]
    return Table(table.name, MetaData(), *columns)


class _JsonText(TypeDecorator[str]):
    """JSON as it is written: null and nothing are two things, and a seal may lie on it."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> Any:
        return cast(bindvalue, JSON)

    def column_expression(self, column: Any) -> Any:
        return cast(column, Text)


def _stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(kind, JSON):
        return _JsonText()
    if isinstance(kind, Enum):
        return String()
    if isinstance(kind, TypeDecorator) and not isinstance(kind, UtcDateTime):
        return kind.impl_instance
    return kind


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    found = connection.execute(select(table), execution_options={"stream_results": True})
    for part in found.mappings().partitions(_AT_ONCE):
        yield [dict(row) for row in part]


def _pour(source: Connection, into: Connection, table: Table) -> tuple[int, str]:
    """Every row over; returns count and digest of what was read."""
    read = _Digest()
    for part in _rows(source, table):
        into.execute(table.insert(), part)
        read.add(part)
    return read.told()


def _digest(connection: Connection, table: Table) -> tuple[int, str]:
    read = _Digest()
    for part in _rows(connection, table):
        read.add(part)
    return read.told()


class _Digest:
    """Of rows in any order: the databases sort text differently."""

    def __init__(self) -> None:
        self._count, self._sum = 0, 0

    def add(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            cells = "\x1f".join(_plain(row[name]) for name in sorted(row))
            self._sum += int.from_bytes(hashlib.sha256(cells.encode()).digest())
        self._count += len(rows)

    def told(self) -> tuple[int, str]:
        return self._count, f"{self._sum % 2**256:064x}"


def _plain(cell: Any) -> str:
    """One way of writing a value, whichever database it came from."""
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell).hex()
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat()
    return f"{type(cell).__name__}:{cell}"


def _set_sequence(into: Connection, table: Table) -> None:
    """The next row gets the next number, as it would have in the source."""
    for column in table.primary_key.columns:
        sequence = into.execute(
            text("SELECT pg_get_serial_sequence(:name, :key)"), {"name": f'"{table.name}"', "key": column.name}
        ).scalar()
        highest = into.execute(select(func.max(column))).scalar() if sequence else None
        if highest is not None:
            into.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
