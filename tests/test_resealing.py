"""The key of the data is changed while people come, go and are read: nothing fails, and the old key opens nothing."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from grannsamverkan import resealing
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault, VaultError, new_key
from tests.support.builders import a_mailbox, a_network, a_person, a_phone

OLD, NEW, LOOKUP = new_key(), new_key(), new_key()


@pytest.fixture
def rotating(database: Database) -> Iterator[Database]:
    """Rows that the old key has sealed, opened with both."""
    before = Database(database.url, Vault(OLD, LOOKUP))
    with before.write() as session:
        a_network(session)
        for number in range(30):
            a_person(session, sms=a_phone(number), email=a_mailbox(number)).name = f"Granne {number}"
    before.close()
    now = Database(database.url, Vault(NEW, LOOKUP, [OLD]))
    yield now
    now.close()


def read(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.exec(select(ContactAddress.value)).all())


@pytest.mark.goal("S33")
@pytest.mark.goal("S38")
def test_every_value_gets_the_new_key_while_others_read_and_write(
    rotating: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "AT_ONCE", 7)
    assert (resealing.count(rotating).sealed, resealing.count(rotating).old) == (90, 90)
    ends, written = threading.Event(), 0
    wrong: list[Exception] = []

    def live() -> None:
        nonlocal written
        while not ends.is_set():
            try:
                with rotating.write() as session:
                    a_person(session, sms=a_phone(40 + written % 40)).name = "Ny"
                    session.exec(select(Person).order_by(col(Person.id))).first().name = f"Ändrad {written}"  # type: ignore[union-attr]
                written += 1
                assert len(read(rotating)) >= 60
            except (VaultError, SQLAlchemyError, AssertionError) as error:
                wrong.append(error)
                return

    thread = threading.Thread(target=live)
    thread.start()
    while not written and not wrong:
        ends.wait(0.01)
    found = resealing.reseal(rotating)
    ends.set()
    thread.join(30)
    assert wrong == []
    assert 80 <= found.old <= 90
    assert resealing.count(rotating).old == 0
    alone = Database(rotating.url, Vault(NEW, LOOKUP))
    assert read(alone) == read(rotating)
    with alone.read() as session:
        assert session.exec(select(Person.name).order_by(col(Person.id))).first() == f"Ändrad {written - 1}"
    alone.close()
    gone = Database(rotating.url, Vault(OLD, LOOKUP))
    with pytest.raises(VaultError):
        read(gone)
    gone.close()


def test_a_change_that_came_between_is_not_undone(rotating: Database) -> None:
    name, purpose = "person", "person.name"
    with rotating.read() as session:
        before = resealing._part(session.connection(), name, purpose, after=None)[:1]
    with rotating.write() as session:
        session.get_one(Person, before[0][0]).name = "Nytt namn"
    with rotating.write() as session:
        resealing._replace(session.connection(), name, purpose, before, rotating.vault)
    with rotating.read() as session:
        assert session.get_one(Person, before[0][0]).name == "Nytt namn"


def test_a_value_that_no_key_opens_is_told_and_left(rotating: Database) -> None:
    stranger = Database(rotating.url, Vault(new_key(), LOOKUP))
    with pytest.raises(VaultError):
        resealing.reseal(stranger)
    stranger.close()
    assert len(read(rotating)) == 60
