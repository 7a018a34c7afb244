"""A copy of the whole installation in one sealed file, taken while it runs.

What is read is one moment: a reading transaction on SQLite, a repeatable one on PostgreSQL. The file has rows as they
are stored, and for each table how many and their digest; once it is written it is read back and compared.
"""

import json
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from grannsamverkan import __version__, schema
from grannsamverkan.backups import rechecking
from grannsamverkan.backups.stored import Digest, as_stored, kinds_of, parents_first, read_back, rows_in, written
from grannsamverkan.foundation.copy_files import copies_in, copy_name
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.sealed_file import SealedFileError, SealedWriter, opened

FORM = 1


class CopyFailed(Exception):
    """There is no copy, or none that can be used; the message says what to do."""


@dataclass(frozen=True)
class Taken:
    """A copy, read back and found to be what was read. `tables`: rows and digest of each."""

    file: Path
    taken_at: datetime
    tables: dict[str, tuple[int, str]]
    bytes: int
    seconds: float

    @property
    def rows(self) -> int:
        return sum(count for count, _ in self.tables.values())


def take(database: Database, folder: Path, public_key: str, *, now: datetime) -> Taken:
    """Write a copy into the folder, under the moment's name, and read it back. CopyFailed leaves no file behind."""
    if words := schema.misfit(database, exactly=True):
        raise CopyFailed(words)
    revision, _newest = schema.revisions(database)
    begun = time.monotonic()
    file = folder / copy_name(now)
    if file.exists():
        raise CopyFailed(f"{file} is there already")
    part = file.with_suffix(".del")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tables, content_key = _write(database, part, public_key, taken_at=now, revision=revision or "")
        if read_through(part, content_key=content_key)[1] != tables:
            raise CopyFailed("what was read back is not what was written: the disk may be failing")
        rechecking.note_digest(part, file.name)
        part.rename(file)
    except OSError as error:
        raise CopyFailed(f"the copy cannot be written to {folder} ({error.strerror})") from None
    except SealedFileError:
        raise CopyFailed("what was written does not open: the disk may be failing") from None
    finally:
        part.unlink(missing_ok=True)
        if not file.exists():
            rechecking.forget_digest(file)
    return Taken(file, now, tables, file.stat().st_size, round(time.monotonic() - begun, 2))


def end_old(folder: Path, *, now: datetime, keep_days: int) -> list[Path]:
    """Delete copies older than that; the newest stays, however old it is. Returns those that are gone."""
    found = copies_in(folder)
    old = [file for file, taken_at in found[:-1] if taken_at < now - timedelta(days=keep_days)]
    for file in old:
        file.unlink(missing_ok=True)
        rechecking.forget_digest(file)
    return old


# ------------------------------------------------------------------------------------------------- the file's inside


def _write(
    database: Database, file: Path, public_key: str, *, taken_at: datetime, revision: str
) -> tuple[dict[str, tuple[int, str]], bytes]:
    """The tables that went in, and the key of this file alone."""
    tables = {}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
        sealed, packed = SealedWriter(raw, public_key), zlib.compressobj(1)

        def say(line: object) -> None:
            sealed.write(packed.compress(json.dumps(line, ensure_ascii=False).encode() + b"\n"))

        with one_moment(database) as connection:
            say({"form": FORM, "version": __version__, "revision": revision, "taken_at": taken_at.isoformat()})
            for table in parents_first():
                plain, read = as_stored(table), Digest()
                say({"table": table.name, "kinds": kinds_of(table), "key": [one.name for one in plain.primary_key]})
                for part in rows_in(connection, plain):
                    read.add(part)
                    for row in part:
                        say(written(row))
                tables[table.name] = read.told()
                say({"end": table.name, "rows": tables[table.name][0], "digest": tables[table.name][1]})
            say({"whole": len(tables)})
        sealed.write(packed.flush())
        sealed.close()
        raw.flush()
        os.fsync(raw.fileno())
    return tables, sealed.content_key


@contextmanager
def one_moment(database: Database) -> Iterator[Connection]:
    """A connection on which every question is answered as of the same moment, while others write."""
    options = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def lines_in(file: Path, *, private_key: str = "", content_key: bytes = b"") -> Iterator[Any]:
    """The file's lines. CopyFailed when it does not open, ends too early, or is of a later version."""
    unpacked, rest, is_whole = zlib.decompressobj(), b"", False
    try:
        for piece in opened(file, private_key=private_key, content_key=content_key):
            *lines, rest = (rest + unpacked.decompress(piece)).split(b"\n")
            for line in map(json.loads, lines):
                if isinstance(line, dict) and line.get("form", FORM) != FORM:
                    raise CopyFailed("this copy was written by a later version: use that version")
                is_whole = isinstance(line, dict) and "whole" in line
                yield line
    except (SealedFileError, zlib.error, ValueError, OSError) as error:
        raise CopyFailed(f"{file} cannot be used: {_plainly(error)}") from None
    if not is_whole:
        raise CopyFailed(f"{file} ends too early")


def _plainly(error: Exception) -> str:
    """What it says about the file, and nothing of what is in it."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) if isinstance(error, SealedFileError) else "it is damaged, or the key is none"


def read_through(
    file: Path, *, private_key: str = "", content_key: bytes = b""
) -> tuple[dict[str, Any], dict[str, tuple[int, str]]]:
    """(the head, rows and digest of each table) of a file that has been read from end to end and adds up.

    CopyFailed when it does not.
    """
    head: dict[str, Any] = {}
    tables: dict[str, tuple[int, str]] = {}
    kinds: dict[str, str] = {}
    read, name = Digest(), ""
    for line in lines_in(file, private_key=private_key, content_key=content_key):
        if isinstance(line, list):
            read.add([read_back(kinds, line)])
        elif "form" in line:
            head = line
        elif "table" in line:
            read, name, kinds = Digest(), line["table"], line["kinds"]
        elif "end" in line:
            tables[name] = read.told()
            if tables[name] != (line["rows"], line["digest"]):
                raise CopyFailed(f"the rows of {name} are not those that were written")
    return head, tables
