"""One number in several browsers: whoever has asked, joined or told their interest is never lost with the rest."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from grannsamverkan.domain import lifecycle, membership, networks, people
from grannsamverkan.domain.lifecycle import Interest
from grannsamverkan.domain.membership import Choices, Enrolment, Joined, JoinOutcome, JoinRequest, Place, RequestState
from grannsamverkan.domain.networks import ContactRole, Household, JoinedBy, NetworkKind, NetworkState, Shows
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.at_once import at_once
from tests.support.builders import HOOR, NOW, a_network, a_phone

LATE = NOW + timedelta(hours=25)
PHONE = a_phone(0)


def begun(session: Session, browser: bytes, place: Place | None, phone: str = PHONE) -> None:
    """From the address to the right code."""
    address = membership.begin(session, browser, place, HOOR, ChannelKind.SMS, phone, now=NOW)
    membership.confirm(session, browser, address.lookup, now=NOW)


def finished(session: Session, browser: bytes) -> Joined:
    return membership.finish(session, browser, Choices(Shows.NAME, "Hus 3"), now=NOW)


def waiting(session: Session) -> list[JoinRequest]:
    return list(session.exec(select(JoinRequest).where(JoinRequest.state == RequestState.WAITING)))


@pytest.mark.parametrize("first_to_begin", [b"one", b"two"])
@pytest.mark.parametrize("end", ["time", "again"])
def test_a_request_outlives_the_other_browsers_form(database: Database, first_to_begin: bytes, end: str) -> None:
    other = b"two" if first_to_begin == b"one" else b"one"
    with database.write() as session:
        network_id = a_network(session).id or 0
        for browser in (first_to_begin, other):
            begun(session, browser, Place(network_id))
    with database.write() as session:
        assert finished(session, b"one").outcome is JoinOutcome.WAITING
    with database.write() as session:
        if end == "time":
            membership.forget_unfinished(session, now=LATE)
        else:
            membership.begin(session, b"two", Place(network_id), HOOR, ChannelKind.SMS, a_phone(1), now=NOW)
    with database.write() as session:
        (asked,) = waiting(session)
        owners = people.owners(session, ChannelKind.SMS, people.lookup_of(session, ChannelKind.SMS, PHONE))
        assert [person.id for person in owners] == [asked.person_id]


def test_the_other_browser_may_finish_too_and_it_is_one_request(database: Database) -> None:
    with database.write() as session:
        network_id = a_network(session).id or 0
        for browser in (b"one", b"two"):
            begun(session, browser, Place(network_id))
    for browser in (b"one", b"two"):
        with database.write() as session:
            assert finished(session, browser).outcome is JoinOutcome.WAITING
    with database.write() as session:
        assert len(waiting(session)) == 1
        assert len(session.exec(select(Person)).all()) == 1


def test_an_interest_outlives_a_form_begun_beside_it(database: Database) -> None:
    with database.write() as session:
        network_id = a_network(session).id or 0
        begun(session, b"join", Place(network_id))
        address = membership.begin(session, b"interest", None, HOOR, ChannelKind.SMS, PHONE, now=NOW)
        lifecycle.tell_interest(
            session, HOOR, address.person_id, NetworkKind.VILLA, "Ekvägen", wants_to_help=False, now=NOW
        )
        person_id, _ = membership.confirm_for_interest(session, b"interest", address.lookup, now=NOW)
        lifecycle.confirm_interest(session, person_id, now=NOW)
    with database.write() as session:
        finished(session, b"join")
        membership.forget_unfinished(session, now=LATE)
        assert len(waiting(session)) == 1
        assert len(session.exec(select(Interest).where(col(Interest.confirmed_at).is_not(None))).all()) == 1


def test_what_was_only_begun_is_forgotten_whole(database: Database) -> None:
    with database.write() as session:
        begun(session, b"one", Place(a_network(session).id or 0))
        address = membership.begin(session, b"two", None, HOOR, ChannelKind.SMS, PHONE, now=NOW)
        lifecycle.tell_interest(
            session, HOOR, address.person_id, NetworkKind.VILLA, "Ekvägen", wants_to_help=False, now=NOW
        )
    with database.write() as session:
        assert membership.forget_unfinished(session, now=LATE) == 2
        for table in (Person, ContactAddress, Interest, Enrolment):
            assert session.exec(select(table)).all() == [], table


@pytest.mark.parametrize("carries", ["household", "role", "request", "interest", "past household", "past role"])
def test_nobody_is_deleted_on_whom_something_rests(database: Database, carries: str) -> None:
    with database.write() as session:
        network = a_network(session)
        begun(session, b"one", Place(network.id or 0))
        person = session.exec(select(Person)).one()
        person_id = person.id or 0
        if "household" in carries:
            household = networks.add_household(session, network, now=NOW)
            networks.join(session, household, person_id, now=NOW)
            if carries.startswith("past"):
                networks.leave(session, household, now=NOW)
        elif "role" in carries:
            role = networks.add_contact_person(session, network, person_id, ContactRole.LEAD, now=NOW)
            role.until = NOW if carries.startswith("past") else None
        elif carries == "request":
            session.add(
                JoinRequest(
                    network_id=network.id or 0,
                    person_id=person_id,
                    shows=Shows.NAME,
                    joined_by=JoinedBy.WEB,
                    asked_at=NOW,
                )
            )
        else:
            row = lifecycle.tell_interest(
                session, HOOR, person_id, NetworkKind.VILLA, "Ekvägen", wants_to_help=False, now=NOW
            )
            row.confirmed_at = NOW
    with database.write() as session:
        membership.forget_unfinished(session, now=LATE)
        assert session.get(Person, person_id) is not None
        assert session.exec(select(Enrolment)).all() == []


# ------------------------------------------------------------------------------------------------- at the same time


def test_two_browsers_finish_at_once_with_one_number(database: Database) -> None:
    with database.write() as session:
        network_id = a_network(session).id or 0
        for browser in (b"one", b"two"):
            begun(session, browser, Place(network_id))
    browsers = iter((b"one", b"two"))

    def finish() -> JoinOutcome:
        browser = next(browsers)
        with database.write() as session:
            return finished(session, browser).outcome

    assert at_once(finish, 2) == [JoinOutcome.WAITING] * 2
    with database.read() as session:
        assert len(waiting(session)) == 1
        assert len(session.exec(select(Person)).all()) == 1


def test_a_form_is_finished_while_the_other_is_forgotten(database: Database) -> None:
    for turn in range(5):
        with database.write() as session:
            network_id = a_network(session, f"Nyby {turn}").id or 0
            for browser in (b"one", b"two"):
                begun(session, browser + bytes([turn]), Place(network_id), a_phone(turn))
            other = session.get(Enrolment, b"one" + bytes([turn]))
            assert other is not None
            other.expires_at = NOW
        acts = iter((True, False))

        def act(turn: int = turn) -> None:
            is_finishing = next(acts)  # noqa: B023
            with database.write() as session:
                if is_finishing:
                    finished(session, b"two" + bytes([turn]))
                else:
                    membership.forget_unfinished(session, now=NOW)

        at_once(act, 2)
        with database.read() as session:
            assert len([row for row in waiting(session) if row.network_id == network_id]) == 1


def test_a_form_sent_twice_at_once_is_one_form(database: Database) -> None:
    with database.write() as session:
        place = Place(a_network(session).id or 0)

    def begin() -> None:
        with database.write() as session:
            membership.begin(session, b"one", place, HOOR, ChannelKind.SMS, PHONE, now=NOW)

    at_once(begin, 3)
    with database.read() as session:
        assert len(session.exec(select(Enrolment)).all()) == 1
        assert len(session.exec(select(Person)).all()) == 1


def test_the_last_slip_lets_in_one(database: Database) -> None:
    with database.write() as session:
        network = a_network(session, state=NetworkState.ACTIVE)
        batch = membership.make_batch(session, network, None, slips=1, days=30, account_id=1, now=NOW)
        batch.uses = batch.most_uses - 1
        place = Place(network.id or 0, None, batch.id)
        for number in range(3):
            begun(session, bytes([number]), place, a_phone(number))
    browsers = iter(range(3))

    def finish() -> JoinOutcome:
        browser = bytes([next(browsers)])
        with database.write() as session:
            return finished(session, browser).outcome

    assert sorted(at_once(finish, 3)) == sorted([JoinOutcome.JOINED, JoinOutcome.WAITING, JoinOutcome.WAITING])
    with database.read() as session:
        assert len(session.exec(select(Household)).all()) == 1


def test_two_contact_persons_decide_at_once_and_one_of_them_counts(database: Database) -> None:
    with database.write() as session:
        begun(session, b"one", Place(a_network(session).id or 0))
        finished(session, b"one")
    answers = iter((True, False))

    def decide() -> tuple[bool, bool, RequestState]:
        wanted = next(answers)
        with database.write() as session:
            asked = session.exec(select(JoinRequest)).one()
            decided = membership.decide(session, asked, is_approved=wanted, account_id=1, now=NOW)
            return wanted, decided.is_new, decided.state

    told = at_once(decide, 2)
    (fresh,) = [one for one in told if one[1]]
    assert {one[2] for one in told} == {RequestState.APPROVED if fresh[0] else RequestState.DECLINED}
    with database.read() as session:
        assert len(session.exec(select(Household)).all()) == int(fresh[0])


def test_with_several_for_the_whole_network_a_joiner_by_slip_goes_to_whoever_has_fewest(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        roles = []
        for role in (ContactRole.CONTACT_PERSON, ContactRole.CONTACT_PERSON, ContactRole.DEPUTY):
            person = people.add_person(session, HOOR, now=NOW)
            roles.append(networks.add_contact_person(session, network, person.id or 0, role, now=NOW))
        batch = membership.make_batch(session, network, None, slips=3, days=30, account_id=1, now=NOW)
        for number in range(3):
            browser = f"slip {number}".encode()
            begun(session, browser, Place(network.id or 0, None, batch.id), a_phone(number))
            assert finished(session, browser).outcome is JoinOutcome.JOINED
        shares = networks.coverage(session, network.id or 0, guidance=12).households_of
    assert [shares.get(role.id or 0, 0) for role in roles] == [2, 1, 0]
