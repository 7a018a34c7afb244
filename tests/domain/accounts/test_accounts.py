"""Accounts as rows: adding, ending, and the actor that an account is."""

from typing import Any

import pytest
from sqlmodel import select

from grannsamverkan.domain import accounts, audit, networks, places
from grannsamverkan.domain.accounts import CHEAP, Account, AccountDraft, Passwords, Role
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import NotFound, Refused
from tests.domain.accounts.conftest import NOW

PASSWORD = "en lampa i varje fönster"


def add(database: Database, name: str = "anna", role: Role = Role.COORDINATOR, **place: Any) -> Account:
    draft = AccountDraft(name, PASSWORD, role, **(place or {"municipality_code": "1267"}))
    with database.write() as session:
        return accounts.add_account(session, draft, NOW, passwords=CHEAP)


@pytest.mark.goal("S12")
def test_the_password_is_kept_as_argon2id_only(database: Database) -> None:
    row = add(database)
    assert row.password_hash.startswith("$argon2id$")
    assert CHEAP.fits(row.password_hash, PASSWORD)
    assert not CHEAP.fits(row.password_hash, PASSWORD + " ")


def test_a_name_is_taken_in_every_spelling_and_for_ever(database: Database) -> None:
    row = add(database, "Åsa")
    with database.write() as session:
        accounts.end_account(session, row.id or 0, NOW)
    with pytest.raises(Refused, match="sign_in_name_taken"):
        add(database, " A\u030aSA ")


@pytest.mark.goal("S12")
@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("sign_in_name_length", {"sign_in_name": " "}),
        ("password_length", {"password": "fjorton tecken"}),
        ("password_length", {"password": "x" * 257}),
        ("account_place", {"municipality_code": None}),
        ("account_place", {"role": Role.POLICE}),
        ("account_place", {"role": Role.CONTACT_PERSON}),
    ],
)
def test_a_draft_that_cannot_be_an_account_is_refused(code: str, wrong: dict[str, Any]) -> None:
    right = {"sign_in_name": "anna", "password": PASSWORD, "role": Role.COORDINATOR, "municipality_code": "1267"}
    with pytest.raises(Refused, match=code):
        AccountDraft(**{**right, **wrong})


def test_a_draft_never_shows_its_password() -> None:
    assert PASSWORD not in repr(AccountDraft("anna", PASSWORD, Role.ADMINISTRATOR))


@pytest.mark.goal("S35")
def test_acts_on_accounts_leave_one_audit_row_each(database: Database) -> None:
    row = add(database)
    with database.write() as session:
        accounts.end_account(session, row.id or 0, NOW, by=1)
        accounts.end_account(session, row.id or 0, NOW, by=1)
    with database.read() as session:
        assert [entry.act for entry in audit.history(session, "account", row.id or 0)] == [
            "account_ended",
            "account_added",
        ]


def test_ending_an_unknown_account_is_not_found(database: Database) -> None:
    with database.write() as session, pytest.raises(NotFound):
        accounts.end_account(session, 999, NOW)


def test_police_reach_the_served_municipalities_of_their_area(database: Database) -> None:
    with database.read() as session:
        area_id = places.municipality(session, "1267").local_police_area_id
    row = add(database, role=Role.POLICE, local_police_area_id=area_id)
    with database.read() as session:
        actor = accounts.actor(session, row)
    assert actor.municipality_codes == {"1267", "1285"}  # Hörby is in the area too, but not served
    assert actor.network_ids == frozenset()


def test_a_contact_person_reaches_the_networks_where_the_role_is_open(database: Database) -> None:
    with database.read() as session:
        role = session.exec(select(networks.ContactPerson)).first()
        assert role is not None
    row = add(database, role=Role.CONTACT_PERSON, person_id=role.person_id)
    with database.read() as session:
        assert accounts.actor(session, row).network_ids == {role.network_id}
    with database.write() as session:
        open_role = session.get(networks.ContactPerson, role.id)
        assert open_role is not None
        open_role.until = NOW
    with database.read() as session:
        assert accounts.actor(session, row).network_ids == frozenset()


def test_an_administrator_without_a_municipality_reaches_all_that_are_served(database: Database) -> None:
    row = add(database, role=Role.ADMINISTRATOR, person_id=None)
    with database.read() as session:
        assert accounts.actor(session, row).municipality_codes == {"1267", "1285"}


@pytest.mark.goal("S12")
def test_costs_of_hashing_stay_above_the_floor() -> None:
    assert accounts.STRONG.memory_kib >= 19 * 1024
    assert accounts.STRONG.rounds >= 2
    assert not Passwords(2, 16, 1).is_outdated(Passwords(2, 16, 1).hash("x"))
    assert Passwords(2, 16, 1).is_outdated(CHEAP.hash("x"))
