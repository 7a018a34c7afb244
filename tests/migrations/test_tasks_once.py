"""Tasks that were opened twice are one after the revision that makes them unique; nothing else is lost."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from grannsamverkan import schema
from grannsamverkan.foundation.database import Database

_TASK = text("""
    INSERT INTO task (id, network_id, contact_person_id, unit_id, kind, round, label, due_on, made_at, closed_at)
    VALUES (:id, 1, :contact, :unit, :kind, :round, :label, '2026-03-31', '2026-03-01 00:00:00+00:00', :closed)
""")
_SEALED = b"sealed"


def a_task(id: int, kind: str, round: str, **more: Any) -> dict[str, Any]:
    return {
        "contact": None,
        "unit": None,
        "label": None,
        "closed": None,
        "id": id,
        "kind": kind,
        "round": round,
        **more,
    }


TASKS = (
    a_task(1, "fill_vacancy", "2026-03-01"),
    a_task(2, "fill_vacancy", "2026-03-01", closed="2026-03-02 00:00:00+00:00"),
    a_task(3, "fill_vacancy", "2026-03-09"),
    a_task(4, "inform", "2026-03", contact=1),
    a_task(5, "inform", "2026-03", contact=1),
    a_task(6, "inform", "2026-03", contact=2),
    a_task(7, "newcomer", "1772600000", unit=1, label=_SEALED),
    a_task(8, "newcomer", "1772600000", unit=1, label=b"another"),
    a_task(9, "newcomer", "1772600000", label=b"a third"),
)


def an_older_town(database: Database) -> None:
    schema.upgrade(database, "0003")
    with database.write() as session:
        for statement in (
            "INSERT INTO county (code, name) VALUES ('12', 'Skåne län')",
            "INSERT INTO municipality (code, name, sort_name, county_code) VALUES ('1267', 'Höör', 'hoor', '12')",
            (
                "INSERT INTO watch_network (id, municipality_code, name, sort_name, kind, created_at)"
                " VALUES (1, '1267', 'Nyby', 'nyby', 'villa', '2026-01-01 00:00:00+00:00')"
            ),
            "INSERT INTO unit (id, network_id, kind, name, sort_name) VALUES (1, 1, 'street', 'Ekvägen', 'ekvagen')",
            (
                "INSERT INTO person (id, municipality_code, language, created_at)"
                " VALUES (1, '1267', 'sv', '2026-01-01 00:00:00+00:00')"
            ),
            (
                "INSERT INTO contact_person (id, network_id, person_id, role, since)"
                " VALUES (1, 1, 1, 'lead', '2026-01-01 00:00:00+00:00'),"
                " (2, 1, 1, 'deputy', '2026-01-01 00:00:00+00:00')"
            ),
        ):
            session.execute(text(statement))
        for task in TASKS:
            session.execute(_TASK, task)


def rows(database: Database, columns: str) -> list[tuple[Any, ...]]:
    with database.read() as session:
        found = session.execute(text(f"SELECT {columns} FROM task ORDER BY id")).all()
    return [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in found]


def test_doubles_go_and_what_is_done_stays_done(empty: Database) -> None:
    an_older_town(empty)
    schema.upgrade(empty)
    assert rows(empty, "id, whose") == [
        (2, "office"),
        (3, "office"),
        (4, "contact 1"),
        (6, "contact 2"),
        (7, "unit 1"),
        (8, "unit 1"),
        (9, "office"),
    ]
    assert [row for row in rows(empty, "id, round, label") if row[2]] == [
        (7, "n7", _SEALED),
        (8, "n8", b"another"),
        (9, "n9", b"a third"),
    ]
    again = text(
        "INSERT INTO task (network_id, kind, round, whose, due_on, made_at)"
        " VALUES (1, 'fill_vacancy', '2026-03-09', 'office', '2026-03-31', '2026-03-01 00:00:00+00:00')"
    )
    with pytest.raises(IntegrityError), empty.write() as session:
        session.execute(again)


def test_the_step_back_keeps_the_tasks(empty: Database) -> None:
    an_older_town(empty)
    schema.upgrade(empty)
    kept = rows(empty, "id, network_id, contact_person_id, unit_id, kind, round, label, closed_at")
    schema.downgrade(empty, "0003")
    assert rows(empty, "id, network_id, contact_person_id, unit_id, kind, round, label, closed_at") == kept
    schema.upgrade(empty)
    assert rows(empty, "id, network_id, contact_person_id, unit_id, kind, round, label, closed_at")[:4] == kept[:4]
    assert schema.differences(empty) == []
