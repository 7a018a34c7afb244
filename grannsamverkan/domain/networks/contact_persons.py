"""Contact persons: who looks after which part, hand-over, and where somebody is missing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks import queries
from grannsamverkan.domain.networks.actions import assign_households, close_assignments
from grannsamverkan.domain.networks.queries import contact_persons
from grannsamverkan.domain.networks.tables import (
    ContactPerson,
    ContactRole,
    Household,
    HouseholdAssignment,
    Unit,
    WatchNetwork,
)
from grannsamverkan.domain.people import Consent, Person
from grannsamverkan.foundation.errors import NotFound

CARRIED_ON = "carried_on"  # why a role ended that the same person has in another network since


@dataclass(frozen=True)
class PartCoverage:
    """How a street or stairwell is looked after; counts of contact persons are those for it or its building alone."""

    unit_id: int
    households: int
    unassigned: int
    contact_persons: int
    deputies: int


def contact_person(session: Session, network_id: int, contact_person_id: int) -> ContactPerson:
    """One of the network's contact persons, with the role they carry now; NotFound."""
    row = session.get(ContactPerson, contact_person_id)
    if row is None or row.network_id != network_id or row.until is not None:
        raise NotFound
    return row


def units_within(session: Session, network_id: int, unit_ids: Iterable[int]) -> frozenset[int]:
    """These units, and the stairwells of those that are buildings."""
    wanted = set(unit_ids)
    rows = session.exec(select(Unit.id, Unit.parent_id).where(Unit.network_id == network_id))
    return frozenset(unit_id for unit_id, parent_id in rows if unit_id is not None and {unit_id, parent_id} & wanted)


def assign_by_unit(session: Session, household: Household, *, now: datetime) -> ContactPerson | None:
    """Give a household to whoever looks after its stairwell or street; with one contact person in all, to them."""
    assert household.id is not None
    carrier = carrier_of(session, household.network_id, household.unit_id)
    if carrier is not None:
        assign_households(session, carrier, [household.id], now=now)
    return carrier


def adopt(session: Session, household: Household, person_id: int | None, *, now: datetime) -> ContactPerson | None:
    """Give a household that nobody has to the contact person who wrote it in or let it in, and so knows it already.

    Only where they look after its part or the whole network; returns their role.
    """
    assert household.id is not None
    if person_id is None or assigned_to(session, household.id) is not None:
        return None
    unit = session.get(Unit, household.unit_id) if household.unit_id is not None else None
    near = {household.unit_id, unit.parent_id if unit else None, None}
    theirs = [row for row in contact_persons(session, household.network_id) if row.person_id == person_id]
    role = min((row for row in theirs if row.unit_id in near), key=lambda row: row.unit_id is None, default=None)
    if role is not None:
        assign_households(session, role, [household.id], now=now)
    return role


def assign_to_fewest(session: Session, household: Household, *, now: datetime) -> ContactPerson | None:
    """Give a household that nobody has, because several look after the whole network, to the one who has fewest."""
    assert household.id is not None
    if assigned_to(session, household.id) is not None:
        return None
    roles = [row for row in _carriers(session, household.network_id) if row.unit_id is None]
    load = _load(session, roles)
    fewest = min(roles, key=lambda role: (load[role.id or 0], role.id), default=None)
    if fewest is not None:
        assign_households(session, fewest, [household.id], now=now)
    return fewest


def carrier_of(session: Session, network_id: int, unit_id: int | None) -> ContactPerson | None:
    """Whoever looks after a stairwell or street; with one contact person in all, they do. None: nobody, or several."""
    roles = _carriers(session, network_id)
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    near = {unit_id, unit.parent_id if unit else None} - {None}
    found = [row for row in roles if row.unit_id in near] or [row for row in roles if row.unit_id is None][:1]
    if not found or (len({row.person_id for row in roles}) > 1 and found[0].unit_id is None):
        return None
    return found[0]


