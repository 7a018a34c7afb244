"""Leaving: what somebody told us goes wherever it is written down, and nobody else's."""

import pytest
from sqlmodel import select

from grannsamverkan.domain import membership, networks, people
from grannsamverkan.domain.membership import Choices, DoorEntry, Place
from grannsamverkan.domain.networks import Shows
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import HOOR, NOW, a_household, a_mailbox, a_network, a_person, a_phone

SMS = ChannelKind.SMS


def test_of_two_who_live_together_one_is_erased_and_the_other_stays(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        one, other = a_person(session, sms=a_phone(0)), a_person(session, sms=a_phone(1))
        a_household(session, network, one, other)
        membership.erase_person(session, one.id or 0, now=NOW)
        assert membership.households_of(session, one.id or 0) == []
        assert len(membership.households_of(session, other.id or 0)) == 1
        assert networks.joined_count(session, network.id or 0) == 1
        membership.erase_person(session, other.id or 0, now=NOW)
        assert networks.joined_count(session, network.id or 0) == 0


@pytest.mark.goal("P4")
def test_whoever_was_written_in_once_more_is_erased_too_and_nobody_else(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        owner = a_person(session, sms=a_phone(0))
        again = _at_the_door(session, network.id or 0, a_phone(0))
        beside = a_person(session, sms=a_phone(0), email=a_mailbox(1))  # shares the phone, and has a mailbox
        for person in (owner, beside):
            a_household(session, network, person)
        address = session.exec(select(ContactAddress).where(ContactAddress.person_id == owner.id)).one()
        people.prove_address(address, now=NOW)
        membership.erase_everywhere(session, owner.id or 0, now=NOW)
        lookup = people.lookup_of(session, SMS, a_phone(0))
        assert not people.is_wanted(session, SMS, lookup)
        living = [bool(membership.households_of(session, one.id or 0)) for one in (owner, again, beside)]
        assert living == [False, False, True]


def test_an_address_on_paper_erases_nobody_else(database: Database) -> None:
    """A number that somebody wrote on a paper may be another's."""
    with database.write() as session:
        network = a_network(session)
        owner = a_person(session, sms=a_phone(0))
        a_household(session, network, owner)
        other = _at_the_door(session, network.id or 0, a_phone(0))
        membership.erase_everywhere(session, other.id or 0, now=NOW)
        assert len(membership.households_of(session, owner.id or 0)) == 1
        assert people.is_wanted(session, SMS, people.lookup_of(session, SMS, a_phone(0)))


def test_whoever_is_written_in_during_a_pause_keeps_it(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        owner = a_person(session, sms=a_phone(0))
        lookup = people.lookup_of(session, SMS, a_phone(0))
        until = NOW.replace(day=18)
        people.pause(session, SMS, lookup, until=until)
        again = _at_the_door(session, network.id or 0, a_phone(0))
        assert owner.paused_until == again.paused_until == until
        assert not people.is_wanted(session, SMS, lookup, unpaused_at=NOW)


def _at_the_door(session, network_id: int, phone: str) -> Person:  # type: ignore[no-untyped-def]
    entry = DoorEntry(Place(network_id), Choices(Shows.NAME, "Hus 1"), ((SMS, phone),), None, NOW)
    return membership.add_at_door(session, HOOR, entry, now=NOW).person
