"""A whole installation from SQLite to PostgreSQL: in one transaction, compared row by row before it is kept.

Rows are moved as stored: sealed cells stay sealed, so no key is needed. While it runs nobody else can write to the
source.
"""

import time
from typing import Any

from sqlalchemy import Connection, Table, inspect, text

from grannsamverkan import schema
from grannsamverkan.backups.stored import Digest, as_stored, count_anew, digest_of, ours, rows_in, set_sequence
from grannsamverkan.foundation.database import Database
from grannsamverkan.jobs.ownership import ownership_of


class CopyRefused(Exception):
    """It is not done, and the target is as it was; the message says what to do."""


def copy_all(source: Database, target: Database) -> dict[str, Any]:
    """Copy every row; returns how many each table has and the digest that both databases agree on."""
    if not source.is_sqlite or target.is_sqlite:
        raise CopyRefused("database.url has to be the SQLite file, and --to the address of a PostgreSQL database")
    if words := schema.misfit(source, exactly=True):
        raise CopyRefused(words)
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
    keys = [(table.name, str(key.name)) for table in ours() for key in table.foreign_key_constraints]
    # Rows may name others that come later: the keys are proven once all are there.
    _each(into, keys, 'ALTER TABLE "{}" ALTER CONSTRAINT "{}" DEFERRABLE INITIALLY DEFERRED')
    copied = {}
    for table in map(as_stored, ours()):
        into.execute(text(f'DELETE FROM "{table.name}"'))  # noqa: S608 - our own name
        before = _pour(source, into, table)
        after = digest_of(into, table)
        if before != after:
            raise CopyRefused(f"the copy of {table.name} differs: nothing was kept")
        copied[table.name] = {"rows": before[0], "digest": before[1]}
        set_sequence(into, table)
    into.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    _each(into, keys, 'ALTER TABLE "{}" ALTER CONSTRAINT "{}" NOT DEFERRABLE')
    count_anew(into, copied)
    return copied


def _each(into: Connection, keys: list[tuple[str, str]], statement: str) -> None:
    for table, key in keys:
        into.execute(text(statement.format(table, key)))


def _pour(source: Connection, into: Connection, table: Table) -> tuple[int, str]:
    """Every row over; returns count and digest of what was read."""
    read = Digest()
    for part in rows_in(source, table):
        into.execute(table.insert(), part)
        read.add(part)
    return read.told()