def assigned_to(session: Session, household_id: int) -> int | None:
    """The contact role that has the household; None: nobody's."""
    rows = select(HouseholdAssignment.contact_person_id).where(
        HouseholdAssignment.household_id == household_id, col(HouseholdAssignment.until).is_(None)
    )
    return session.exec(rows).first()


def end_role(session: Session, role: ContactPerson, *, because: str, now: datetime) -> ContactPerson | None:
    """The role ends; its households go to the part's deputy, else to another contact person of the same part.

    Returns who has taken over; None when nobody could: the households are then without, and the vacancy shows.
    """
    role.until, role.ended_because = now, because
    session.flush()
    households = [
        row.household_id
        for row in session.exec(
            select(HouseholdAssignment).where(
                HouseholdAssignment.contact_person_id == role.id, col(HouseholdAssignment.until).is_(None)
            )
        )
    ]
    successor = successor_of(session, role)
    if successor is not None:
        assign_households(session, successor, households, now=now)
    else:
        close_assignments(session, households, now=now)
    return successor


def end_roles_of(session: Session, person_id: int, *, because: str, now: datetime) -> list[int]:
    """Every role of the person ends; returns the networks concerned."""
    rows = session.exec(
        select(ContactPerson).where(ContactPerson.person_id == person_id, col(ContactPerson.until).is_(None))
    ).all()
    for row in rows:
        end_role(session, row, because=because, now=now)
    return sorted({row.network_id for row in rows})


def successor_of(session: Session, role: ContactPerson) -> ContactPerson | None:
    """Who can take over from a role that has ended: the part's deputy first, then whoever else is there for the part
    or for the whole network."""
    others = [row for row in contact_persons(session, role.network_id) if row.person_id != role.person_id]
    order = {ContactRole.DEPUTY: 0, ContactRole.CONTACT_PERSON: 1, ContactRole.LEAD: 2}
    same_part = [row for row in others if row.unit_id == role.unit_id or row.unit_id is None]
    return min(same_part, key=lambda row: (row.unit_id is None, order[row.role], row.id), default=None)


def take_over(session: Session, role: ContactPerson, *, now: datetime) -> int:
    """Whoever is new takes the households of their part that nobody has; returns how many."""
    assert role.id is not None
    free = _unassigned(session, role.network_id)
    if role.unit_id is not None:
        own = units_within(session, role.network_id, {role.unit_id})
        free = [(household_id, unit_id) for household_id, unit_id in free if unit_id in own]
    assign_households(session, role, [household_id for household_id, _ in free], now=now)
    return len(free)


def share_evenly(session: Session, network_id: int, *, now: datetime) -> int:
    """Give every household that nobody has to whoever looks after its part, else to those who have fewest.

    Returns how many; 0 where there is no contact person.
    """
    roles = _carriers(session, network_id)
    if not roles:
        return 0
    load = _load(session, roles)
    parents = dict(session.exec(select(Unit.id, Unit.parent_id).where(Unit.network_id == network_id)).all())
    given: dict[int, list[int]] = {}
    for household_id, unit_id in _unassigned(session, network_id):
        near = [role for role in roles if role.unit_id is not None and role.unit_id in (unit_id, parents.get(unit_id))]
        chosen = min(near or roles, key=lambda role: (load[role.id or 0], role.id))
        load[chosen.id or 0] += 1
        given.setdefault(chosen.id or 0, []).append(household_id)
    for role in roles:
        assign_households(session, role, given.get(role.id or 0, []), now=now)
    return sum(len(ids) for ids in given.values())


def _carriers(session: Session, network_id: int) -> list[ContactPerson]:
    """Those who have households: all but the deputies."""
    return [row for row in contact_persons(session, network_id) if row.role is not ContactRole.DEPUTY]


def _load(session: Session, roles: list[ContactPerson]) -> Counter[int]:
    """How many households each of these roles has."""
    rows = select(HouseholdAssignment.contact_person_id).where(
        col(HouseholdAssignment.contact_person_id).in_([role.id for role in roles]),
        col(HouseholdAssignment.until).is_(None),
    )
    return Counter(session.exec(rows))


