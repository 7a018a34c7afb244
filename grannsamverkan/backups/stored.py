"""Rows as they are stored: what passes is neither opened nor read as anything, so sealed cells stay sealed."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Enum,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from grannsamverkan import schema
from grannsamverkan.foundation.database import UtcDateTime

AT_ONCE = 2_000


class _AsJson(FunctionElement[Any]):
    """Text that a JSON column takes as it is."""

    inherit_cache = True


@compiles(_AsJson)
def _as_it_is(element: _AsJson, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.clauses, **how)


@compiles(_AsJson, "postgresql")
def _for_postgres(element: _AsJson, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **how)} AS JSON)"


class _JsonText(TypeDecorator[str]):
    """JSON as it is written: null and nothing are two things, and a seal may lie on it."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> Any:
        return _AsJson(bindvalue)

    def column_expression(self, column: Any) -> Any:
        return cast(column, Text)


_MADE: dict[str, Callable[[], TypeEngine[Any]]] = {
    "json": _JsonText,
    "time": UtcDateTime,
    "day": Date,
    "yes": Boolean,
    "bytes": LargeBinary,
    "whole": BigInteger,
    "real": Float,
    "text": Text,
}


def ours() -> list[Table]:
    """Every table of this version, by name."""
    return [schema.metadata.tables[name] for name in sorted(schema.metadata.tables)]


def parents_first() -> list[Table]:
    """The same, each after those that its rows name: SQLite looks through the children of a row that comes late."""
    return schema.metadata.sorted_tables


def as_stored(table: Table) -> Table:
    """The table with the database's own types."""
    columns = [Column(column.name, _stored(column.type), primary_key=column.primary_key) for column in table.columns]
    return Table(table.name, MetaData(), *columns)


def kinds_of(table: Table) -> dict[str, str]:
    """What each column holds, in words that do not depend on this version of the code."""
    return {column.name: _kind(_stored(column.type)) for column in table.columns}


def of_kinds(name: str, kinds: Mapping[str, str], key: list[str]) -> Table:
    """A table made of such words, whichever version wrote them."""
    columns = [Column(column, _MADE[kind](), primary_key=column in key) for column, kind in kinds.items()]
    return Table(name, MetaData(), *columns)


def _kind(stored: TypeEngine[Any]) -> str:
    for name, kind in (("json", _JsonText), ("time", UtcDateTime), ("day", Date), ("yes", Boolean)):
        if isinstance(stored, kind):
            return name
    for name, plain in (("bytes", LargeBinary), ("real", Float), ("whole", Integer), ("text", String)):
        if isinstance(stored, plain):
            return name
    raise TypeError(f"no word for {type(stored).__name__}")


def _stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(kind, JSON):
        return _JsonText()
    if isinstance(kind, Enum):
        return String()
    if isinstance(kind, TypeDecorator) and not isinstance(kind, UtcDateTime):
        return kind.impl_instance
    return kind


def rows_in(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Every row, some thousands at a time, so that no table has to fit in memory."""
    found = connection.execute(select(table), execution_options={"stream_results": True})
    for part in found.mappings().partitions(AT_ONCE):
        yield [dict(row) for row in part]


def digest_of(connection: Connection, table: Table) -> tuple[int, str]:
    read = Digest()
    for part in rows_in(connection, table):
        read.add(part)
    return read.told()


class Digest:
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


def written(row: Mapping[str, Any]) -> list[Any]:
    """The cells of a row as JSON can hold them."""
    return [_written(cell) for cell in row.values()]


def _written(cell: Any) -> Any:
    if isinstance(cell, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(cell)).decode()
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat()
    return cell.isoformat() if isinstance(cell, date) else cell


_READ: dict[str, Callable[[str], Any]] = {
    "bytes": base64.b64decode,
    "time": datetime.fromisoformat,
    "day": date.fromisoformat,
}


def read_back(kinds: Mapping[str, str], cells: list[Any]) -> dict[str, Any]:
    """The row again."""
    return {
        name: cell if cell is None or kind not in _READ else _READ[kind](cell)
        for (name, kind), cell in zip(kinds.items(), cells, strict=True)
    }


def count_anew(into: Connection, names: Iterable[str]) -> None:
    """Let PostgreSQL know what these tables hold now. It would find out by itself a minute later, and until then plan
    as if they were empty, so that pages take seconds."""
    if into.dialect.name != "sqlite":
        into.execute(text("ANALYZE " + ", ".join(f'"{name}"' for name in names)))


_LARGEST = text("SELECT seqmax FROM pg_sequence WHERE seqrelid = CAST(:sequence AS regclass)")


def set_sequence(into: Connection, table: Table, *, skipping: int = 0) -> None:
    """On PostgreSQL the next row gets the next number, as it would have in the source, or one further on where there
    is room for it."""
    if into.dialect.name == "sqlite":
        return
    for column in table.primary_key.columns:
        asked = text("SELECT pg_get_serial_sequence(:name, :key)")
        sequence = into.execute(asked, {"name": f'"{table.name}"', "key": column.name}).scalar()
        if not sequence:
            continue
        has_room = skipping and skipping < into.execute(_LARGEST, {"sequence": sequence}).scalar_one() // 2
        highest = (into.execute(select(func.max(column))).scalar() or 0) + (skipping if has_room else 0)
        if highest:
            into.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
