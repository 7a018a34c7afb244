"""A database that is read and takes no writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan.foundation.database import Database

UNWRITTEN = (SQLAlchemyError, sqlite3.OperationalError)  # the lock of SQLite is taken past SQLAlchemy


@contextmanager
def without_writes(database: Database) -> Iterator[None]:
    """SQLite: somebody else writes and does not end. PostgreSQL: it has become read-only, as one that follows is."""
    if database.is_sqlite:
        with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    _set_read_only(database, "on")
    yield
    _set_read_only(database, "off")


def _set_read_only(database: Database, word: str) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        name = database.engine.url.database
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {word}'))
    database.close()  # the next connection hears of it
