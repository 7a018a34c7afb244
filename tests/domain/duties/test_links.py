"""The link in a mail: only what was made here, only for its time, and only while the role is carried."""

import secrets
from datetime import date, timedelta

import pytest
from sqlmodel import Session

from grannsamverkan.domain import duties, networks, people
from grannsamverkan.domain.networks import ContactPerson, ContactRole
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import Vault, new_key
from tests.support.builders import NOW, a_mailbox, a_network, a_person

TODAY, DAY = NOW.date(), timedelta(days=1)


def a_role(session: Session) -> ContactPerson:
    return networks.add_contact_person(
        session, a_network(session), a_person(session).id or 0, ContactRole.LEAD, now=NOW
    )


def opens(session: Session, token: str, today: date = TODAY) -> int | None:
    try:
        return duties.read_duties_token(session, token, today=today).id
    except NotFound:
        return None


def test_a_link_opens_its_role_until_its_last_day(sqlite_database: Database, vault: Vault) -> None:
    with sqlite_database.write() as session:
        role = a_role(session)
        token = duties.duties_token(vault, role.id or 0, last_day=TODAY + 10 * DAY)
        assert opens(session, token) == role.id
        assert opens(session, token, TODAY + 10 * DAY) == role.id
        assert opens(session, token, TODAY + 11 * DAY) is None


def test_a_link_is_dead_as_soon_as_its_role_has_ended(sqlite_database: Database, vault: Vault) -> None:
    with sqlite_database.write() as session:
        role = a_role(session)
        token = duties.duties_token(vault, role.id or 0, last_day=TODAY + DAY)
        networks.end_role(session, role, because="wish", now=NOW)
        assert opens(session, token) is None


@pytest.mark.goal("S43")
def test_no_changed_or_made_up_link_opens_anything(sqlite_database: Database, vault: Vault) -> None:
    with sqlite_database.write() as session:
        role = a_role(session)
        token = duties.duties_token(vault, role.id or 0, last_day=TODAY + DAY)
        assert len(token) == 30
        for at in range(len(token)):
            other = "A" if token[at] != "A" else "B"
            assert opens(session, token[:at] + other + token[at + 1 :]) is None, at
        for wrong in ("", "x", "å" * 30, "A" * 30, token + "A", token[:-1], f" {token}", token + "\n", "-" * 4000):
            assert opens(session, wrong) is None, wrong
        for _ in range(200):
            assert opens(session, secrets.token_urlsafe(22)) is None
        assert opens(session, duties.duties_token(Vault(new_key(), new_key()), role.id or 0, last_day=TODAY)) is None


def test_a_link_that_stops_mail_opens_no_duties(sqlite_database: Database, vault: Vault) -> None:
    """One purpose each, though the same key makes both."""
    with sqlite_database.write() as session:
        a_role(session)
        mailbox = people.lookup_of(session, ChannelKind.EMAIL, a_mailbox(0))
        assert opens(session, people.stop_token(vault, mailbox)) is None
        assert people.read_stop_token(session, duties.duties_token(vault, 1, last_day=TODAY)) is None


@pytest.mark.parametrize("role_id", [1, 2**32 - 1])
def test_every_role_number_fits(vault: Vault, role_id: int) -> None:
    assert len(duties.duties_token(vault, role_id, last_day=date(2099, 12, 31))) == 30
