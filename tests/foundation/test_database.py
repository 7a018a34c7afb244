import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlmodel import select

from grannsamverkan.domain.audit import AuditEntry, record
from grannsamverkan.domain.places import County
from grannsamverkan.foundation.database import Database, after_commit, normal_url, server_words
from tests.support.at_once import at_once
from tests.support.builders import a_network, a_person

NOW = datetime(2026, 3, 4, 12, 30, 15, 123456, tzinfo=UTC)


def add_act(database: Database, *, at: datetime = NOW, durable: bool = True) -> None:
    with database.write(durable=durable) as session:
        record(session, now=at, account_id=None, act="x", thing="y", thing_id=1)


def add_acts(databases: list[Database]) -> None:
    for database in databases:
        add_act(database)


def fail_after_an_act(database: Database, hook: Callable[[], None]) -> None:
    with database.write() as session:
        record(session, now=NOW, account_id=None, act="x", thing="y", thing_id=1)
        after_commit(session, hook)
        session.flush()
        raise KeyError


def acts(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.exec(select(AuditEntry)))


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("town.db", "sqlite:///town.db"),
        ("/var/lib/g/town.db", "sqlite:////var/lib/g/town.db"),
        ("sqlite:///town.db", "sqlite:///town.db"),
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h:5433/d", "postgresql+psycopg://u:p@h:5433/d"),
        ("postgresql+psycopg://u@/d?host=/run/pg", "postgresql+psycopg://u@/d?host=%2Frun%2Fpg"),
    ],
)
def test_an_address_gets_its_driver(url: str, normal: str) -> None:
    assert normal_url(url) == normal


def test_a_block_commits_at_its_end_and_not_when_it_fails(database: Database) -> None:
    add_act(database)
    add_act(database, durable=False)
    with pytest.raises(KeyError):
        fail_after_an_act(database, lambda: None)
    assert len(acts(database)) == 2
    add_act(database)  # the lock of the failed block is free again
    assert len(acts(database)) == 3


def test_hooks_run_after_the_commit_only(database: Database) -> None:
    seen: list[int] = []
    with database.write() as session:
        record(session, now=NOW, account_id=None, act="x", thing="y", thing_id=1)
        after_commit(session, lambda: seen.append(len(acts(database))))
        assert seen == []
    assert seen == [1]
    with pytest.raises(KeyError):
        fail_after_an_act(database, lambda: seen.append(99))
    assert seen == [1]


def test_times_come_back_as_they_were_in_utc(database: Database) -> None:
    add_act(database, at=NOW.astimezone(timezone(timedelta(hours=2))))
    (row,) = acts(database)
    assert row.at == NOW
    assert row.at.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        add_act(database, at=datetime(2026, 3, 4))  # noqa: DTZ001


def test_a_failing_statement_does_not_tell_its_values(database: Database) -> None:
    """What was to be stored may be somebody's name: it must not end in an error's text."""
    with pytest.raises(IntegrityError) as failure, database.write() as session:
        session.add(County(code="12", name="Astrids hemliga län"))
    assert "Astrid" not in str(failure.value)


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text("UPDATE municipality SET county_code = '99' WHERE code = '1267'"))


def test_an_enum_column_takes_only_its_values(database: Database) -> None:
    with database.write() as session:
        a_network(session)
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text("UPDATE watch_network SET kind = 'castle'"))


def test_writers_of_one_process_come_one_after_the_other(database: Database) -> None:
    at_once(lambda: add_acts([database] * 10), 8)
    assert len(acts(database)) == 80


def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    read = threading.Event()

    def look() -> None:
        assert acts(database) == []
        read.set()

    with database.write() as session:
        record(session, now=NOW, account_id=None, act="x", thing="y", thing_id=1)
        session.flush()
        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        assert read.wait(10)
        thread.join(10)


def test_two_processes_worth_of_writers_wait_for_each_other(sqlite_database: Database) -> None:
    """Two engines on one file have no lock of this process between them, only SQLite's own."""
    again = Database(sqlite_database.url, sqlite_database.vault)
    at_once(lambda: add_acts([sqlite_database, again] * 5), 4)
    assert len(acts(again)) == 40
    again.close()


def test_a_durable_write_is_flushed_to_the_disk_and_a_quick_one_is_not(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    with sqlite_database.write(durable=False) as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 1


@contextmanager
def a_disk_that_refuses() -> Iterator[None]:
    """No file of this process takes another byte; nothing may be printed meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def change_acts(database: Database, way: str) -> None:
    with getattr(database, way)() as rows:
        rows.execute(text("UPDATE audit_entry SET act = 'z'"))


@pytest.mark.parametrize("way", ["write", "transaction"])
def test_a_disk_that_has_refused_is_written_to_again(sqlite_database: Database, way: str) -> None:
    add_act(sqlite_database)
    for _ in range(3):
        with pytest.raises(OperationalError), a_disk_that_refuses():
            change_acts(sqlite_database, way)
    add_act(sqlite_database)
    assert [act.act for act in acts(sqlite_database)] == ["x", "x"]


@pytest.mark.postgres
def test_the_same_on_postgresql(postgres_database: Database) -> None:
    with postgres_database.engine.connect() as connection:
        usual = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
    with postgres_database.write(durable=False) as session:
        assert session.execute(text("SHOW synchronous_commit")).scalar_one() == "off"
    with postgres_database.write() as session:
        assert session.execute(text("SHOW synchronous_commit")).scalar_one() == usual


def test_both_sides_ask_on_a_silent_line_unless_the_address_says_otherwise() -> None:
    words = server_words("postgresql://somebody@db.example/gs", durable=False)
    assert words["keepalives_idle"] + words["keepalives_count"] * words["keepalives_interval"] == 25
    assert words["tcp_user_timeout"] == 25_000
    assert "tcp_keepalives_idle=10" in words["options"]
    assert words["options"].endswith("-c synchronous_commit=off")
    said = server_words("postgresql://somebody@db.example/gs?keepalives_idle=60&options=-c%20work_mem%3D8MB")
    assert "keepalives_idle" not in said
    assert said["options"].startswith("-c work_mem=8MB -c tcp_")


def test_a_closed_block_leaves_rows_readable(database: Database) -> None:
    with database.write() as session:
        a_network(session)
        person = a_person(session)
    assert person.id is not None
    assert person.language == "sv"
