"""How every network in reach is looked after, in numbers, for the lists of those who find contact persons."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks.tables import ContactPerson, ContactRole, Household, HouseholdAssignment


@dataclass(frozen=True)
class NetworkCoverage:
    """How a network is looked after, in numbers: people without deputies, deputies, households that nobody has, and
    contact persons with more households than the guidance."""

    contact_persons: int
    deputies: int
    unassigned: int
    too_many: int


def coverages(session: Session, network_ids: list[int], *, most: dict[int, int]) -> dict[int, NetworkCoverage]:
    """The coverage of each of these networks, in a constant number of queries; `most` is each one's guidance."""
    roles = session.exec(
        select(ContactPerson).where(col(ContactPerson.network_id).in_(network_ids), col(ContactPerson.until).is_(None))
    ).all()
    joined = dict(
        session.exec(
            select(Household.network_id, func.count(col(Household.id)))
            .where(col(Household.network_id).in_(network_ids), col(Household.left_at).is_(None))
            .group_by(col(Household.network_id))
        ).all()
    )
    shares = session.exec(
        select(Household.network_id, HouseholdAssignment.contact_person_id, func.count(col(HouseholdAssignment.id)))
        .join(Household, col(Household.id) == col(HouseholdAssignment.household_id))
        .where(
            col(Household.network_id).in_(network_ids),
            col(Household.left_at).is_(None),
            col(HouseholdAssignment.until).is_(None),
        )
        .group_by(col(Household.network_id), col(HouseholdAssignment.contact_person_id))
    ).all()
    assigned: Counter[int] = Counter()
    crowded: Counter[int] = Counter()
    for network_id, _role_id, number in shares:
        assigned[network_id] += number
        crowded[network_id] += number > most[network_id]
    people: dict[tuple[int, bool], set[int]] = {}
    for role in roles:
        people.setdefault((role.network_id, role.role is ContactRole.DEPUTY), set()).add(role.person_id)
    return {
        one: NetworkCoverage(
            contact_persons=len(people.get((one, False), ())),
            deputies=len(people.get((one, True), ())),
            unassigned=joined.get(one, 0) - assigned[one],
            too_many=crowded[one],
        )
        for one in network_ids
    }