def assign_part(session: Session, role: ContactPerson, unit_id: int | None, *, now: datetime) -> int:
    """Every household of a part (with its stairwells; None: of those without a part) is the role's to inform from now
    on; returns how many."""
    assert role.id is not None
    rows = select(Household.id).where(Household.network_id == role.network_id, col(Household.left_at).is_(None))
    if unit_id is None:
        rows = rows.where(col(Household.unit_id).is_(None))
    else:
        rows = rows.where(col(Household.unit_id).in_(units_within(session, role.network_id, {unit_id})))
    ids = [household_id for household_id in session.exec(rows) if household_id is not None]
    assign_households(session, role, ids, now=now)
    return len(ids)


def part_coverage(session: Session, network_id: int) -> list[PartCoverage]:
    """For each street or stairwell: households, those that nobody has, and whether it has a contact person and a
    deputy of its own."""
    roles = contact_persons(session, network_id)
    units = queries.units(session, network_id)
    parents = {unit.parent_id for unit in units}
    total = Counter(
        unit_id
        for unit_id in session.exec(
            select(Household.unit_id).where(Household.network_id == network_id, col(Household.left_at).is_(None))
        )
    )
    free = Counter(unit_id for _, unit_id in _unassigned(session, network_id))
    return [
        PartCoverage(
            unit_id=unit.id or 0,
            households=total[unit.id],
            unassigned=free[unit.id],
            contact_persons=_in_part(roles, unit, deputies=False),
            deputies=_in_part(roles, unit, deputies=True),
        )
        for unit in units
        if unit.id not in parents
    ]


def _in_part(roles: list[ContactPerson], unit: Unit, *, deputies: bool) -> int:
    return sum(
        (row.role is ContactRole.DEPUTY) is deputies and row.unit_id in (unit.id, unit.parent_id)
        for row in roles
        if row.unit_id is not None
    )


def _unassigned(session: Session, network_id: int) -> list[tuple[int, int | None]]:
    """(household, unit) of those that nobody has to inform."""
    has_somebody = exists().where(
        col(HouseholdAssignment.household_id) == col(Household.id), col(HouseholdAssignment.until).is_(None)
    )
    rows = session.exec(
        select(Household.id, Household.unit_id)
        .where(Household.network_id == network_id, col(Household.left_at).is_(None), ~has_somebody)
        .order_by(col(Household.id))
    )
    return [(household_id or 0, unit_id) for household_id, unit_id in rows]


def resigned(session: Session, municipality_code: str, *, ended_before: datetime) -> list[int]:
    """People with a role in the municipality whose every role ended before then, and who are not forgotten yet."""
    carries = select(ContactPerson.person_id).where(
        col(ContactPerson.until).is_(None) | (col(ContactPerson.until) >= ended_before)
    )
    rows = (
        select(ContactPerson.person_id)
        .join(WatchNetwork, col(WatchNetwork.id) == col(ContactPerson.network_id))
        .join(Person, col(Person.id) == col(ContactPerson.person_id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            col(ContactPerson.person_id).not_in(carries),
            is_remembered(),
        )
        .distinct()
    )
    return list(session.exec(rows))


def is_remembered() -> ColumnElement[bool]:
    """That a person has not been erased: the register's name of them, or a choice to be reached, is left."""
    is_reached = exists().where(col(Consent.person_id) == col(Person.id), col(Consent.withdrawn_at).is_(None))
    return col(Person.name).is_not(None) | is_reached


def left_behind(session: Session, person_id: int) -> dict[int, datetime]:
    """Networks whose parts went to another with this person as their contact person, and when: what was sent there
    before is still theirs to read."""
    rows = session.exec(
        select(ContactPerson.network_id, ContactPerson.until).where(
            ContactPerson.person_id == person_id, ContactPerson.ended_because == CARRIED_ON
        )
    )
    found: dict[int, datetime] = {}
    for network_id, until in rows:
        if until is not None:
            found[network_id] = max(until, found.get(network_id, until))
    return found
