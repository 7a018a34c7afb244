from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from grannsamverkan.domain import people
from grannsamverkan.domain.people import Consent, ContactAddress, GivenBy, Person, StopEntry
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import LOOKUP_BYTES, Vault, new_key
from tests.support.builders import HOOR, NOW, a_mailbox, a_person, a_phone

SMS, EMAIL = ChannelKind.SMS, ChannelKind.EMAIL
LATER = NOW + timedelta(days=1)


def choices(session: Session, person: Person) -> list[tuple[int, bool]]:
    rows = session.exec(select(Consent).where(Consent.person_id == person.id).order_by(Consent.id)).all()  # type: ignore[arg-type]
    return [(row.channel, row.withdrawn_at is None) for row in rows]


def phone_of(session: Session, number: int = 0) -> bytes:
    return people.lookup_of(session, SMS, a_phone(number))


@pytest.mark.goal("P5")
def test_a_choice_is_kept_with_its_text_time_and_who_recorded_it(database: Database) -> None:
    with database.write() as session:
        person = people.add_person(session, HOOR, now=NOW, name="Astrid")
        for _ in range(2):
            people.consent(session, person, SMS, given_by=GivenBy.CONTACT_PERSON, now=NOW)
        (row,) = session.exec(select(Consent)).all()
        assert (row.given_at, row.given_by, row.withdrawn_at) == (NOW, GivenBy.CONTACT_PERSON, None)
        assert row.text_version


@pytest.mark.goal("P5")
def test_a_withdrawn_choice_stays_as_history_and_a_new_one_is_a_new_row(database: Database) -> None:
    with database.write() as session:
        person = a_person(session, sms=a_phone(0))
        for _ in range(2):
            people.withdraw(session, person.id or 0, SMS, now=LATER)
        people.consent(session, person, SMS, given_by=GivenBy.SELF, now=LATER)
        assert choices(session, person) == [(SMS, False), (SMS, True)]


def test_the_database_holds_one_choice_in_force_for_each_channel(database: Database) -> None:
    with database.write() as session:
        person_id = a_person(session, sms=a_phone(0)).id or 0
    twice = Consent(person_id=person_id, channel=SMS, text_version="x", given_at=NOW, given_by=GivenBy.SELF)
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(twice)


def test_the_same_address_again_changes_nothing(database: Database) -> None:
    with database.write() as session:
        person = a_person(session, email="Granne1@Post.example")
        people.add_address(session, person, EMAIL, "granne1@post.example", now=LATER)
        people.add_address(session, person, EMAIL, a_mailbox(2), now=LATER)
        people.add_address(session, a_person(session), EMAIL, a_mailbox(1), now=LATER)
        rows = session.exec(select(ContactAddress).order_by(ContactAddress.id)).all()  # type: ignore[arg-type]
        assert [row.value for row in rows] == ["Granne1@Post.example", a_mailbox(2), a_mailbox(1)]
        assert rows[0].lookup == rows[2].lookup != rows[1].lookup


def test_a_phone_and_a_mailbox_never_share_a_lookup(database: Database) -> None:
    with database.read() as session:
        assert people.lookup_of(session, SMS, "x") != people.lookup_of(session, EMAIL, "x")


def test_a_stop_closes_the_choices_of_all_who_have_the_address(database: Database) -> None:
    with database.write() as session:
        first = a_person(session, sms=a_phone(0), email=a_mailbox(0))
        second, other = a_person(session, sms=a_phone(0)), a_person(session, sms=a_phone(1))
        for _ in range(2):
            people.stop(session, SMS, phone_of(session), source="reply", now=LATER)
        assert choices(session, first) == [(SMS, False), (EMAIL, True)]
        assert choices(session, second) == [(SMS, False)]
        assert choices(session, other) == [(SMS, True)]
        (entry,) = session.exec(select(StopEntry)).all()
        assert (entry.since, entry.source) == (LATER, "reply")
        assert people.stopped_since(session, SMS, phone_of(session)) == LATER
        assert not people.is_wanted(session, SMS, phone_of(session))
        assert people.is_wanted(session, SMS, phone_of(session, 1))


def test_start_takes_back_a_stop(database: Database) -> None:
    with database.write() as session:
        person = a_person(session, sms=a_phone(0))
        people.stop(session, SMS, phone_of(session), source="reply", now=NOW)
        assert people.allow_again(session, SMS, phone_of(session), now=LATER)
        assert choices(session, person) == [(SMS, False), (SMS, True)]
        assert session.exec(select(StopEntry)).all() == []
        assert people.is_wanted(session, SMS, phone_of(session))


def test_start_from_a_number_that_nobody_has_starts_nothing(database: Database) -> None:
    with database.write() as session:
        people.stop(session, SMS, phone_of(session), source="reply", now=NOW)
        assert not people.allow_again(session, SMS, phone_of(session), now=LATER)
        assert session.exec(select(Consent)).all() == []


