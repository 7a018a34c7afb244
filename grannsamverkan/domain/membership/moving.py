"""Moving within the municipality: what one has chosen goes along, the old contact person sees one no longer."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.domain import networks
from grannsamverkan.domain.membership.drafts import Choices, Joined, JoinOutcome, Place
from grannsamverkan.domain.membership.erasing import leave
from grannsamverkan.domain.membership.joining import ask_to_be_let_in, household_in, joinable
from grannsamverkan.domain.networks import Household
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.errors import NotFound, Refused


def move(session: Session, person: Person, household: Household, place: Place, label: str, *, now: datetime) -> Joined:
    """The person's household moves: to another part of its network at once, to another network by a request that its
    contact person answers. How they are reached, and what they want to get, stays as they chose it.

    Whoever shares the household moves along within a network, and stays when only one goes to another.

    Raises:
        NotFound: another municipality's network. Refused: network_ended, same_place, already_there.
    """
    assert person.id is not None
    network = joinable(session, place.network_id)
    if network.municipality_code != person.municipality_code or network.id is None:
        raise NotFound
    unit = networks.current_unit(session, network.id, place.unit_id)
    unit_id = unit.id if unit is not None else None
    if network.id == household.network_id:
        if unit_id == household.unit_id:
            raise Refused("same_place")
        fresh = _within(session, household, unit_id, label, now)
        return Joined(JoinOutcome.JOINED, person, network.id, fresh)
    if household_in(session, person.id, network.id) is not None:
        raise Refused("already_there")
    choices = Choices(household.shows, label)
    asked = ask_to_be_let_in(session, person, Place(network.id, unit_id), choices, now=now)
    leave(session, household, now=now, person_id=person.id)
    return Joined(JoinOutcome.WAITING, person, network.id, request=asked)


def _within(session: Session, old: Household, unit_id: int | None, label: str, now: datetime) -> Household:
    """The same neighbours in another part: a household of its own there from now on, so that the past stays true."""
    fresh = networks.add_household(
        session,
        networks.network(session, old.network_id, to_join=True),
        now=now,
        unit=networks.unit_of(session, old.network_id, unit_id),
        label=label or None,
        shows=old.shows,
        joined_by=old.joined_by,
    )
    fresh.to_neighbours = old.to_neighbours if label else fresh.to_neighbours
    for person_id in networks.people_of(session, [old.id or 0]):
        networks.join(session, fresh, person_id, now=now)
    networks.leave(session, old, now=now)
    session.flush()
    networks.assign_by_unit(session, fresh, now=now)
    return fresh
