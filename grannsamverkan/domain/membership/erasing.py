"""Leaving: what somebody told us goes at once; the household stays as a number."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from grannsamverkan.domain import keeping, networks, notices, people
from grannsamverkan.domain.lifecycle import Interest
from grannsamverkan.domain.membership.tables import Enrolment, JoinRequest, RequestState
from grannsamverkan.domain.networks import ContactPerson, Household, HouseholdMember
from grannsamverkan.domain.notices import Notice, NoticeState
from grannsamverkan.domain.people import Consent, ContactAddress, Person
from grannsamverkan.foundation.ports import ChannelKind


def leave(
    session: Session, household: Household, *, now: datetime, person_id: int | None = None
) -> list[ContactAddress]:
    """The household leaves its network, and what its people told us is erased unless it is needed elsewhere.

    With `person_id` only that person leaves: those who share the household stay in it.
    Returns the addresses that no warning may be handed over to any more (deliveries.stop_waiting). They are the last
    to go: a farewell may be queued to them, and `forget_leavers` deletes them after it.
    """
    members = [person_id] if person_id is not None else networks.people_of(session, [household.id or 0])
    for row in _living(session, household, members):
        keeping.note_moved_out(session, row.household_id, row.person_id, row.since, now=now)
    if person_id is not None:
        networks.move_out(session, household, person_id, now=now)
    else:
        networks.leave(session, household, now=now)
    session.flush()
    gone: list[ContactAddress] = []
    for member_id in members:
        gone += erase_person(session, member_id, now=now, unless_needed=True)
    return gone


def erase_person(
    session: Session, person_id: int, *, now: datetime, unless_needed: bool = False
) -> list[ContactAddress]:
    """Erase name and choices of a person, and let them leave everywhere. Returns their addresses; see `leave`.

    `unless_needed`: not while they live in another household, carry a contact role, wait to be let in or have told
    their interest. What stays is a row without content, so that counts of the past stay true.
    """
    if unless_needed and is_needed(session, person_id):
        return []
    for household in households_of(session, person_id):
        networks.move_out(session, household, person_id, now=now)
    addresses = list(session.exec(select(ContactAddress).where(ContactAddress.person_id == person_id)))
    notices.cancel_waiting_for(session, [row.id for row in addresses if row.id is not None], now=now)
    open_consents = update(Consent).where(col(Consent.person_id) == person_id, col(Consent.withdrawn_at).is_(None))
    session.execute(open_consents.values(withdrawn_at=now))
    session.execute(delete(Interest).where(col(Interest.person_id) == person_id))
    withdrawn = update(JoinRequest).where(
        col(JoinRequest.person_id) == person_id, col(JoinRequest.state) == RequestState.WAITING
    )
    session.execute(withdrawn.values(state=RequestState.WITHDRAWN, label=None, decided_at=now))
    networks.end_roles_of(session, person_id, now=now, because="left")
    session.execute(update(Person).where(col(Person.id) == person_id).values(name=None, paused_until=None))
    created_at = session.exec(select(Person.created_at).where(Person.id == person_id)).first()
    if created_at is not None:
        keeping.note_erased(session, person_id, created_at, now=now)
        session.flush()
    session.expire_all()
    return addresses


def _living(session: Session, household: Household, people_ids: Iterable[int]) -> list[HouseholdMember]:
    rows = select(HouseholdMember).where(
        HouseholdMember.household_id == household.id,
        col(HouseholdMember.person_id).in_(list(people_ids)),
        col(HouseholdMember.until).is_(None),
    )
    return list(session.exec(rows))


def forget_role(session: Session, person_id: int, *, now: datetime) -> bool:
    """Forget whoever was a contact person: everything, or only the register's name where something else rests on the
    rest. Returns whether anything was left to forget."""
    if not is_needed(session, person_id):
        erase_person(session, person_id, now=now)
        return True
    named = update(Person).where(col(Person.id) == person_id, col(Person.name).is_not(None)).values(name=None)
    return session.execute(named).rowcount > 0  # type: ignore[attr-defined, no-any-return]


def erase_everywhere(session: Session, person_id: int, *, now: datetime) -> list[ContactAddress]:
    """Erase a person, and whoever is written down with nothing but addresses that this person has proven: a neighbour
    whom a contact person wrote in once more, or who is known in two municipalities. Nothing more goes to any of these
    addresses, wherever else they stand. Returns the addresses; see `leave`."""
    own = session.exec(select(ContactAddress).where(ContactAddress.person_id == person_id)).all()
    proven = {(row.channel, row.lookup) for row in own if row.proven_at is not None}
    twins = _known_only_by(session, proven) - {person_id}
    for channel, lookup in proven:
        people.close_address(session, ChannelKind(channel), lookup, now=now)
    gone = erase_person(session, person_id, now=now)
    for twin in sorted(twins):
        gone += erase_person(session, twin, now=now)
    return gone


def _known_only_by(session: Session, addresses: set[tuple[int, bytes]]) -> set[int]:
    """People with a confirmed address, who have none but these."""
    asked = select(ContactAddress.person_id).where(col(ContactAddress.lookup).in_([lookup for _, lookup in addresses]))
    rows = session.exec(
        select(ContactAddress).where(
            col(ContactAddress.person_id).in_(asked), col(ContactAddress.confirmed_at).is_not(None)
        )
    )
    theirs: dict[int, set[tuple[int, bytes]]] = {}
    for row in rows:
        theirs.setdefault(row.person_id, set()).add((row.channel, row.lookup))
    return {person_id for person_id, known in theirs.items() if known <= addresses}


def forget_leavers(session: Session, person_ids: Iterable[int]) -> int:
    """Delete the addresses of those of these people who have left everywhere and been told so; returns how many."""
    waiting = (
        select(ContactAddress.person_id)
        .join(Notice, col(Notice.address_id) == col(ContactAddress.id))
        .where(col(Notice.state).in_([NoticeState.QUEUED, NoticeState.CALLING]))
    )
    asked = set(person_ids)
    theirs = waiting.where(col(ContactAddress.person_id).in_(asked))
    told = asked - set(session.execute(theirs).scalars())
    leavers = [person_id for person_id in told if not is_needed(session, person_id)]
    gone = delete(ContactAddress).where(col(ContactAddress.person_id).in_(leavers))
    return session.execute(gone).rowcount  # type: ignore[attr-defined, no-any-return]


def left_with_addresses(session: Session, *, limit: int = 500) -> list[int]:
    """People who live nowhere and carry no role, and still have an address: whom `forget_leavers` should look at.

    Not those who carried one until lately: how long they are remembered is the municipality's to decide.
    """
    lives = exists().where(
        col(HouseholdMember.person_id) == col(ContactAddress.person_id), col(HouseholdMember.until).is_(None)
    )
    carries = exists().where(
        col(ContactPerson.person_id) == col(ContactAddress.person_id), col(ContactPerson.until).is_(None)
    )
    carried = exists().where(
        col(ContactPerson.person_id) == col(ContactAddress.person_id),
        col(Person.id) == col(ContactPerson.person_id),
        networks.is_remembered(),
    )
    rows = select(ContactAddress.person_id).where(~lives, ~carries, ~carried).distinct().limit(limit)
    return list(session.exec(rows))


def households_of(session: Session, person_id: int) -> list[Household]:
    """The households the person belongs to now."""
    rows = (
        select(Household)
        .join(HouseholdMember, col(HouseholdMember.household_id) == col(Household.id))
        .where(
            HouseholdMember.person_id == person_id,
            col(HouseholdMember.until).is_(None),
            col(Household.left_at).is_(None),
        )
        .order_by(col(Household.id))
    )
    return list(session.exec(rows))


def lived_in(session: Session, person_id: int) -> list[tuple[int, int]]:
    """(household, network) of every household the person belongs to, or did."""
    rows = (
        select(Household.id, Household.network_id)
        .join(HouseholdMember, col(HouseholdMember.household_id) == col(Household.id))
        .where(HouseholdMember.person_id == person_id)
    )
    return [(household_id or 0, network_id) for household_id, network_id in session.exec(rows)]


def is_needed(session: Session, person_id: int) -> bool:
    """Whether something else still rests on what the person has told us, or they are about to join just now."""
    begun = select(Enrolment.person_id).where(Enrolment.person_id == person_id, col(Enrolment.finished_at).is_(None))
    return rests_on(session, person_id) or session.exec(begun.limit(1)).first() is not None


def rests_on(session: Session, person_id: int) -> bool:
    """Whether the person lives somewhere, carries a role, waits to be let in or has told their interest.

    An interest whose address nobody has shown to be theirs is no more than the form it stood on.
    """
    found: list[SelectOfScalar[Any]] = [
        select(HouseholdMember.id).where(HouseholdMember.person_id == person_id, col(HouseholdMember.until).is_(None)),
        select(ContactPerson.id).where(ContactPerson.person_id == person_id, col(ContactPerson.until).is_(None)),
        select(Interest.id).where(
            Interest.person_id == person_id,
            col(Interest.confirmed_at).is_not(None),
            col(Interest.closed_at).is_(None),
        ),
        select(JoinRequest.id).where(JoinRequest.person_id == person_id, JoinRequest.state == RequestState.WAITING),
    ]
    return any(session.execute(rows.limit(1)).first() is not None for rows in found)
