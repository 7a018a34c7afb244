"""Joining, step by step: an address is given, shown to be one's own, and chosen; then the household is in, or asks.

Until the code is right there is a person and an address that nobody sees and nothing is sent to but the code. The work
is the same whether the address is known to us or not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, exists
from sqlmodel import Session, col, select

from grannsamverkan.domain import lifecycle, networks, people
from grannsamverkan.domain.membership import slips
from grannsamverkan.domain.membership.tables import Enrolment, JoinRequest, RequestState
from grannsamverkan.domain.networks import Household, HouseholdMember, JoinedBy, Shows
from grannsamverkan.domain.people import ContactAddress, GivenBy, Person
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.ports import ChannelKind

ENROLMENT_LIFE = timedelta(hours=24)


class JoinOutcome(StrEnum):
    """What came of it."""

    JOINED = "joined"
    WAITING = "waiting"
    ALREADY = "already"


@dataclass(frozen=True)
class Place:
    """Where somebody wants to join; with a slip, the batch it belongs to."""

    network_id: int
    unit_id: int | None = None
    batch_id: int | None = None


@dataclass(frozen=True)
class Choices:
    """What a joiner lets their contact person see, and what the household is called (empty: nothing)."""

    shows: Shows = Shows.NOTHING
    label: str = ""


@dataclass(frozen=True)
class Joined:
    """Who has joined, or asked: `household` only when they are in."""

    outcome: JoinOutcome
    person: Person
    network_id: int
    household: Household | None = None
    request: JoinRequest | None = None


def begin(
    session: Session,
    ticket: bytes,
    place: Place | None,
    municipality_code: str,
    channel: ChannelKind,
    address: str,
    *,
    now: datetime,
) -> ContactAddress:
    """Somebody gives an address in a browser (`ticket`, hashed). Whatever they gave there before is forgotten."""
    _forget_enrolment(session, session.get(Enrolment, ticket))
    person = people.add_person(session, municipality_code, now=now)
    row = people.add_address(session, person, channel, address, now=now, is_confirmed=False)
    session.add(
        Enrolment(
            ticket_lookup=ticket,
            network_id=place.network_id if place else None,
            unit_id=place.unit_id if place else None,
            batch_id=place.batch_id if place else None,
            person_id=person.id,
            address_id=row.id,
            made_at=now,
            expires_at=now + ENROLMENT_LIFE,
        )
    )
    session.flush()
    return row


def enrolment(session: Session, ticket: bytes, *, now: datetime) -> Enrolment:
    """What this browser is about to join; NotFound when there is nothing, or its time is out."""
    row = session.get(Enrolment, ticket, with_for_update=True)
    if row is None or row.expires_at <= now:
        raise NotFound
    return row


def confirm(session: Session, ticket: bytes, lookup: bytes, *, now: datetime) -> Enrolment:
    """The code sent to the address `lookup` was right: it is theirs. NotFound; also when another was given since."""
    row = enrolment(session, ticket, now=now)
    address = session.get(ContactAddress, row.address_id)
    if address is None or address.lookup != lookup:
        raise NotFound
    people.prove_address(address, now=now)
    row.confirmed_at = row.confirmed_at or now
    return row


def confirm_for_interest(session: Session, ticket: bytes, lookup: bytes, *, now: datetime) -> tuple[int, int]:
    """The code of somebody who only tells their interest was right; (person, address). Their choice is to be asked.

    NotFound when there is nothing under way.
    """
    row = confirm(session, ticket, lookup, now=now)
    address, person = session.get(ContactAddress, row.address_id), session.get(Person, row.person_id)
    if address is None or address.id is None or person is None or person.id is None:
        raise NotFound
    people.consent(session, person, ChannelKind(address.channel), given_by=GivenBy.SELF, now=now, source="interest")
    row.finished_at = now
    return person.id, address.id


def finish(session: Session, ticket: bytes, choices: Choices, *, now: datetime) -> Joined:
    """The household is in, asks to be let in, or was in already. NotFound before the code was right, and afterwards."""
    row = enrolment(session, ticket, now=now)
    address = session.get(ContactAddress, row.address_id)
    if row.confirmed_at is None or row.finished_at is not None or row.network_id is None or address is None:
        raise NotFound
    row.finished_at = now
    channel, lookup = ChannelKind(address.channel), address.lookup
    person = _one_person(session, address)
    if people.stopped_since(session, channel, lookup) is not None:
        people.allow_again(session, channel, lookup, now=now)  # to prove the address and tick the box is a new choice
    source = JoinedBy.SLIP if row.batch_id is not None else JoinedBy.WEB
    people.consent(session, person, channel, given_by=GivenBy.SELF, now=now, source=source.value)
    place = Place(row.network_id, row.unit_id, row.batch_id)
    row.person_id, row.address_id = person.id, None
    return _let_in_or_ask(session, person, place, choices, source, now)


def _let_in_or_ask(
    session: Session, person: Person, place: Place, choices: Choices, source: JoinedBy, now: datetime
) -> Joined:
    assert person.id is not None
    if household_in(session, person.id, place.network_id) is not None:
        return Joined(JoinOutcome.ALREADY, person, place.network_id)
    if place.batch_id is not None and slips.use(session, place.batch_id, now=now):
        household = let_in(session, person, place, choices, source, now=now)
        return Joined(JoinOutcome.JOINED, person, place.network_id, household)
    waiting = select(JoinRequest).where(
        JoinRequest.person_id == person.id,
        JoinRequest.network_id == place.network_id,
        JoinRequest.state == RequestState.WAITING,
    )
    request = session.exec(waiting).first()
    if request is None:
        request = JoinRequest(
            network_id=place.network_id,
            unit_id=place.unit_id,
            person_id=person.id,
            label=choices.label or None,
            shows=choices.shows,
            joined_by=JoinedBy.WEB,
            asked_at=now,
        )
        session.add(request)
        session.flush()
    return Joined(JoinOutcome.WAITING, person, place.network_id, request=request)


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
    """A household of this person joins, and is its stairwell's or street's contact person's to inform."""
    assert person.id is not None
    network = networks.network(session, place.network_id)
    household = networks.add_household(
        session,
        network,
        now=now,
        unit=networks.unit_of(session, place.network_id, place.unit_id),
        label=choices.label or None,
        shows=choices.shows,
        joined_by=source,
        landline=landline,
    )
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


