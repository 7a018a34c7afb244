"""Bringing the tables up to date."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from sqlalchemy import inspect, text
from sqlmodel import col, select

from grannsamverkan import schema
from grannsamverkan.cli import db_copy
from grannsamverkan.domain import people
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.database import Database
from grannsamverkan.jobs.ownership import ownership_of
from tests.cli.conftest import told
from tests.support.lived_in import LivedIn, live_in
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
    assert second == {"before": first["now"], "now": first["now"], "suits_before": True}
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


def at(folder: Path, revision: str) -> Database:
    database = Database(str(folder / "grannsamverkan.db"), None)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    return database


def test_a_look_changes_nothing_and_says_whether_others_may_run_meanwhile(
    door: Callable[..., Result], folder: Path
) -> None:
    newest = told(door("db", "upgrade", "--json"))["now"]
    assert told(door("db", "upgrade", "--look", "--json")) == {"before": newest, "now": newest, "suits_before": True}
    at(folder, "0025").close()
    looked = told(door("db", "upgrade", "--look", "--json"))
    assert looked == {"before": "0025", "now": "0025", "suits_before": False}


def test_tables_of_a_later_version_are_refused_with_words(door: Callable[..., Result], folder: Path) -> None:
    door("db", "upgrade")
    at(folder, "9001").close()
    for command in (("db", "upgrade"), ("check", "invariants", "--json"), ("db", "copy", "--to", "postgresql:///x")):
        result = door(*command)
        assert result.exit_code == 1
        assert "at revision 9001 of a later version" in result.stderr
        assert "Traceback" not in result.stderr


# ------------------------------------------------------------------------------------------------------------ copying


@pytest.fixture
def lived_in(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> LivedIn:
    """The town of the pages after a month, as the installation that the operator stands in."""
    lived = live_in(tmp_path)
    chosen = lived.town.runtime.settings
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", chosen.database.url)
    for name in ("data", "lookup", "web"):
        monkeypatch.setenv(f"GRANNSAMVERKAN_KEYS_{name}".upper(), getattr(chosen.keys, name))
    return lived


@pytest.mark.slow
@pytest.mark.postgres
def test_a_whole_town_goes_to_postgresql_and_lives_on_there(
    door: Callable[..., Result], lived_in: LivedIn, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(door("check", "invariants", "--json"))
    done = door("db", "copy", "--to", empty_postgres_url, "--json")
    assert done.exit_code == 0, done.stderr
    report = told(done)
    assert report["ok"] is True
    assert report["tables"].keys() == schema.metadata.tables.keys()
    assert report["tables"]["household"]["rows"] > 3
    assert report["rows"] == sum(one["rows"] for one in report["tables"].values())
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", empty_postgres_url)
    assert told(door("check", "invariants", "--json")) == before
    runtime = lived_in.town.runtime
    moved = Database(empty_postgres_url, runtime.database.vault)
    try:
        assert schema.differences(moved) == []
        assert planned_with(moved, "household") == report["tables"]["household"]["rows"]
        assert opened_in(moved)
        assert opened_in(moved) == opened_in(runtime.database)
        with moved.write() as session:  # the next row gets a number of its own
            people.add_person(session, "1267", now=runtime.clock.now())
    finally:
        moved.close()
    again = door("db", "copy", "--to", empty_postgres_url, "--json")
    assert again.exit_code == 1


def planned_with(database: Database, table: str) -> int:
    """How many rows the server believes the table has."""
    with database.read() as session:
        asked = text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
        return int(session.connection().execute(asked, {"name": table}).scalar_one())


def opened_in(database: Database) -> Sequence[str]:
    with database.read() as session:
        return session.exec(select(ContactAddress.value).order_by(col(ContactAddress.id))).all()


@pytest.mark.postgres
def test_a_target_with_tables_is_refused(door: Callable[..., Result], installed: Path, postgres_url: str) -> None:
    result = door("db", "copy", "--to", postgres_url)
    assert result.exit_code == 1
    assert "give it an empty database" in result.stderr


@pytest.mark.postgres
def test_nothing_is_copied_while_somebody_sends(
    door: Callable[..., Result], installed: Path, empty_postgres_url: str
) -> None:
    source = Database(str(installed / "grannsamverkan.db"), None)
    sender = ownership_of(source)
    assert sender.take()
    result = door("db", "copy", "--to", empty_postgres_url)
    sender.release()
    source.close()
    assert result.exit_code == 1
    assert "stop `grannsamverkan serve` first" in result.stderr


@pytest.mark.postgres
def test_a_copy_that_differs_is_not_kept(
    door: Callable[..., Result], installed: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db_copy, "digest_of", lambda _connection, _table: (0, "other"))
    result = door("db", "copy", "--to", empty_postgres_url)
    assert result.exit_code == 1
    assert "nothing was kept" in result.stderr
    target = Database(empty_postgres_url, None)
    assert inspect(target.engine).get_table_names() == []
    target.close()


def test_only_sqlite_goes_and_only_to_postgresql(door: Callable[..., Result], installed: Path) -> None:
    result = door("db", "copy", "--to", "another.db")
    assert result.exit_code == 1
    assert "--to the address of a PostgreSQL database" in result.stderr
