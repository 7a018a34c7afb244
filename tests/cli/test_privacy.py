"""Papers of the data protection law, as an operator prints them."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlmodel import select

from grannsamverkan.domain import audit, people
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.handing_out import tables, values
from grannsamverkan.runtime import Runtime
from grannsamverkan.wiring import open_runtime
from tests.cli.conftest import told
from tests.support.builders import ESLOV, HOOR, NOW, a_person, a_phone, a_street


@pytest.mark.parametrize(
    ("paper", "begins"),
    [
        ("register", "# Register över"),
        ("retention", "# Gallringsplan"),
        ("processors", "# Biträden"),
        ("notice", "# Så hanterar vi"),
        ("assessment", "# Konsekvensbedömning"),
    ],
)
def test_each_is_printed(door: Callable[..., Result], installed: Path, paper: str, begins: str) -> None:
    printed = door("privacy", paper)
    assert printed.exit_code == 0
    assert printed.stdout.startswith(begins)
    assert paper not in ("register", "notice", "assessment") or "- Höör" in printed.stdout


def test_a_hold_is_placed_shown_and_released(door: Callable[..., Result], installed: Path) -> None:
    place = ("privacy", "hold", "place", "copies", "views", "--reason", "Ärende 7")
    until = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    placed = door(*place, "--until", until, "--by", "drift")
    assert (placed.exit_code, placed.stdout) == (0, "hold 1: copies\nhold 2: views\n"), placed.output
    assert f"1  copies  holds  to {until}  drift  Ärende 7" in door("privacy", "hold", "list").stdout
    due = told(door("privacy", "due", "--json"))
    assert (due["held"], due["due"]["copies"]) == (["copies", "views"], 0)
    assert "0  held" in door("privacy", "due").stdout
    assert door("privacy", "hold", "release", "1", "--by", "drift").exit_code == 0
    assert "1  copies  released" in door("privacy", "hold", "list").stdout
    assert told(door("privacy", "due", "--json"))["held"] == ["views"]


def test_a_hold_that_cannot_be(door: Callable[..., Result], installed: Path) -> None:
    place = ("privacy", "hold", "place", "copies", "--reason", "Ärende 7")
    assert "--by must name" in door(*place, "--until", "2099-01-01", "--by", "nobody").stderr
    assert "hold_until" in door(*place, "--until", "2099-01-01", "--by", "drift").stderr
    assert door("privacy", "hold", "place", "everything", "--reason", "x", "--until", "2026-01-01").exit_code == 2
    assert door("privacy", "hold", "release", "9", "--by", "drift").exit_code == 1


@pytest.mark.goal("P13")
def test_what_is_asked_for_is_written_with_a_proposal_for_each_value_and_who_took_it_out(
    door: Callable[..., Result], installed: Path
) -> None:
    with open_runtime() as runtime, runtime.database.write() as session:
        person = a_person(session, sms=a_phone(0), now=runtime.clock.now())
        person.name = "=Åsa"
        person_id = person.id or 0
        people.add_person(session, ESLOV, now=runtime.clock.now(), name="Någon annanstans")
    today = f"{datetime.now(STOCKHOLM):%Y-%m-%d}"
    words = ("privacy", "extract", "person", "contact_address", "--municipality", "1267", "--since", today)
    asked = (*words, "--until", today, "--purpose", "Ärende 7", "--by", "drift", "--to", "ut.csv")
    done = door(*asked)
    assert done.exit_code == 0, done.output
    out = Path("ut.csv")
    assert out.stat().st_mode & 0o777 == 0o600
    head, *lines = csv.reader(out.read_text("utf-8-sig").splitlines(), delimiter=";")
    assert head == ["tabell", "rad", "kolumn", "värde", "förslag"]
    found = {(table, row, column): (value, proposal) for table, row, column, value, proposal in lines}
    assert {row for table, row, _ in found if table == "person"} == {str(person_id)}  # of no other municipality
    assert {column for table, _, column in found if table == "person"} == set(Person.__table__.columns.keys())  # type: ignore[attr-defined]
    name, judge = found["person", str(person_id), "name"]
    assert (name, judge.startswith("maskas, om prövning")) == ("'=Åsa", True)
    assert found["contact_address", "1", "value"] == (f"'{a_phone(0)}", judge)
    assert found["contact_address", "1", "lookup"] == ("•", "maskas: nyckelvärde")
    assert found["contact_address", "1", "id"] == ("1", "lämnas ut")
    with open_runtime() as runtime, runtime.database.read() as session:
        (act,) = session.exec(select(AuditEntry).where(AuditEntry.act == "record.extracted"))
        assert act.facts == {"tables": "person contact_address", "values": len(lines)}
        (view,) = audit.views_of(
            session, municipality_code="1267", person_id=person_id, network_ids=(), household_ids=()
        )
        assert (view.role, view.purpose, view.person_ids) == ("administrator", "Ärende 7", [person_id])
    assert "cannot be written" in door(*asked).stderr  # never over another


@pytest.mark.goal("P13")
@pytest.mark.parametrize("table", tables())
def test_each_table_can_be_asked_for(sqlite_runtime: Runtime, table: str) -> None:
    a_street(sqlite_runtime, phones=1)
    with sqlite_runtime.database.read() as session:
        for one in values(session, table, HOOR, NOW - timedelta(days=1), NOW + timedelta(days=1)):
            assert one.table == table


def test_no_way_in_can_be_asked_for(door: Callable[..., Result], installed: Path) -> None:
    assert {"account", "api_key", "slip_batch", "sign_in_session"}.isdisjoint(tables())
    words = ("--municipality", "1267", "--since", "2026-01-01", "--until", "2026-01-02", "--purpose", "x", "--to", "x")
    assert door("privacy", "extract", "account", *words, "--by", "drift").exit_code == 2
