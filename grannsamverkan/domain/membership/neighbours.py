"""A network's list for its own neighbours: whoever has chosen to stand on it sees the others who have.

The network decides whether there is a list, each household whether it stands there and with what.
"""

from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, select

from grannsamverkan.domain import networks, people
from grannsamverkan.domain.networks import Household, ToNeighbours, WatchNetwork
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import number_aware, sort_key


@dataclass(frozen=True)
class Neighbour:
    """A household as the others on the list see it. `addresses` only where it shows how to reach it."""

    id: int
    label: str
    unit_name: str
    addresses: tuple[str, ...]


def neighbours(session: Session, network: WatchNetwork) -> list[Neighbour]:
    """The list, in order of part and name; empty where the network has none. In a constant number of queries."""
    if not network.has_member_list or network.id is None:
        return []
    rows = select(Household).where(
        Household.network_id == network.id,
        col(Household.left_at).is_(None),
        Household.to_neighbours != ToNeighbours.NOTHING,
    )
    found = _as_seen(session, network.id, [(row, row.to_neighbours) for row in session.exec(rows)])
    return sorted(found, key=lambda one: (sort_key(one.unit_name), number_aware(one.label), one.id))


def as_seen(session: Session, household: Household, shows: ToNeighbours) -> Neighbour | None:
    """How the others would see the household if it chose so; None: not at all."""
    if shows is ToNeighbours.NOTHING:
        return None
    return next(iter(_as_seen(session, household.network_id, [(household, shows)])), None)


def show_neighbours(session: Session, household: Household, shows: ToNeighbours, label: str) -> None:
    """The household chooses what the others on the list see of it; to see nothing takes it off at once.

    Raises:
        Refused: no_member_list, label_needed.
    """
    if not networks.network(session, household.network_id).has_member_list:
        raise Refused("no_member_list")
    if shows is not ToNeighbours.NOTHING and not label:
        raise Refused("label_needed")
    household.to_neighbours = shows
    if label:
        household.label = label
    session.flush()


def decide_member_list(session: Session, network: WatchNetwork, *, is_on: bool) -> None:
    """The network has a list from now on, or none. Safe to repeat.

    Everybody's choice ends with the list: a new list is a new question.
    """
    assert network.id is not None
    networks.network(session, network.id, to_change=True)
    network.has_member_list = is_on
    if not is_on:
        off = update(Household).where(col(Household.network_id) == network.id)
        session.execute(off.values(to_neighbours=ToNeighbours.NOTHING))
    session.flush()


def _as_seen(session: Session, network_id: int, rows: list[tuple[Household, ToNeighbours]]) -> list[Neighbour]:
    names = networks.unit_names(session, [network_id])
    open_ids = [row.id or 0 for row, shows in rows if shows is ToNeighbours.CONTACT]
    reached = _addresses(session, open_ids)
    return [
        Neighbour(row.id or 0, row.label, names.get(row.unit_id or 0, ""), tuple(reached.get(row.id or 0, ())))
        for row, _ in rows
        if row.label
    ]


def _addresses(session: Session, household_ids: list[int]) -> dict[int, list[str]]:
    """Where the people of these households want to be reached; nobody else's addresses are even read."""
    lives_in = networks.people_by_household(session, household_ids)
    found: dict[int, list[str]] = {}
    for address in people.confirmed_addresses(session, sorted(lives_in)):
        found.setdefault(lives_in[address.person_id], []).append(address.value)
    return found
