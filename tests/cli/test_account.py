"""Accounts of the staff."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from grannsamverkan.domain import accounts, places
from grannsamverkan.domain.accounts import Account, Role
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.wiring import open_runtime
from tests.cli.conftest import PASSWORD
from tests.support.builders import a_street, an_approved_alert


def account(name: str) -> Account | None:
    with open_runtime() as runtime, runtime.database.read() as session:
        return accounts.account_named(session, name)


def add(door: Callable[..., Result], name: str, *words: str) -> Result:
    return door("account", "add", name, *words)


def chosen(said: Result, name: str, password: str = PASSWORD) -> Account:
    """The account, with the password that its owner has chosen by the code that was said."""
    with open_runtime() as runtime, runtime.database.write() as session:
        code = said.stdout.split(" lets ")[0]
        return accounts.accept(session, code, name, password, now=datetime.now(UTC), passwords=accounts.CHEAP)


def test_police_get_their_local_police_area(door: Callable[..., Result], installed: Path) -> None:
    said = add(door, "Polis", "--role", "police", "--municipality", "1267").stdout
    assert "lets Polis choose a password at http" in said
    row = account("polis")
    assert row is not None
    assert row.role is Role.POLICE
    with open_runtime() as runtime, runtime.database.read() as session:
        assert row.local_police_area_id == places.municipality(session, "1267").local_police_area_id


def test_coordinators_get_their_municipality(door: Callable[..., Result], installed: Path) -> None:
    assert add(door, "kommun", "--role", "coordinator", "--municipality", "1267").exit_code == 0
    row = account("kommun")
    assert row is not None
    assert (row.municipality_code, row.local_police_area_id) == ("1267", None)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--role", "police"), 2, "needs --municipality"),
        (("--role", "coordinator"), 2, "needs --municipality"),
        (("--role", "contact_person"), 2, "contact_person"),
        (("--role", "police", "--municipality", "9999"), 1, "not found"),
        (("--role", "administrator", "--password", "den som sköter driften väljer"), 2, "--password"),
    ],
)
def test_what_cannot_be(
    door: Callable[..., Result], installed: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    result = add(door, "ny", *words)
    assert result.exit_code == code
    assert says in result.stderr
    assert account("ny") is None


def test_a_name_is_given_once(door: Callable[..., Result], installed: Path) -> None:
    result = add(door, "DRIFT", "--role", "administrator")
    assert result.exit_code == 1
    assert "sign_in_name_taken" in result.stderr


def test_an_ended_account_has_no_sessions_left(door: Callable[..., Result], installed: Path) -> None:
    add(door, "polis", "--role", "police", "--municipality", "1267")
    assert door("account", "end", "polis").exit_code == 0
    row = account("polis")
    assert row is not None
    assert row.ended_at is not None
    assert row.ended_at <= datetime.now(UTC)
    assert door("account", "end", "polis").exit_code == 0
    assert door("account", "end", "ingen").exit_code == 1


def test_what_somebody_has_let_go_for_later_is_told_when_their_account_ends(
    door: Callable[..., Result], installed: Path
) -> None:
    later = datetime(2099, 1, 2, 9, tzinfo=UTC)
    with open_runtime() as runtime:
        yesterday = (runtime.clock.now() - timedelta(days=1)).date()
        network_id = a_street(runtime, phones=1)
        ids = [an_approved_alert(runtime, network_id, happened_on=yesterday) for _ in range(3)]
        with runtime.database.write() as session:
            planned, gone, soon = (session.get_one(Alert, alert_id) for alert_id in ids)
            planned.release_at = later
            gone.fanned_out_at = runtime.clock.now()
            soon.release_at = None
            numbers = planned.number, soon.number
    said = door("account", "end", "polis").stdout.splitlines()
    assert said[0] == "ended polis"
    assert sorted(said[1:]) == [
        f"look at Nr {numbers[0]}, which polis has approved and which goes 2099-01-02 10:00",
        f"look at Nr {numbers[1]}, which polis has approved and which goes soon",
    ]


def test_staff_are_invited_without_a_password_and_again_with_another_code(
    door: Callable[..., Result], installed: Path
) -> None:
    made = door("account", "invite", "kommun", "--role", "coordinator", "--municipality", "1267")
    row = account("kommun")
    assert row is not None
    assert (row.role, row.password_hash, row.municipality_code) == (Role.COORDINATOR, "", "1267")
    assert "links kommun to a work account; it works once, for 14 days" in made.stdout
    again = door("account", "invite", "kommun")
    now = datetime.now(UTC)
    with open_runtime() as runtime, runtime.database.write() as session:
        first, second = (said.stdout.split(" links ")[0] for said in (made, again))
        assert not accounts.may_link(session, first, now)
        assert accounts.may_link(session, second, now)
    assert door("account", "invite", "ny").exit_code == 2
    door("account", "end", "kommun")
    assert "has ended" in door("account", "invite", "kommun").stderr


@pytest.mark.goal("S12")
def test_staff_choose_their_password_themselves_and_renewing_ends_what_was(
    door: Callable[..., Result], installed: Path
) -> None:
    first = chosen(add(door, "kommun", "--role", "coordinator", "--municipality", "1267"), "anna")
    assert (first.sign_in_name, first.role) == ("anna", Role.COORDINATOR)
    said = door("account", "renew", "anna")
    with pytest.raises(Refused, match="password_easy"):
        chosen(said, "anna", "Samordnare i Höör 2026")
    again = chosen(said, "anna", "tre nya ord i rad")
    assert (again.id, again.password_hash != first.password_hash) == (first.id, True)
    with pytest.raises(Refused, match="invitation_wrong"):
        chosen(said, "anna")
    assert door("account", "renew", "ingen").exit_code == 1
