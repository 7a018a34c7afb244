"""Who sees a household, and who reads a request to be let in: the contact person it is given to, and few others."""

from dataclasses import dataclass

import pytest
from sqlmodel import Session

from grannsamverkan.domain import membership, networks
from grannsamverkan.domain.membership import JoinRequest
from grannsamverkan.domain.networks import ContactPerson, ContactRole, JoinedBy, Shows, Unit, UnitKind, WatchNetwork
from grannsamverkan.foundation.database import Database
from tests.support.builders import NOW, a_household, a_network, a_person


@dataclass
class Street:
    """Two streets with a contact person each, a deputy for the first, and a lead; a household in each street."""

    network: WatchNetwork
    streets: list[Unit]
    own: ContactPerson
    other: ContactPerson
    deputy: ContactPerson
    lead: ContactPerson
    household_ids: list[int]

    def sees(self, session: Session, role: ContactPerson) -> set[int]:
        return {one.id for one in membership.visible_households(session, role.person_id, self.network)}

    def reads(self, session: Session, role: ContactPerson) -> set[int | None]:
        return {one.unit_id for one in membership.requests_for(session, role.person_id, self.network)}


def a_street(session: Session) -> Street:
    network = a_network(session)
    streets = [networks.add_unit(session, network, UnitKind.STREET, name) for name in ("Ekvägen", "Bokvägen")]

    def role(kind: ContactRole, unit: Unit | None) -> ContactPerson:
        person = a_person(session)
        return networks.add_contact_person(session, network, person.id or 0, kind, now=NOW, unit=unit)

    made = Street(
        network,
        streets,
        role(ContactRole.CONTACT_PERSON, streets[0]),
        role(ContactRole.CONTACT_PERSON, streets[1]),
        role(ContactRole.DEPUTY, streets[0]),
        role(ContactRole.LEAD, None),
        [a_household(session, network, a_person(session), unit=unit).id or 0 for unit in streets],
    )
    for unit in (*streets, None):
        session.add(
            JoinRequest(
                network_id=network.id or 0,
                unit_id=unit.id if unit else None,
                person_id=a_person(session).id or 0,
                label="Ekvägen 1",
                shows=Shows.NAME,
                joined_by=JoinedBy.WEB,
                asked_at=NOW,
            )
        )
    session.flush()
    return made


def test_a_deputy_sees_nobody_until_they_step_in(database: Database) -> None:
    with database.write() as session:
        street = a_street(session)
        assert street.sees(session, street.own) == {street.household_ids[0]}
        assert street.sees(session, street.deputy) == set()
        networks.assign_households(session, street.own, street.household_ids[:1], now=NOW)
        networks.end_role(session, street.own, because="moved", now=NOW)
        assert street.sees(session, street.deputy) == {street.household_ids[0]}
        assert street.sees(session, street.own) == set()


def test_a_request_is_read_by_the_contact_person_of_its_part(database: Database) -> None:
    with database.write() as session:
        street = a_street(session)
        first, second = (unit.id for unit in street.streets)
        assert street.reads(session, street.own) == {first, None}  # nobody's part is everybody's
        assert street.reads(session, street.other) == {second, None}
        assert street.reads(session, street.lead) == {None}
        assert street.reads(session, street.deputy) == set()
        street.network.lead_sees_households = True
        assert street.reads(session, street.lead) == {first, second, None}


@pytest.mark.parametrize("has_lead", [True, False])
def test_a_request_waits_for_nobody_who_is_not_there(database: Database, has_lead: bool) -> None:
    with database.write() as session:
        street = a_street(session)
        first, second = (unit.id for unit in street.streets)
        for role in (street.own, street.other, *(() if has_lead else (street.lead,))):
            networks.end_role(session, role, because="moved", now=NOW)
        everything = {first, second, None}
        assert street.reads(session, street.lead) == (everything if has_lead else set())
        assert street.reads(session, street.deputy) == (set() if has_lead else everything)
