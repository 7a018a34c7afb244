"""The chain of the log: every change, gap or insertion behind the last seal shows."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from grannsamverkan.domain import audit
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.foundation.database import Database
from tests.support.builders import NOW

LATER = NOW + timedelta(minutes=5)


def note(session: Session, number: int, *, minutes: int = 0) -> None:
    audit.record(
        session,
        now=NOW + timedelta(minutes=minutes),
        account_id=None if number % 2 else number,
        act="alert.approved",
        thing="alert",
        thing_id=number,
        municipality_code="1267",
        number=1000 + number,
        note="å",
        again=False,
    )


def seal(database: Database) -> int:
    with database.write() as session:
        return audit.seal(session, before=LATER)


def first_wrong(database: Database) -> int | None:
    with database.read() as session:
        return audit.whole(session)


@pytest.fixture
def sealed(database: Database) -> Database:
    """Nine sealed rows, numbered 1 to 9."""
    with database.write() as session:
        for number in range(1, 10):
            note(session, number)
    assert seal(database) == 9
    return database


def test_a_sealed_log_is_whole_and_stays_so_as_it_grows(sealed: Database) -> None:
    assert first_wrong(sealed) is None
    with sealed.write() as session:
        note(session, 10)
    assert first_wrong(sealed) is None
    assert seal(sealed) == 1
    assert seal(sealed) == 0
    assert first_wrong(sealed) is None
    with sealed.read() as session:
        seals = session.exec(select(AuditEntry.seal).order_by(col(AuditEntry.id))).all()
    assert len(set(seals)) == 10


def test_an_empty_log_is_whole(database: Database) -> None:
    assert first_wrong(database) is None
    assert seal(database) == 0


def test_sealing_goes_on_in_parts(database: Database) -> None:
    with database.write() as session:
        for number in range(1, 8):
            note(session, number)
    for expected in (3, 3, 1, 0):
        with database.write() as session:
            assert audit.seal(session, before=LATER, limit=3) == expected
    assert first_wrong(database) is None


def change(column: str, value: str) -> Callable[[Session], object]:
    return lambda session: session.execute(text(f"UPDATE audit_entry SET {column} = {value} WHERE id = 5"))


def insert(row_id: int, seal_of: int | None) -> Callable[[Session], object]:
    def put_in(session: Session) -> None:
        found = session.get(AuditEntry, seal_of) if seal_of else None
        session.add(AuditEntry(id=row_id, at=NOW, act="x", thing="y", thing_id="1", seal=found.seal if found else None))

    return put_in


@pytest.mark.goal("S35")
@pytest.mark.parametrize(
    "harm",
    [
        change("act", "'alert.discarded'"),
        change("account_id", "77"),
        change("thing_id", "'4'"),
        change("municipality_code", "NULL"),
        change("municipality_code", "'1285'"),
        change("at", "'2026-03-04 12:00:01+00:00'"),
        change("facts", """'{"number": 1}'"""),
        change("seal", "NULL"),
        change("seal", "(SELECT seal FROM audit_entry WHERE id = 4)"),
        change("id", "500"),
    ],
    ids=["act", "who", "thing", "no place", "another place", "time", "facts", "unsealed", "seal", "moved"],
)
def test_a_changed_row_shows(sealed: Database, harm: Callable[[Session], object]) -> None:
    with sealed.write() as session:
        harm(session)
    assert first_wrong(sealed) in {5, 6}


@pytest.mark.goal("S35")
def test_a_deleted_row_shows(sealed: Database) -> None:
    with sealed.write() as session:
        session.execute(text("DELETE FROM audit_entry WHERE id = 5"))
    assert first_wrong(sealed) == 6


@pytest.mark.parametrize("harm", [insert(0, None), insert(0, 1), insert(-3, None)], ids=["bare", "copied", "before"])
def test_a_row_put_in_before_the_last_seal_shows(sealed: Database, harm: Callable[[Session], None]) -> None:
    with sealed.write() as session:
        harm(session)
    assert first_wrong(sealed) in {0, -3}


def test_a_row_put_in_between_shows(sealed: Database) -> None:
    with sealed.write() as session:
        session.execute(text("UPDATE audit_entry SET id = id + 10 WHERE id >= 6"))
        session.add(AuditEntry(id=7, at=NOW, act="x", thing="y", thing_id="1"))
    assert first_wrong(sealed) == 7


def test_rows_too_young_are_left_for_the_next_time(database: Database) -> None:
    """A row may be committed after one with a higher number; sealed behind its successor it would look put in."""
    with database.write() as session:
        note(session, 1)
        note(session, 2, minutes=6)
        note(session, 3, minutes=1)
    assert seal(database) == 1
    with database.write() as session:
        assert audit.seal(session, before=LATER + timedelta(minutes=2)) == 2
    assert first_wrong(database) is None


@pytest.mark.postgres
def test_a_row_committed_late_does_not_break_the_chain(postgres_database: Database) -> None:
    with postgres_database.write() as slow:
        note(slow, 1)
        slow.flush()  # numbered first, committed last
        with postgres_database.write() as quick:
            note(quick, 2)
        with postgres_database.write() as sealing:
            assert audit.seal(sealing, before=NOW) == 0
    assert seal(postgres_database) == 2
    assert first_wrong(postgres_database) is None


def test_the_history_of_one_thing_newest_first(database: Database) -> None:
    with database.write() as session:
        for number in (1, 2, 1):
            note(session, number)
    with database.read() as session:
        found = audit.history(session, "alert", 1)
        assert [row.id for row in found] == [3, 1]
        assert found[0].facts == {"number": 1001, "note": "å", "again": False}
        assert audit.history(session, "network", 1) == []
