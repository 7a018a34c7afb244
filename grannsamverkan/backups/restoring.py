"""A copy becomes a database again: into an empty one, as it was, compared table by table, and held.

The rows and the word that they are a restored copy come in one transaction, so that there is no moment in which they
could be taken for the original.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, inspect, text
from sqlalchemy.engine import make_url

from grannsamverkan import schema
from grannsamverkan.backups.stored import AT_ONCE, count_anew, digest_of, of_kinds, read_back, set_sequence
from grannsamverkan.backups.taking import CopyFailed, lines_in
from grannsamverkan.domain.keeping import RestoredCopy
from grannsamverkan.foundation.database import Database

# What was sent since the copy was taken is lost here, and known elsewhere: its receipts, answers and questions must not
# meet other rows with the same numbers.
_SKIPPED = 1_000_000
_SKIPPED_ALERTS = 500  # these are read out and typed


@dataclass(frozen=True)
class Restored:
    """`tables`: how many rows each had in the copy, and has."""

    taken_at: datetime
    revision: str
    tables: dict[str, int]
    seconds: float


def restore(target: Database, file: Path, private_key: str, *, now: datetime) -> Restored:
    """Put the copy into an empty database and bring its tables up to this version. CopyFailed leaves it empty."""
    begun = time.monotonic()
    created = _new_file(target)
    try:
        with target.transaction() as into:
            if found := inspect(into).get_table_names():
                raise CopyFailed(f"the database has {len(found)} tables already: a copy goes into an empty one")
            head, tables = _fill(into, file, private_key)
            count_anew(into, tables)
            taken_at = datetime.fromisoformat(head["taken_at"])
            into.execute(insert(RestoredCopy).values(taken_at=taken_at, restored_at=now, held={}))
    except BaseException:
        target.close()
        for one in created:
            one.unlink(missing_ok=True)
        raise
    schema.upgrade(target)
    return Restored(taken_at, head["revision"], tables, round(time.monotonic() - begun, 2))


def _new_file(target: Database) -> list[Path]:
    """The file of a SQLite database that is not there yet, made so that only its owner can read it."""
    name = make_url(target.url).database if target.is_sqlite else None
    if not name or Path(name).exists():
        return []
    Path(name).touch(mode=0o600)
    return [Path(name), Path(f"{name}-wal"), Path(f"{name}-shm")]


def _fill(into: Connection, file: Path, private_key: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Tables of the copy's own version and their rows; (its head, how many rows each table has)."""
    lines = lines_in(file, private_key=private_key)
    head = next(lines, None)
    if not isinstance(head, dict) or "revision" not in head:
        raise CopyFailed(f"{file} is no copy of ours")
    if not schema.knows(into, head["revision"]):
        raise CopyFailed("this copy was written by a later version: use that version")
    schema.make_tables(into, head["revision"])
    with _keys_proven_at_the_end(into):
        tables = _pour(into, lines)
    return head, tables


def _pour(into: Connection, lines: Iterator[Any]) -> dict[str, int]:
    filled: dict[str, int] = {}
    for begins in lines:
        if "table" not in begins:
            continue
        name, kinds = begins["table"], begins["kinds"]
        table = of_kinds(name, kinds, begins["key"])
        into.execute(table.delete())
        rows: list[dict[str, Any]] = []
        for line in lines:
            if isinstance(line, list):
                rows.append(read_back(kinds, line))
            if rows and (isinstance(line, dict) or len(rows) >= AT_ONCE):
                into.execute(table.insert(), rows)
                rows = []
            if isinstance(line, dict):
                break
        if digest_of(into, table) != (line["rows"], line["digest"]):
            raise CopyFailed(f"the rows of {name} are not those of the copy: nothing was kept")
        filled[name] = line["rows"]
        set_sequence(into, table, skipping=_SKIPPED_ALERTS if name == "alert_number" else _SKIPPED)
    return filled


@contextmanager
def _keys_proven_at_the_end(into: Connection) -> Iterator[None]:
    """Rows may name others that come later."""
    if into.dialect.name == "sqlite":
        into.execute(text("PRAGMA defer_foreign_keys=ON"))
        yield
        _skip_numbers(into)
        return
    tables = inspect(into).get_table_names()
    keys = [(table, key["name"]) for table in tables for key in inspect(into).get_foreign_keys(table)]
    for table, key in keys:
        into.execute(text(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{key}" DEFERRABLE INITIALLY DEFERRED'))
    yield
    into.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table, key in keys:
        into.execute(text(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{key}" NOT DEFERRABLE'))


def _skip_numbers(into: Connection) -> None:
    """SQLite goes on from the highest number that is there, so the newest copy and the newest notice get one far on."""
    into.execute(text(f"UPDATE sqlite_sequence SET seq = seq + {_SKIPPED_ALERTS} WHERE name = 'alert_number'"))  # noqa: S608
    newest = into.execute(text("SELECT MAX(id) FROM delivery")).scalar()
    moves = ("delivery SET id", "receipt SET delivery_id", "delivery SET carried_by", "batch SET last_id")
    for change in moves if newest else ():
        column = change.rpartition(" ")[2]
        into.execute(
            text(f"UPDATE {change} = {column} + {_SKIPPED} WHERE {column} = :newest"),
            {"newest": newest},
        )
    into.execute(text(f"UPDATE notice SET id = id + {_SKIPPED} WHERE id = (SELECT MAX(id) FROM notice)"))  # noqa: S608
