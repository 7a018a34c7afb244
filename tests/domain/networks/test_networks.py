"""How many networks were active on a date, who informs whom, and what stays when a household leaves."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from grannsamverkan.domain import networks
from grannsamverkan.domain.networks import (
    ContactRole,
    HouseholdAssignment,
    HouseholdMember,
    NetworkKind,
    NetworkState,
    NetworkStateSpan,
    UnitKind,
    WatchNetwork,
)
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import NotFound, Refused
from tests.support.builders import ESLOV, HOOR, NOW, a_household, a_network, a_person

DAY = timedelta(days=1)
S = NetworkState


# ------------------------------------------------------------------------------------------------------- its history


def test_how_many_were_active_on_a_date(database: Database) -> None:
    with database.write() as session:
        nyby = a_network(session, "Nyby", state=S.START_MEETING, now=NOW)
        linden = a_network(session, "Linden", kind=NetworkKind.APARTMENT, now=NOW + DAY)
        networks.enter_state(session, nyby, S.ACTIVE, now=NOW + 2 * DAY)
        networks.enter_state(session, nyby, S.DORMANT, now=NOW + 4 * DAY)
        networks.enter_state(session, nyby, S.ACTIVE, now=NOW + 6 * DAY)
        networks.enter_state(session, linden, S.ENDED, now=NOW + 5 * DAY)
        days = [networks.active_on(session, NOW + day * DAY, [HOOR]) for day in range(8)]
        n, li = nyby.id, linden.id
        assert [sorted(day) for day in days] == [[], [li], [n, li], [n, li], [li], [], [n], [n]]
        assert networks.active_on(session, NOW - DAY, [HOOR]) == []
        assert networks.active_on(session, NOW + 3 * DAY, [ESLOV]) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(S)), max_size=6))
def test_the_spans_of_a_network_touch_and_never_overlap(
    sqlite_database: Database, moves: list[tuple[int, NetworkState]]
) -> None:
    with sqlite_database.read() as session:  # never committed
        network, now = a_network(session, state=S.INTEREST), NOW
        state_at: dict[datetime, NetworkState] = {now: S.INTEREST}
        for days, state in moves:
            now += days * DAY
            networks.enter_state(session, network, state, now=now)
            state_at[now] = state
        spans = session.exec(select(NetworkStateSpan).order_by(NetworkStateSpan.since)).all()  # type: ignore[arg-type]
        assert [span.until for span in spans] == [*(span.since for span in spans[1:]), None]
        assert all(before.state is not after.state for before, after in pairwise(spans))
        for at, state in state_at.items():
            assert (networks.active_on(session, at, [HOOR]) == [network.id]) is (state is S.ACTIVE)
        session.rollback()


def test_the_database_holds_one_open_span_for_each_network(database: Database) -> None:
    with database.write() as session:
        network_id = a_network(session).id or 0
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(NetworkStateSpan(network_id=network_id, state=S.ENDED, since=NOW))


def test_counts_of_networks_and_households_at_a_time(database: Database) -> None:
    with database.write() as session:
        nyby, flats = a_network(session, "Nyby"), a_network(session, "Linden", kind=NetworkKind.APARTMENT)
        dormant = a_network(session, "Sätofta", state=S.DORMANT)
        first, *_ = [a_household(session, nyby, now=NOW + day * DAY) for day in range(3)]
        a_household(session, flats)
        a_household(session, dormant)
        networks.leave(session, first, now=NOW + 2 * DAY)
        found = [networks.counts(session, NOW + day * DAY, [HOOR]) for day in range(3)]
        assert [(c.kind, c.networks, [day[place].households for day in found]) for place, c in enumerate(found[0])] == [
            (NetworkKind.VILLA, 1, [1, 2, 2]),
            (NetworkKind.APARTMENT, 1, [1, 1, 1]),
        ]
        assert [c.networks for c in networks.counts(session, NOW, [ESLOV])] == [0, 0]


# ----------------------------------------------------------------------------------------------------- its households


def test_who_leaves_takes_label_membership_and_contact_person_along(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        person = a_person(session)
        household = a_household(session, network, person, label="Nybyvägen 7")
        contact = networks.add_contact_person(session, network, person.id or 0, ContactRole.CONTACT_PERSON, now=NOW)
        networks.assign_households(session, contact, [household.id or 0], now=NOW)
        networks.leave(session, household, now=NOW + DAY)
        session.flush()
        assert (household.label, household.left_at, household.joined_at) == (None, NOW + DAY, NOW)
        assert session.exec(select(HouseholdMember.until)).all() == [NOW + DAY]
        assert session.exec(select(HouseholdAssignment.until)).all() == [NOW + DAY]


def test_coverage_tells_who_has_too_many_and_who_has_nobody(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        homes = [a_household(session, network).id or 0 for _ in range(8)]
        first, second = (
            networks.add_contact_person(session, network, a_person(session).id or 0, role, now=NOW)
            for role in (ContactRole.CONTACT_PERSON, ContactRole.DEPUTY)
        )
        networks.assign_households(session, first, homes[:5], now=NOW)
        networks.assign_households(session, second, homes[5:6], now=NOW)
        found = networks.coverage(session, network.id or 0, guidance=4)
        assert found.households_of == {first.id: 5, second.id: 1}
        assert (found.too_many, found.unassigned, found.has_deputy, found.has_lead) == ([first.id], 2, True, False)
        # handing two over ends the old assignments and keeps them as history
        networks.assign_households(session, second, homes[:2], now=NOW + DAY)
        found = networks.coverage(session, network.id or 0, guidance=4)
        assert found.households_of == {first.id: 3, second.id: 3}
        assert found.too_many == []
        assert len(session.exec(select(HouseholdAssignment)).all()) == 8


def test_a_contact_person_who_has_stepped_down_is_no_longer_one(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        person_id = a_person(session).id or 0
        row = networks.add_contact_person(session, network, person_id, ContactRole.LEAD, now=NOW)
        assert [c.id for c in networks.contact_persons(session, network.id or 0)] == [row.id]
        row.until = NOW + DAY
        session.flush()
        assert networks.contact_persons(session, network.id or 0) == []
        assert networks.open_contact_roles(session, person_id) == []


# ---------------------------------------------------------------------------------------------------------- its parts


@pytest.mark.parametrize(
    ("network", "kind", "parent", "fits"),
    [
        (NetworkKind.VILLA, UnitKind.STREET, None, True),
        (NetworkKind.VILLA, UnitKind.BUILDING, None, False),
        (NetworkKind.APARTMENT, UnitKind.BUILDING, None, True),
        (NetworkKind.APARTMENT, UnitKind.STREET, None, False),
        (NetworkKind.APARTMENT, UnitKind.STAIRWELL, None, False),
        (NetworkKind.APARTMENT, UnitKind.STAIRWELL, UnitKind.BUILDING, True),
        (NetworkKind.APARTMENT, UnitKind.BUILDING, UnitKind.BUILDING, False),
    ],
)
def test_a_unit_fits_its_network(
    sqlite_database: Database, network: NetworkKind, kind: UnitKind, parent: UnitKind | None, fits: bool
) -> None:
    with sqlite_database.write() as session:
        row = a_network(session, kind=network)
        inside = networks.add_unit(session, row, parent, "Linden 1") if parent else None
        if fits:
            assert networks.add_unit(session, row, kind, "Trappa A", parent=inside).network_id == row.id
        else:
            with pytest.raises(Refused, match="unit_does_not_fit"):
                networks.add_unit(session, row, kind, "Trappa A", parent=inside)


def test_units_and_networks_come_in_swedish_order(database: Database) -> None:
    with database.write() as session:
        for name in ("Ö", "Ä", "Å", "Z", "A"):
            a_network(session, f"{name}by")
        street = a_network(session, "Gatorna")
        for name in ("Ängsvägen", "Åsgatan", "Zetavägen", "Österleden"):
            networks.add_unit(session, street, UnitKind.STREET, name)
        names = [card.name for card in networks.cards(session, [HOOR])]
        assert names == ["Aby", "Gatorna", "Zby", "Åby", "Äby", "Öby"]
        units = [unit.name for unit in networks.units(session, street.id or 0)]
        assert units == ["Zetavägen", "Åsgatan", "Ängsvägen", "Österleden"]


def test_a_card_counts_what_is_there_now(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        first, _ = a_household(session, network), a_household(session, network)
        networks.leave(session, first, now=NOW)
        networks.add_contact_person(session, network, a_person(session).id or 0, ContactRole.LEAD, now=NOW)
        networks.enter_state(session, network, S.DORMANT, now=NOW + DAY)
        (card,) = networks.cards(session, [HOOR])
        assert (card.households, card.contact_persons, card.dwellings, card.state) == (1, 1, 30, S.DORMANT)
        assert networks.cards(session, [HOOR], []) == []


def test_the_database_refuses_what_cannot_be(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        a_network(session, name="Annat", dwellings=-1)


def test_a_name_is_taken_once_in_a_municipality(database: Database) -> None:
    with database.write() as session:
        a_network(session)
    with pytest.raises(Refused, match="network_name_taken"), database.write() as session:
        a_network(session)


def test_the_name_of_an_ended_network_is_free_and_the_two_can_be_told_apart(database: Database) -> None:
    with database.write() as session:
        for year in (2024, 2024, 2025):
            former = a_network(session, "Rönneholm")
            # half past eleven in Greenwich on the last evening of the year is the next year in Höör
            networks.enter_state(session, former, S.ENDED, now=datetime(year, 12, 31, 23, 30, tzinfo=UTC))
        networks.rename(session, a_network(session, "Nyby"), "RÖNNEHOLM")
    with database.read() as session:
        names = session.exec(select(WatchNetwork.name).order_by(col(WatchNetwork.id))).all()
    assert names == ["Rönneholm (till 2025)", "Rönneholm (till 2025, 2)", "Rönneholm (till 2026)", "RÖNNEHOLM"]


def test_an_unknown_network_is_not_found(database: Database) -> None:
    with database.read() as session, pytest.raises(NotFound):
        networks.network(session, 4711)
