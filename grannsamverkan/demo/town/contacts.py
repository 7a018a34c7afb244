"""The contact persons of the town: who took on what and when, who has resigned, and whose the households are."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from grannsamverkan.demo.town.ground import Ground, Grown, Home
from grannsamverkan.demo.town.plan import Trait
from grannsamverkan.domain.networks import (
    ContactPerson,
    ContactRole,
    HouseholdAssignment,
    NetworkKind,
    NetworkState,
)

RESIGNED_DAYS = 20
_MANY = 15  # households above which there is a second contact person
_STAIRWELLS = 3  # stairwells from which each has a contact person of its own


def build_contacts(ground: Ground, grown: Sequence[Grown]) -> None:
    """Contact persons for every network that has had its start meeting, and households for each of them."""
    for one in grown:
        if (one.plan.course.met or -1) > 0:
            one.roles = list(_roles(ground, one))
    ground.session.add_all(role for one in grown for role in one.roles)
    ground.session.flush()
    ground.write(row for one in grown for row in _assignments(ground, one))


def _roles(ground: Ground, one: Grown) -> Iterator[ContactPerson]:
    """Who carries what, and who did until they resigned or the network ended."""
    since = ground.days_ago(one.plan.course.met or 0)
    ended = one.plan.course.entered(NetworkState.ENDED)
    if ended is not None:
        yield _role(one, one.homes[0], ContactRole.CONTACT_PERSON, since, ground.days_ago(ended), "network_ended")
        return
    first, second = one.living[:2]
    if one.plan.has(Trait.VACANT) or one.plan.has(Trait.HANDED_OVER):
        resigned = ground.days_ago(RESIGNED_DAYS)
        yield _role(one, first, ContactRole.CONTACT_PERSON, since, resigned, "wish")
        if one.plan.has(Trait.HANDED_OVER):
            yield _role(one, second, ContactRole.DEPUTY, since, resigned, "moved")
            yield _role(one, second, ContactRole.CONTACT_PERSON, resigned)
        return
    carriers = _carriers(one)
    for place, (home, unit_id) in enumerate(carriers):
        leads = place == 0 and len(carriers) > 1
        yield _role(one, home, ContactRole.LEAD if leads else ContactRole.CONTACT_PERSON, since, unit_id=unit_id)
    if not one.plan.has(Trait.NO_DEPUTY):
        yield _role(one, second, ContactRole.DEPUTY, since)


def _carriers(one: Grown) -> list[tuple[Home, int | None]]:
    """(home of a contact person, the stairwell that they look after): one for all, two where there are many
    households, one for each stairwell of a larger house; the first of several leads. The second home is the deputy's.
    """
    first, _deputy, *others = one.living
    if one.plan.kind is NetworkKind.APARTMENT and len(one.units) >= _STAIRWELLS:
        by_unit = {home.unit.id: home for home in reversed((first, *others))}
        return [(by_unit[unit.id], unit.id) for unit in one.units if unit.id in by_unit]
    two = len(one.living) > _MANY and not one.plan.has(Trait.OVERLOADED)
    return [(home, None) for home in ((first, others[0]) if two else (first,))]


def _role(
    one: Grown,
    home: Home,
    role: ContactRole,
    since: datetime,
    until: datetime | None = None,
    because: str | None = None,
    *,
    unit_id: int | None = None,
) -> ContactPerson:
    return ContactPerson(
        network_id=one.id,
        unit_id=unit_id,
        person_id=home.person.id or 0,
        role=role,
        since=since,
        until=until,
        ended_because=because,
    )


def _assignments(ground: Ground, one: Grown) -> Iterator[HouseholdAssignment]:
    """Each household is its stairwell's contact person's, else shared evenly; who resigned had them until then."""
    carriers = [role for role in one.roles if role.role is not ContactRole.DEPUTY]
    if not carriers:
        return
    by_unit = {role.unit_id: role for role in carriers if role.unit_id is not None}
    everywhere = [role for role in carriers if role.unit_id is None and role.until is None]
    resigned = [role for role in carriers if role.until is not None]
    for place, home in enumerate(one.homes):
        household_id, joined = home.household.id or 0, home.household.joined_at
        for role in resigned:
            until = min(role.until or ground.now, home.household.left_at or ground.now)
            if joined < until:
                yield _assignment(household_id, role, max(joined, role.since), until)
        now = by_unit.get(home.unit.id or 0) or (everywhere[place % len(everywhere)] if everywhere else None)
        if now is not None:
            yield _assignment(household_id, now, max(joined, now.since), home.household.left_at)


def _assignment(household_id: int, role: ContactPerson, since: datetime, until: datetime | None) -> HouseholdAssignment:
    return HouseholdAssignment(household_id=household_id, contact_person_id=role.id or 0, since=since, until=until)
