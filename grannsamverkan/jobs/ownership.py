"""One sender for each database, however many processes have it open: the lock that decides which.

Both kinds are let go by the operating system or the server when their holder dies, so a killed sender is replaced at
once, without waiting for a lease to run out.
"""

import fcntl
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan.foundation.database import Database

_ADVISORY_KEY = 0x6772_616E_6E  # "grann": any constant of our own


class Ownership(Protocol):
    """`take` may be called again and again; it is True while this process is the sender."""

    def take(self) -> bool: ...

    def release(self) -> None: ...


def ownership_of(database: Database) -> Ownership:
    """The lock that fits the database."""
    return _FileLock(_lock_path(database)) if database.is_sqlite else _AdvisoryLock(database)


def _lock_path(database: Database) -> Path:
    name = make_url(database.url).database
    if not name or name == ":memory:":
        raise ValueError("a sender needs a database in a file, or PostgreSQL")
    return Path(f"{name}.sender")


class _FileLock:
    """An exclusive lock on a file beside the SQLite database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class _AdvisoryLock:
    """A session-level advisory lock on a connection of its own; lost with the connection, and then taken again."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None

    def take(self) -> bool:
        if self._connection is not None and self._still_there():
            return True
        self.release()
        connection = self._engine.connect()
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY}).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def _still_there(self) -> bool:
        assert self._connection is not None
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def release(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
        except SQLAlchemyError:
            self._connection.invalidate()  # lost: whoever asks the pool next must not get it, nor its lock
        self._connection.close()
        self._connection = None
