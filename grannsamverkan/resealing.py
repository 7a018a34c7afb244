"""Sealed values get a new key, some hundred in a transaction, while everything runs.

A value is replaced only if it still is what was read, so a change that came between is not undone; whoever writes seals
with the new key anyway. Broken off, it is begun anew and passes over what is done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, bindparam, select, update

from grannsamverkan import schema
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import SealedText, Vault

AT_ONCE = 500


@dataclass
class Found:
    """Sealed values, and those of them that an earlier key had sealed."""

    sealed: int = 0
    old: int = 0


def count(database: Database) -> Found:
    """What there is, without changing it."""
    found = Found()
    with database.read() as session:
        for name, purpose in sealed_columns():
            for part in _parts(session.connection(), name, purpose):
                found.sealed += len(part)
                found.old += len(_old(part, purpose, database.vault))
    return found


def reseal(database: Database) -> Found:
    """Seal every old value anew. Safe to repeat. VaultError at one that no key opens: it stays, and says so."""
    found = Found()
    for name, purpose in sealed_columns():
        last: int | None = None
        while True:
            with database.write() as session:
                part = _part(session.connection(), name, purpose, after=last)
                old = _old(part, purpose, database.vault)
                _replace(session.connection(), name, purpose, old, database.vault)
            found.sealed += len(part)
            found.old += len(old)
            if len(part) < AT_ONCE:
                break
            last = part[-1][0]
    return found


def sealed_columns() -> list[tuple[str, str]]:
    """(table, column and purpose at once: "person.name") of every sealed column."""
    return [
        (table.name, column.type.purpose)
        for table in schema.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SealedText)
    ]


def _as_stored(name: str, purpose: str) -> tuple[Table, Column[Any], Column[Any]]:
    """The table as bytes, its key and the sealed column."""
    ours = schema.metadata.tables[name]
    (key,) = ours.primary_key.columns
    (sealed,) = [c for c in ours.columns if isinstance(c.type, SealedText) and c.type.purpose == purpose]
    table = Table(name, MetaData(), Column(key.name, key.type, primary_key=True), Column(sealed.name, LargeBinary))
    return table, table.c[key.name], table.c[sealed.name]


def _part(connection: Connection, name: str, purpose: str, *, after: int | None) -> list[tuple[int, bytes]]:
    _, key, sealed = _as_stored(name, purpose)
    rows = select(key, sealed).where(sealed.is_not(None)).order_by(key).limit(AT_ONCE)
    found = connection.execute(rows if after is None else rows.where(key > after))
    return [(row[0], bytes(row[1])) for row in found]


def _parts(connection: Connection, name: str, purpose: str) -> Iterator[list[tuple[int, bytes]]]:
    last: int | None = None
    while part := _part(connection, name, purpose, after=last):
        yield part
        last = part[-1][0]


def _old(part: list[tuple[int, bytes]], purpose: str, vault: Vault) -> list[tuple[int, bytes]]:
    return [(key, sealed) for key, sealed in part if not vault.is_current(sealed, purpose.encode())]


def _replace(connection: Connection, name: str, purpose: str, old: list[tuple[int, bytes]], vault: Vault) -> None:
    if not old:
        return
    table, key, sealed = _as_stored(name, purpose)
    still = (
        update(table)
        .where(key == bindparam("which"), sealed == bindparam("before"))
        .values({sealed: bindparam("after")})
    )
    anew = [
        {"which": which, "before": before, "after": vault.seal(vault.open(before, purpose.encode()), purpose.encode())}
        for which, before in old
    ]
    connection.execute(still, anew)