def forget_unfinished(session: Session, *, now: datetime) -> int:
    """Delete what was begun and not finished in time, with its unconfirmed person and address; returns how many."""
    late = session.exec(select(Enrolment).where(col(Enrolment.expires_at) <= now)).all()
    for row in late:
        _forget_enrolment(session, row)
    session.flush()
    return len(late)


def _forget_enrolment(session: Session, row: Enrolment | None) -> None:
    if row is None:
        return
    if row.finished_at is None and row.person_id is not None:
        _delete_person(session, row.person_id)
    session.delete(row)
    session.flush()


def _one_person(session: Session, address: ContactAddress) -> Person:
    """Whoever has shown the same address to be theirs before in this municipality: one person, not two.

    Otherwise the one who has just been made for it.
    """
    made = session.get(Person, address.person_id)
    assert made is not None
    assert made.id is not None
    for known in people.owners(session, ChannelKind(address.channel), address.lookup):
        if known.id != made.id and known.municipality_code == made.municipality_code:
            _prove_for(session, known, address)
            _delete_person(session, made.id)
            return known
    return made


def _prove_for(session: Session, person: Person, address: ContactAddress) -> None:
    """The code that came back proves the address for the one whose it was before, too."""
    theirs = select(ContactAddress).where(
        ContactAddress.person_id == person.id,
        ContactAddress.channel == address.channel,
        ContactAddress.lookup == address.lookup,
    )
    for row in session.exec(theirs):
        people.prove_address(row, now=address.proven_at or address.created_at)
    session.flush()


def _delete_person(session: Session, person_id: int) -> None:
    """A person who never came further than a form: the row goes, and its address with it."""
    lives_somewhere = exists().where(col(HouseholdMember.person_id) == col(Person.id))
    session.execute(delete(Person).where(col(Person.id) == person_id, ~lives_somewhere))
    session.expire_all()


def decide(
    session: Session, request: JoinRequest, *, is_approved: bool, account_id: int, now: datetime
) -> Joined | None:
    """Let the household in (then it is returned), or not (then what it told us is erased). Decided once: a second
    decision changes nothing and returns None."""
    session.refresh(request, with_for_update=True)
    if request.state is not RequestState.WAITING:
        return None
    request.decided_at, request.decided_by = now, account_id
    person = session.get(Person, request.person_id)
    assert person is not None
    if not is_approved:
        request.state, request.label = RequestState.DECLINED, None
        return None
    choices = Choices(request.shows, request.label or "")
    request.state, request.label = RequestState.APPROVED, None
    if household_in(session, request.person_id, request.network_id) is not None:
        return Joined(JoinOutcome.ALREADY, person, request.network_id)
    place = Place(request.network_id, request.unit_id)
    household = let_in(session, person, place, choices, request.joined_by, now=now)
    request.household_id = household.id
    return Joined(JoinOutcome.JOINED, person, request.network_id, household)


def requests(session: Session, network_ids: list[int]) -> list[JoinRequest]:
    """Who waits to be let in to these networks, the oldest first."""
    rows = (
        select(JoinRequest)
        .where(col(JoinRequest.network_id).in_(network_ids), JoinRequest.state == RequestState.WAITING)
        .order_by(col(JoinRequest.asked_at))
    )
    return list(session.exec(rows))


def request(session: Session, network_id: int, request_id: int) -> JoinRequest:
    """One of the network's requests, decided or not; NotFound."""
    row = session.get(JoinRequest, request_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


@dataclass(frozen=True)
class DoorEntry:
    """What a neighbour has given on paper. `consented_on` is the date of the paper."""

    place: Place
    choices: Choices
    addresses: tuple[tuple[ChannelKind, str], ...]
    landline: str | None
    consented_at: datetime


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
