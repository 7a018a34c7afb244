"""A joining, or an interest, that has begun in one browser: an address is given, and shown to be one's own.

Until the code is right there is a person and an address that nobody sees and nothing is sent to but the code. The work
is the same whether the address is known to us or not. What is not finished in time is forgotten whole, but never a
person on whom something else has come to rest: the same number may be under way in two browsers.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from grannsamverkan.domain import people
from grannsamverkan.domain.membership.drafts import Place
from grannsamverkan.domain.membership.erasing import is_needed, rests_on
from grannsamverkan.domain.membership.tables import Enrolment
from grannsamverkan.domain.networks import ContactPerson, HouseholdMember
from grannsamverkan.domain.people import ContactAddress, GivenBy, Person
from grannsamverkan.foundation.errors import Conflict, NotFound
from grannsamverkan.foundation.ports import ChannelKind

ENROLMENT_LIFE = timedelta(hours=24)
_MOST_AT_ONCE = 20  # each turn means that another copy of the form has been taken in


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
    _forget_before(session, ticket)
    person = people.add_person(session, municipality_code, now=now)
    row = people.add_address(session, person, channel, address, now=now, is_confirmed=False)
    for _ in range(_MOST_AT_ONCE):
        try:
            with session.begin_nested():
                session.add(_form(ticket, place, row, now))
        except IntegrityError:  # the form was sent several times at once: the one that comes last counts
            _forget_before(session, ticket)
        else:
            return row
    raise Conflict("sent_many_times")


def _form(ticket: bytes, place: Place | None, address: ContactAddress, now: datetime) -> Enrolment:
    return Enrolment(
        ticket_lookup=ticket,
        network_id=place.network_id if place else None,
        unit_id=place.unit_id if place else None,
        batch_id=place.batch_id if place else None,
        person_id=address.person_id,
        address_id=address.id,
        made_at=now,
        expires_at=now + ENROLMENT_LIFE,
    )


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


def forget_unfinished(session: Session, *, now: datetime) -> int:
    """Delete what was begun and not finished in time, with its person and address; returns how many.

    A form that is being sent at this moment is left for the next time.
    """
    late = select(Enrolment).where(col(Enrolment.expires_at) <= now).with_for_update(skip_locked=True)
    found = session.exec(late).all()
    for row in found:
        _forget(session, row)
    return len(found)


def one_person(session: Session, address: ContactAddress) -> Person:
    """Whoever has shown the same address to be theirs in this municipality: one person, not two.

    The one on whom something rests, else the first. The one made for this form goes when it is another.
    """
    made = session.get(Person, address.person_id)
    assert made is not None
    assert made.id is not None
    sharing = _sharing(session, made, address)
    keeper = next((person for person in sharing if rests_on(session, person.id or 0)), sharing[0])
    if keeper.id != made.id:
        _prove_for(session, keeper, address)
        session.execute(delete(ContactAddress).where(col(ContactAddress.id) == address.id))
        _forget_person(session, made.id)
    return keeper


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


def _sharing(session: Session, made: Person, address: ContactAddress) -> list[Person]:
    """All who have confirmed the address, in the order they came; locked, so that two forms with one number that are
    finished at the same time agree on who stays."""
    rows = (
        select(Person)
        .join(ContactAddress, col(ContactAddress.person_id) == col(Person.id))
        .where(
            Person.municipality_code == made.municipality_code,
            ContactAddress.channel == address.channel,
            ContactAddress.lookup == address.lookup,
            col(ContactAddress.confirmed_at).is_not(None),
        )
        .order_by(col(Person.id))
        .with_for_update(of=Person)
        .execution_options(populate_existing=True)
    )
    return list(session.exec(rows)) or [made]


def _forget_before(session: Session, ticket: bytes) -> None:
    row = session.get(Enrolment, ticket, with_for_update=True)
    if row is not None:
        _forget(session, row)


def _forget(session: Session, row: Enrolment) -> None:
    """The form goes first: what it holds is no reason to keep its person."""
    person_id = row.person_id if row.finished_at is None else None
    session.delete(row)
    session.flush()
    if person_id is not None:
        _forget_person(session, person_id)


def _forget_person(session: Session, person_id: int) -> None:
    """A person who never came further than a form goes, with their address; anybody else stays.

    The row is locked before it is asked about: a request that is being written in this moment holds the lock, and is
    seen when it lets go. Most of what a person has hangs on their row and would go with it without a word.
    """
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or is_needed(session, person_id) or _has_past(session, person_id):
        return
    session.execute(delete(Person).where(col(Person.id) == person_id))
    session.expire_all()


def _has_past(session: Session, person_id: int) -> bool:
    """Whether counts of past days rest on the person."""
    lived = select(HouseholdMember.id).where(HouseholdMember.person_id == person_id)
    carried = select(ContactPerson.id).where(ContactPerson.person_id == person_id)
    return any(session.exec(rows.limit(1)).first() is not None for rows in (lived, carried))
