"""Databases without any table, to be filled by revisions."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault
from tests.support.pg_server import PgServer


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path, vault: Vault) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(str(tmp_path / "empty.db"), vault)
        yield database
        database.close()
        return
    server: PgServer = request.getfixturevalue("postgres")
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty")
    database = Database(server.url("empty"), vault)
    yield database
    database.close()
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("DROP DATABASE empty WITH (FORCE)")