def test_a_pause_is_for_all_who_have_the_address(database: Database) -> None:
    with database.write() as session:
        first, second = a_person(session, sms=a_phone(0)), a_person(session, sms=a_phone(0))
        other = a_person(session, sms=a_phone(1))
        people.pause(session, SMS, phone_of(session), until=LATER)
        assert [person.paused_until for person in (first, second, other)] == [LATER, LATER, None]
        assert people.is_wanted(session, SMS, phone_of(session))


def test_who_has_only_typed_an_address_has_no_say_in_it_and_no_harm(database: Database) -> None:
    """A neighbour types somebody else's number as their new one: whatever its owner says is not theirs."""
    with database.write() as session:
        owner, other = a_person(session, sms=a_phone(0)), a_person(session, sms=a_phone(1))
        people.add_address(session, other, SMS, a_phone(0), now=NOW, is_confirmed=False)
        people.pause(session, SMS, phone_of(session), until=LATER)
        assert other.paused_until is None
        people.withdraw(session, other.id or 0, SMS, now=NOW)
        people.stop(session, SMS, phone_of(session), source="reply", now=NOW)
        people.allow_again(session, SMS, phone_of(session), now=LATER)
        assert choices(session, owner) == [(SMS, False), (SMS, True)]
        assert choices(session, other) == [(SMS, False)]
        assert [person.id for person in people.owners(session, SMS, phone_of(session))] == [owner.id]


def test_an_address_leads_to_whoever_has_proven_it(database: Database) -> None:
    with database.write() as session:
        on_paper, owner = a_person(session, sms=a_phone(0)), a_person(session, sms=a_phone(0))
        assert people.confirmed_address(session, SMS, phone_of(session)).person_id == on_paper.id  # type: ignore[union-attr]
        address = session.exec(select(ContactAddress).where(ContactAddress.person_id == owner.id)).one()
        people.prove_address(address, now=LATER)
        session.flush()
        assert people.confirmed_address(session, SMS, phone_of(session)).person_id == owner.id  # type: ignore[union-attr]


def test_an_address_dies_once(database: Database) -> None:
    with database.write() as session:
        person = a_person(session, sms=a_phone(0))
        row = session.exec(select(ContactAddress).where(ContactAddress.person_id == person.id)).one()
        people.mark_dead(session, [row.id or 0], code="30005", now=NOW)
        people.mark_dead(session, [row.id or 0], code="21614", now=LATER)
        session.refresh(row)
        assert (row.dead_since, row.dead_code) == (NOW, "30005")


# ---------------------------------------------------------------------------------------------------- one-click stop


def test_a_token_names_its_address_and_no_other(database: Database) -> None:
    with database.read() as session:
        lookup = people.lookup_of(session, EMAIL, a_mailbox(0))
        token = people.stop_token(database.vault, lookup)
        assert people.read_stop_token(session, token) == lookup
        assert a_mailbox(0) not in token


@pytest.mark.goal("S43")
@pytest.mark.parametrize("token", ["", "x", "A" * 30, "å" * 30, "=" * 30, "%00", "A" * 10_000])
def test_a_made_up_token_names_nobody(sqlite_database: Database, token: str) -> None:
    with sqlite_database.read() as session:
        assert people.read_stop_token(session, token) is None


def test_a_token_of_another_installation_names_nobody(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        lookup = people.lookup_of(session, EMAIL, a_mailbox(0))
        assert people.read_stop_token(session, people.stop_token(Vault(new_key(), new_key()), lookup)) is None


VAULT = Vault(new_key(), new_key())


@given(st.binary(min_size=LOOKUP_BYTES, max_size=LOOKUP_BYTES), st.integers(0, 29), st.sampled_from("abcXYZ019-_"))
def test_no_two_lookups_share_a_token(lookup: bytes, place: int, letter: str) -> None:
    token = people.stop_token(VAULT, lookup)
    other = people.stop_token(VAULT, bytes([lookup[0] ^ 1]) + lookup[1:])
    assert token != other
    assert token[-8:] != other[-8:]  # the check differs too, not only what it checks


@pytest.mark.parametrize("way", ["given again", "start"])
def test_a_dead_address_lives_again_when_its_owner_says_so(database: Database, way: str) -> None:
    with database.write() as session:
        person = a_person(session)
        address = people.add_address(session, person, SMS, a_phone(0), now=NOW)
        people.mark_dead(session, [address.id or 0], code="30005", now=NOW)
    with database.write() as session:
        if way == "start":
            assert people.allow_again(session, SMS, phone_of(session), now=LATER)
        else:
            again = session.get(Person, person.id)
            assert again is not None
            people.add_address(session, again, SMS, a_phone(0), now=LATER)
    with database.read() as session:
        assert session.exec(select(ContactAddress.dead_since)).all() == [None]
