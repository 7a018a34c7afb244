"""Orders of signs: what each lacks by name, one way from asked to put up, and a worn sign replaced once."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from grannsamverkan.domain import networks, signs
from grannsamverkan.domain.networks import NetworkKind, NetworkState, WatchNetwork
from grannsamverkan.domain.places import Rules
from grannsamverkan.domain.signs import Condition, OrderDraft, OrderReason, OrderState, OwnerKind, SignOrder, Wanted
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from tests.support.at_once import at_once
from tests.support.builders import NOW, a_network

DAY, TODAY = timedelta(days=1), NOW.date()
VILLA, APARTMENT = NetworkKind.VILLA, NetworkKind.APARTMENT


def lacks(kind: NetworkKind = VILLA, state: NetworkState = NetworkState.ACTIVE, **changes: Any) -> set[Condition]:
    filled: dict[str, Any] = {
        "reason": OrderReason.NEW,
        "signs": 3,
        "stickers": 0,
        "places": 3,
        "places_approved": 3,
        "house_approved": True,
        "is_off_public_road": True,
        "is_in_built_up_area": True,
        "county_permit_on": None,
    }
    return set(signs.missing(OrderDraft(**{**filled, **changes}), kind, state, Rules()))


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({}, set()),
        ({"signs": 2}, {Condition.NUMBER}),
        ({"signs": 2, "reason": OrderReason.FADED}, set()),
        ({"signs": 6, "reason": OrderReason.FADED}, {Condition.NUMBER}),
        ({"signs": 0, "places": 0, "places_approved": 0}, {Condition.SOMETHING}),
        ({"signs": 0, "stickers": 40, "places": 0, "places_approved": 0, "is_off_public_road": False}, set()),
        ({"signs": 0, "stickers": 501}, {Condition.NUMBER}),
        ({"signs": 0, "stickers": -1}, {Condition.NUMBER, Condition.SOMETHING}),
        ({"places": 0, "places_approved": 0}, {Condition.PLACES}),
        ({"places_approved": 2}, {Condition.PLACES_APPROVED}),
        ({"is_off_public_road": False}, {Condition.OFF_PUBLIC_ROAD}),
        ({"is_in_built_up_area": False}, {Condition.COUNTY_PERMIT}),
        ({"is_in_built_up_area": False, "county_permit_on": TODAY}, set()),
        ({"house_approved": False}, set()),
        ({"house_approved": False, "kind": APARTMENT}, {Condition.HOUSE_APPROVED}),
        ({"house_approved": False, "kind": APARTMENT, "signs": 0, "stickers": 9}, {Condition.HOUSE_APPROVED}),
        *(({"state": state}, {Condition.ACTIVE}) for state in NetworkState if state is not NetworkState.ACTIVE),
    ],
    ids=lambda told: ",".join(sorted(map(str, told))),  # the same in every process
)
def test_what_an_order_lacks(changes: dict[str, Any], lacking: set[Condition]) -> None:
    assert lacks(**changes) == lacking


def a_standing_sign(session: Session, network: WatchNetwork) -> signs.SignPlace:
    place = signs.add_place(session, network, "Infarten", None)
    place.put_up_on = date(2024, 5, 1)
    return place


def wanted(*place_ids: int | None, **changes: Any) -> Wanted:
    filled: dict[str, Any] = {
        "signs": 3,
        "stickers": 0,
        "reason": OrderReason.NEW,
        "place_ids": tuple(place_ids),
        "is_off_public_road": True,
        "is_in_built_up_area": False,
        "county_permit_on": TODAY,
    }
    return Wanted(**{**filled, **changes})


def test_every_owner_of_the_houses_has_to_say_yes(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        network = a_network(session, kind=APARTMENT)
        just_stickers = wanted(signs=0, stickers=9)

        def asks() -> str:
            try:
                return signs.ask_for(session, network, just_stickers, account_id=1, now=NOW).state
            except Refused as refused:
                return refused.code

        assert asks() == "order_lacks"
        made = [
            signs.add_owner(session, network, name, kind, contact="", approved_on=None)
            for name, kind in (("Hyresbolaget", OwnerKind.LANDLORD), ("Brf Linden", OwnerKind.HOUSING_ASSOCIATION))
        ]
        signs.add_owner(
            session, network, "Samfälligheten", OwnerKind.COMMUNITY_ASSOCIATION, contact="", approved_on=None
        )
        seen = []
        for owner in made:
            signs.approve(session, network.id or 0, owner.id or 0, TODAY)
            session.flush()
            seen.append(asks())
        signs.approve(session, network.id or 0, made[0].id or 0, None)
        session.flush()
        assert [*seen, asks()] == ["order_lacks", "asked", "order_lacks"]


def test_the_way_of_an_order(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        network = a_network(session)
        ground = signs.add_owner(
            session, network, "Vägföreningen", OwnerKind.COMMUNITY_ASSOCIATION, contact="", approved_on=TODAY
        )
        chosen = [signs.add_place(session, network, name, ground.id) for name in ("Norra", "Södra", "Östra")]
        order = signs.ask_for(session, network, wanted(*[one.id for one in chosen]), account_id=1, now=NOW)
        with pytest.raises(Refused, match="order_state"):
            signs.put_up(session, order, day=TODAY, now=NOW)
        networks.enter_state(session, network, NetworkState.DORMANT, now=NOW)
        with pytest.raises(Refused, match="order_not_active"):
            signs.move_order(session, order, OrderState.ORDERED, now=NOW)
        networks.enter_state(session, network, NetworkState.ACTIVE, now=NOW)
        for state in (OrderState.ORDERED, OrderState.DELIVERED):
            signs.move_order(session, order, state, now=NOW + DAY)
        session.flush()
        assert [one.put_up_on for one in chosen] == [None] * 3
        assert signs.orders(session, [network.id or 0], only_open=True) == [order]
        for place in chosen:
            assert order.put_up_at is None
            signs.put_up_at(session, place, day=TODAY + 2 * DAY, now=NOW + 2 * DAY)
        assert order.put_up_at == NOW + 2 * DAY
        session.flush()
        assert signs.orders(session, [network.id or 0], only_open=True) == []
        with pytest.raises(Refused, match="order_state"):
            signs.move_order(session, order, OrderState.DECLINED, now=NOW)


def test_a_worn_sign_is_replaced_once_whoever_presses_together(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        place_id, network_id = a_standing_sign(session, network).id or 0, network.id or 0

    def act() -> int:
        with database.write() as session:
            row = signs.place(session, network_id, place_id)
            network = networks.network(session, network_id)
            return signs.replace(session, network, row, OrderReason.FADED, account_id=1, now=NOW).id or 0

    assert len(set(at_once(act, 6))) == 1
    with database.read() as session:
        (order,) = session.exec(select(SignOrder)).all()
        assert (order.signs, order.reason, order.is_off_public_road) == (1, OrderReason.FADED, False)


def test_a_replacement_knows_what_was_confirmed_before_and_can_be_asked_again_when_it_stands(
    sqlite_database: Database,
) -> None:
    with sqlite_database.write() as session:
        network = a_network(session)
        ground = signs.add_owner(session, network, "Kommunen", OwnerKind.MUNICIPALITY, contact="", approved_on=TODAY)
        place = signs.add_place(session, network, "Infarten", ground.id)
        first = signs.ask_for(session, network, wanted(place.id), account_id=1, now=NOW)
        for state in (OrderState.ORDERED, OrderState.DELIVERED):
            signs.move_order(session, first, state, now=NOW)
        with pytest.raises(Refused, match="not_worn"):  # none stands there yet
            signs.replace(session, network, place, OrderReason.BROKEN, account_id=1, now=NOW)
        signs.put_up(session, first, day=TODAY, now=NOW)
        session.flush()
        with pytest.raises(Refused, match="not_worn"):
            signs.replace(session, network, place, OrderReason.NEW_MEMBERS, account_id=1, now=NOW)
        second = signs.replace(session, network, place, OrderReason.VANDALISED, account_id=1, now=NOW)
        assert (second.is_off_public_road, second.is_in_built_up_area, second.county_permit_on) == (True, False, TODAY)
        signs.take_back(second)
        session.flush()
        third = signs.replace(session, network, place, OrderReason.BROKEN, account_id=1, now=NOW)
        assert third.id != second.id
        signs.move_order(session, third, OrderState.ORDERED, now=NOW)
        with pytest.raises(Refused, match="order_state"):
            signs.take_back(third)


def test_no_new_sign_where_the_ground_is_refused_or_the_area_rests(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        network = a_network(session)
        place = a_standing_sign(session, network)
        assert signs.replacement_lacks(session, network, place) == []
        owner = signs.add_owner(session, network, "Bonden", OwnerKind.PRIVATE, contact="", approved_on=None)
        place.owner_id = owner.id
        assert signs.replacement_lacks(session, network, place) == [Condition.PLACES_APPROVED]
        networks.enter_state(session, network, NetworkState.DORMANT, now=NOW)
        with pytest.raises(Refused, match="order_lacks"):
            signs.replace(session, network, place, OrderReason.FADED, account_id=1, now=NOW)
