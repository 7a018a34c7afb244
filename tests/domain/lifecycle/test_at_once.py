"""Two who change the same network at the same moment: one effect, and the other is told clearly."""

from collections.abc import Callable

from sqlmodel import Session, col, select

from grannsamverkan.domain import lifecycle, networks
from grannsamverkan.domain.lifecycle import RestReason
from grannsamverkan.domain.networks import (
    ContactRole,
    HouseholdAssignment,
    NetworkKind,
    NetworkState,
    NetworkStateSpan,
    Unit,
    UnitKind,
    WatchNetwork,
)
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Conflict, Refused
from tests.support.at_once import at_once
from tests.support.builders import HOOR, NOW, a_household, a_network, a_person


def outcomes(database: Database, act: Callable[[Session], object], times: int = 2) -> list[str]:
    """What came of `act` in so many transactions at the same time: done, or the code of what refused it."""

    def one() -> str:
        try:
            with database.write() as session:
                act(session)
        except (Refused, Conflict) as error:
            return str(error).partition(" ")[0]
        return "done"

    return sorted(at_once(one, times))


def test_one_step_forward(database: Database) -> None:
    with database.write() as session:
        network = a_network(session, state=NetworkState.INTEREST)
        network_id = network.id or 0
        for _ in range(5):
            a_household(session, network)

    def step(session: Session) -> None:
        network = networks.network(session, network_id)
        lifecycle.step_forward(session, network, NetworkState.INTEREST, account_id=1, now=NOW)

    assert outcomes(database, step) == ["done", "state_changed"]
    with database.read() as session:
        states = [span.state for span in lifecycle.history(session, network_id)]
        assert states == [NetworkState.MAPPING, NetworkState.INTEREST]


def test_one_rest(database: Database) -> None:
    with database.write() as session:
        network_id = a_network(session).id or 0

    def rest(session: Session) -> None:
        lifecycle.rest(session, networks.network(session, network_id), RestReason.PAUSED, account_id=1, now=NOW)

    assert outcomes(database, rest) == ["done", "not_active"]
    with database.read() as session:
        assert len(session.exec(select(NetworkStateSpan)).all()) == 2


def test_one_network_of_a_name(database: Database) -> None:
    with database.write() as session:
        other_id = a_network(session, "Annat").id or 0

    def add(session: Session) -> None:
        networks.add_network(session, HOOR, "Nyby", NetworkKind.VILLA, now=NOW)

    def rename(session: Session) -> None:
        networks.rename(session, networks.network(session, other_id), "nyby")

    assert outcomes(database, add) == ["done", "network_name_taken"]
    assert outcomes(database, rename) == ["network_name_taken", "network_name_taken"]
    with database.read() as session:
        assert sorted(row.name for row in session.exec(select(WatchNetwork))) == ["Annat", "Nyby"]


def test_one_part_of_a_name(database: Database) -> None:
    with database.write() as session:
        network_id = a_network(session).id or 0

    def add(session: Session) -> None:
        networks.add_unit(session, networks.network(session, network_id), UnitKind.STREET, "Ekvägen")

    assert outcomes(database, add, 3) == ["done", "unit_name_taken", "unit_name_taken"]
    with database.read() as session:
        assert len(session.exec(select(Unit)).all()) == 1


def test_one_contact_person_for_a_household(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        homes = [a_household(session, network).id or 0 for _ in range(6)]
        roles = [
            networks.add_contact_person(
                session, network, a_person(session).id or 0, ContactRole.CONTACT_PERSON, now=NOW
            )
            for _ in range(2)
        ]
        ids = [role.id or 0 for role in roles]
        network_id = network.id or 0
    turns = iter([(ids[0], homes), (ids[1], homes[::-1])] * 2)

    def assign(session: Session) -> None:
        role_id, households = next(turns)
        role = networks.contact_person(session, network_id, role_id)
        networks.assign_households(session, role, households, now=NOW)

    def share(session: Session) -> None:
        networks.share_evenly(session, network_id, now=NOW)

    def take(session: Session) -> None:
        networks.take_over(session, networks.contact_person(session, network_id, ids[0]), now=NOW)

    for act in (share, assign, take, assign):
        assert outcomes(database, act) == ["done", "done"]
    with database.read() as session:
        rows = session.exec(select(HouseholdAssignment).where(col(HouseholdAssignment.until).is_(None))).all()
        assert sorted(row.household_id for row in rows) == homes
