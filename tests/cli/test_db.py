"""Bringing the tables up to date."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import Result

from tests.cli.conftest import told
from tests.support.pg_server import PgServer


@pytest.fixture
def empty_postgres_url(postgres: PgServer) -> Iterator[str]:
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute('CREATE DATABASE "empty"')
    yield postgres.url("empty")
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute('DROP DATABASE "empty" WITH (FORCE)')


def upgraded_twice(door: Callable[..., Result]) -> None:
    first, second = (told(door("db", "upgrade", "--json")) for _ in range(2))
    assert first["before"] is None
    assert first["now"]
    assert second == {"before": first["now"], "now": first["now"]}
    assert not any(count for name, count in told(door("check", "invariants", "--json")).items() if name != "ok")


def test_an_empty_sqlite_address_gets_its_tables(door: Callable[..., Result], folder: Path) -> None:
    upgraded_twice(door)
    assert (folder / "grannsamverkan.db").exists()


@pytest.mark.postgres
def test_an_empty_postgresql_gets_its_tables_when_told_to(
    door: Callable[..., Result], empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", empty_postgres_url)
    result = door("check", "invariants", "--json")
    assert result.exit_code == 1
    assert "run `grannsamverkan db upgrade`" in result.stderr
    upgraded_twice(door)
