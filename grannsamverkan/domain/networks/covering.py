"""How every network in reach is looked after, in numbers, for the lists of those who find contact persons."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks.lists import carriers
from grannsamverkan.domain.networks.tables import ContactPerson, ContactRole, HouseholdAssignment
from grannsamverkan.foundation.database import Among


@dataclass(frozen=True)
class NetworkCoverage:
    """How a network is looked after, in numbers: people without deputies, deputies, households that nobody has, and
    contact persons with more households than the guidance."""

    contact_persons: int
    deputies: int
    unassigned: int
    too_many: int


def coverages(session: Session, joined: dict[int, int], *, most: dict[int, int]) -> dict[int, NetworkCoverage]:
    """The coverage of each network of `joined` (its households), in two queries; `most` is each one's guidance."""
    roles = carriers(session, joined)
    # Whoever leaves ends the assignment too, so an open one is a living household's.
    shares = session.exec(
        select(HouseholdAssignment.contact_person_id, func.count(col(HouseholdAssignment.id)))
        .join(ContactPerson, col(ContactPerson.id) == col(HouseholdAssignment.contact_person_id))
        .where(Among(col(ContactPerson.network_id), joined), col(HouseholdAssignment.until).is_(None))
        .group_by(col(HouseholdAssignment.contact_person_id))
    ).all()
    network_of = {one.role_id: one.network_id for one in roles}
    assigned: Counter[int] = Counter()
    crowded: Counter[int] = Counter()
    for role_id, number in shares:
        if (network_id := network_of.get(role_id)) is not None:
            assigned[network_id] += number
            crowded[network_id] += number > most[network_id]
    people: dict[tuple[int, bool], set[int]] = {}
    for one in roles:
        people.setdefault((one.network_id, one.role is ContactRole.DEPUTY), set()).add(one.person_id)
    return {
        network_id: NetworkCoverage(
            contact_persons=len(people.get((network_id, False), ())),
            deputies=len(people.get((network_id, True), ())),
            unassigned=number - assigned[network_id],
            too_many=crowded[network_id],
        )
        for network_id, number in joined.items()
    }
