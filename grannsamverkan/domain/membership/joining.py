"""Joining: the choice is made, and the household is in, or asks; and neighbours who are written in at the door."""

from datetime import datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain import lifecycle, networks, people
from grannsamverkan.domain.membership import slips
from grannsamverkan.domain.membership.drafts import Choices, DoorEntry, Joined, JoinOutcome, Place
from grannsamverkan.domain.membership.enrolments import enrolment, one_person
from grannsamverkan.domain.membership.tables import Enrolment, JoinRequest, RequestState
from grannsamverkan.domain.networks import Household, HouseholdMember, JoinedBy, NetworkState, WatchNetwork
from grannsamverkan.domain.people import ContactAddress, GivenBy, Person
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind


def finish(session: Session, ticket: bytes, choices: Choices, *, now: datetime) -> Joined:
    """The household is in, asks to be let in, or was in already. Sent twice, it tells what came of it the first time.

    Raises:
        NotFound: before the code was right. Refused: network_ended.
    """
    row = enrolment(session, ticket, now=now)
    if row.confirmed_at is None or row.network_id is None:
        raise NotFound
    if row.finished_at is not None:
        return _already_done(session, row)
    network = joinable(session, row.network_id)
    address = session.get(ContactAddress, row.address_id)
    if address is None or network.id is None:
        raise NotFound
    place = Place(network.id, row.unit_id if network.id == row.network_id else None, row.batch_id)
    row.finished_at, row.address_id, row.network_id, row.unit_id = now, None, place.network_id, place.unit_id
    channel, lookup = ChannelKind(address.channel), address.lookup
    person = one_person(session, address)
    row.person_id = person.id
    if people.stopped_since(session, channel, lookup) is not None:
        people.allow_again(session, channel, lookup, now=now)  # to prove the address and tick the box is a new choice
    source = JoinedBy.SLIP if row.batch_id is not None else JoinedBy.WEB
    people.consent(session, person, channel, given_by=GivenBy.SELF, now=now, source=source.value)
    return _let_in_or_ask(session, person, place, choices, source, now)


def joinable(session: Session, network_id: int) -> WatchNetwork:
    """Where somebody who wants to join this network joins: it, or what it has become a part of.

    A network that rests, or has only begun, may be joined: it is told there that nothing is sent yet.

    Raises:
        NotFound; Refused: network_ended.
    """
    network = networks.successor(session, network_id)
    if networks.state_of(session, network.id or 0) is NetworkState.ENDED:
        raise Refused("network_ended", municipality=network.municipality_code)
    return network


def _already_done(session: Session, row: Enrolment) -> Joined:
    assert row.network_id is not None
    person = session.get(Person, row.person_id)
    if person is None:
        raise NotFound
    household = household_in(session, person.id or 0, row.network_id)
    outcome = JoinOutcome.JOINED if household is not None else JoinOutcome.WAITING
    return Joined(outcome, person, row.network_id, household, is_new=False)


def _let_in_or_ask(
    session: Session, person: Person, place: Place, choices: Choices, source: JoinedBy, now: datetime
) -> Joined:
    assert person.id is not None
    if household_in(session, person.id, place.network_id) is not None:
        return Joined(JoinOutcome.ALREADY, person, place.network_id)
    if place.batch_id is not None and slips.use(session, place.batch_id, now=now):
        household = let_in(session, person, place, choices, source, now=now)
        # At the door and when asked, whoever writes in or answers takes the household; by slip nobody is there to.
        networks.assign_to_fewest(session, household, now=now)
        return Joined(JoinOutcome.JOINED, person, place.network_id, household)
    asked = ask_to_be_let_in(session, person, place, choices, now=now)
    return Joined(JoinOutcome.WAITING, person, place.network_id, request=asked)


def ask_to_be_let_in(session: Session, person: Person, place: Place, choices: Choices, *, now: datetime) -> JoinRequest:
    """The person waits for the contact person's answer; asked again, it is the same request."""
    assert person.id is not None
    waiting = select(JoinRequest).where(
        JoinRequest.person_id == person.id,
        JoinRequest.network_id == place.network_id,
        JoinRequest.state == RequestState.WAITING,
    )
    asked = session.exec(waiting).first()
    if asked is None:
        asked = JoinRequest(
            network_id=place.network_id,
            unit_id=place.unit_id,
            person_id=person.id,
            label=choices.label or None,
            shows=choices.shows,
            joined_by=JoinedBy.WEB,
            asked_at=now,
        )
        session.add(asked)
        session.flush()
    return asked


def let_in(
    session: Session,
    person: Person,
    place: Place,
    choices: Choices,
    source: JoinedBy,
    *,
    now: datetime,
    landline: str | None = None,
) -> Household:
    """A household of this person joins, and is its stairwell's or street's contact person's to inform.

    The one door into a network. Raises Refused: network_ended.
    """
    assert person.id is not None
    network = networks.network(session, place.network_id, to_join=True)
    if networks.state_of(session, place.network_id) is NetworkState.ENDED:
        raise Refused("network_ended", municipality=network.municipality_code)
    household = networks.add_household(
        session,
        network,
        now=now,
        unit=networks.current_unit(session, place.network_id, place.unit_id),
        label=choices.label or None,
        shows=choices.shows,
        joined_by=source,
        landline=landline,
    )
    if network.has_member_list:
        household.to_neighbours = choices.to_neighbours
    networks.join(session, household, person.id, now=now)
    networks.assign_by_unit(session, household, now=now)
    lifecycle.close_interests_of(session, person.id, place.network_id, now=now)
    return household


def household_in(session: Session, person_id: int, network_id: int) -> Household | None:
    """The person's household in the network, if they are in it now."""
    rows = (
        select(Household)
        .join(HouseholdMember, col(HouseholdMember.household_id) == col(Household.id))
        .where(
            HouseholdMember.person_id == person_id,
            col(HouseholdMember.until).is_(None),
            Household.network_id == network_id,
            col(Household.left_at).is_(None),
        )
    )
    return session.exec(rows).first()


def add_at_door(session: Session, municipality_code: str, entry: DoorEntry, *, now: datetime) -> Joined:
    """A contact person writes in a neighbour, as the neighbour has signed on paper. Whether an address is known to us
    already makes no difference that could be seen; one that has said STOPP stays stopped until its owner says START."""
    person = people.add_person(session, municipality_code, now=now)
    for channel, value in entry.addresses:
        people.add_address(session, person, channel, value, now=now)
        people.consent(
            session,
            person,
            channel,
            given_by=GivenBy.CONTACT_PERSON,
            now=entry.consented_at,
            source=JoinedBy.DOORSTEP.value,
        )
    people.share_pause(session, person, now=now)
    household = let_in(session, person, entry.place, entry.choices, JoinedBy.DOORSTEP, now=now, landline=entry.landline)
    return Joined(JoinOutcome.JOINED, person, entry.place.network_id, household)
