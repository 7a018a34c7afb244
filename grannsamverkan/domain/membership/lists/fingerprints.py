"""How a household looks in everything its people decide themselves: to see whether they have changed anything since."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle import Interest
from grannsamverkan.domain.membership.tables import Enrolment, JoinRequest
from grannsamverkan.domain.networks import ContactPerson, Household, HouseholdMember
from grannsamverkan.domain.people import Consent, ContactAddress, Person
from grannsamverkan.foundation.vault import vault_of

_AT_ONCE = 1000


def fingerprints(session: Session, household_ids: Iterable[int]) -> dict[int, bytes]:
    """A keyed hash for each household: of its people, their addresses, choices and roles, and what it shows. Where it
    lies, and whose to inform it is, are for others to decide and do not count. Missing: there is no such household."""
    ids = sorted(household_ids)
    found: dict[int, bytes] = {}
    for at in range(0, len(ids), _AT_ONCE):
        found |= _some(session, ids[at : at + _AT_ONCE])
    return found


def _some(session: Session, ids: Sequence[int]) -> dict[int, bytes]:
    told: dict[int, list[Any]] = defaultdict(list)
    home = (Household.id, Household.label, Household.landline, Household.shows, Household.left_at)
    shown: Any = sa_select(*home)  # type: ignore[call-overload]
    for household_id, *shows in session.execute(shown.where(col(Household.id).in_(ids))):
        told[household_id].append(shows)
    living = session.exec(
        select(HouseholdMember.person_id, HouseholdMember.household_id)
        .where(col(HouseholdMember.household_id).in_(ids), col(HouseholdMember.until).is_(None))
        .order_by(col(HouseholdMember.id))
    ).all()
    of_people = _people(session, [person_id for person_id, _ in living])
    for person_id, household_id in living:
        told[household_id].append([person_id, of_people[person_id]])
    vault = vault_of(session.get_bind().dialect)
    return {
        household_id: vault.lookup("household", json.dumps(facts, default=str)) for household_id, facts in told.items()
    }


_WISHES = (Person.name, Person.language, Person.level, Person.quiet_from, Person.quiet_to, Person.paused_until)
# What a person has: the table, and which of its columns are theirs to decide.
_OF_A_PERSON: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (Person.id, _WISHES),
    (ContactAddress.person_id, (ContactAddress.channel, ContactAddress.lookup, ContactAddress.confirmed_at)),
    (Consent.person_id, (Consent.channel, Consent.given_by, Consent.withdrawn_at)),
    (ContactPerson.person_id, (ContactPerson.id,)),
    (Interest.person_id, (Interest.id,)),
    (JoinRequest.person_id, (JoinRequest.id,)),
    (Enrolment.person_id, (Enrolment.made_at,)),  # they have shown that an address is theirs, to join by themselves
)


def _people(session: Session, person_ids: list[int]) -> dict[int, list[Any]]:
    told: dict[int, list[Any]] = defaultdict(list)
    for place, (owner, decided) in enumerate(_OF_A_PERSON):
        rows = sa_select(owner, *decided).where(owner.in_(person_ids)).order_by(owner, *decided)
        for person_id, *facts in session.execute(rows):
            told[person_id].append([place, *facts])
    return told
