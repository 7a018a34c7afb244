"""Empty databases to restore into, of both kinds, beside the one that the copy is of."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from grannsamverkan.foundation.database import Database
from tests.support.pg_server import PgServer

_numbers = itertools.count(1)


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return str(tmp_path / "restored.db")


@pytest.fixture
def empty_postgres(postgres: PgServer) -> Iterator[str]:
    name = f"restored{next(_numbers)}"
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield postgres.url(name)
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def empty(request: pytest.FixtureRequest, database: Database) -> str:
    """Of the other kind than the one that the copy is of: what goes over there and back goes everywhere."""
    found: str = request.getfixturevalue("empty_postgres" if database.is_sqlite else "empty_sqlite")
    return found
