"""Signs that stand: put up, looked at, taken down, and replaced with one press when they are worn."""

from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks import NetworkState, WatchNetwork, state_of
from grannsamverkan.domain.places import rules
from grannsamverkan.domain.signs.actions import house_is_approved, order_places
from grannsamverkan.domain.signs.rules import Condition
from grannsamverkan.domain.signs.tables import (
    OrderReason,
    OrderState,
    PropertyOwner,
    SignOrder,
    SignOrderPlace,
    SignPlace,
)
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import in_sweden

# Why a sign that stands is replaced.
WORN = (OrderReason.FADED, OrderReason.VANDALISED, OrderReason.BROKEN, OrderReason.LOST)


def put_up(session: Session, order: SignOrder, *, day: date, now: datetime) -> None:
    """Everything of a delivery stands in its places. Safe to repeat; Refused: order_state."""
    if order.state is not OrderState.DELIVERED:
        raise Refused("order_state")
    for place in order_places(session, order.id or 0):
        place.put_up_on, place.removed_on = day, None
    order.put_up_at = order.put_up_at or now


def put_up_at(session: Session, place: SignPlace, *, day: date, now: datetime) -> None:
    """A sign stands in the place. A delivery whose places all have theirs since it came is up."""
    place.put_up_on, place.removed_on = day, None
    session.flush()
    for order in _orders_of(session, place):
        if order.state is OrderState.DELIVERED and order.put_up_at is None and order.delivered_at is not None:
            came_on = in_sweden(order.delivered_at).date()
            if all(one.put_up_on and one.put_up_on >= came_on for one in order_places(session, order.id or 0)):
                order.put_up_at = now


def replacement_lacks(session: Session, network: WatchNetwork, place: SignPlace) -> list[Condition]:
    """What a new sign in the same place lacks: the road and the county were asked about when the first was put up."""
    owner = session.get(PropertyOwner, place.owner_id) if place.owner_id is not None else None
    wanted = {
        Condition.ACTIVE: state_of(session, network.id or 0) is NetworkState.ACTIVE,
        Condition.PLACES_APPROVED: owner is None or owner.approved_on is not None,
        Condition.HOUSE_APPROVED: house_is_approved(session, network),
    }
    return [condition for condition, is_met in wanted.items() if not is_met]


def replace(
    session: Session, network: WatchNetwork, place: SignPlace, reason: OrderReason, *, account_id: int, now: datetime
) -> SignOrder:
    """A new sign for the place, asked for with one press; asked for again, it is the same order.

    Raises:
        Refused: not_worn: no reason to replace a sign, or none stands there; order_lacks (missing: how many).
    """
    session.refresh(place, with_for_update=True)
    if reason not in WORN or place.put_up_on is None or place.removed_on is not None:
        raise Refused("not_worn")
    under_way = open_order_of(session, place)
    if under_way is not None:
        return under_way
    lacking = replacement_lacks(session, network, place)
    if lacking:
        raise Refused("order_lacks", missing=len(lacking))
    before = next((one for one in _orders_of(session, place) if one.is_off_public_road), None)
    row = SignOrder(
        network_id=network.id or 0,
        signs=1,
        stickers=0,
        reason=reason,
        is_off_public_road=before is not None,
        is_in_built_up_area=before.is_in_built_up_area if before else True,
        county_permit_on=before.county_permit_on if before else None,
        ordered_from=rules(session, network.municipality_code).signs_ordered_by,
        asked_at=now,
        asked_by=account_id,
    )
    session.add(row)
    session.flush()
    session.add(SignOrderPlace(order_id=row.id or 0, place_id=place.id or 0))
    session.flush()
    return row


def take_back(row: SignOrder) -> None:
    """Whoever asked does not want it after all, as long as nobody has ordered it. Refused: order_state."""
    if row.state is not OrderState.ASKED:
        raise Refused("order_state")
    row.state = OrderState.DECLINED


def open_order_of(session: Session, place: SignPlace) -> SignOrder | None:
    """The order under way for the place: until its sign stands."""
    rows = select(SignOrder).join(SignOrderPlace).where(SignOrderPlace.place_id == place.id, _is_under_way())
    return session.exec(rows.order_by(col(SignOrder.id).desc())).first()


def under_way(session: Session, network_id: int) -> set[int]:
    """The network's places that an order is under way for."""
    rows = (
        select(SignOrderPlace.place_id)
        .join(SignOrder, col(SignOrder.id) == col(SignOrderPlace.order_id))
        .where(SignOrder.network_id == network_id, _is_under_way())
    )
    return set(session.exec(rows))


def _is_under_way() -> ColumnElement[bool]:
    is_waiting = col(SignOrder.state).in_([OrderState.ASKED, OrderState.ORDERED])
    return is_waiting | ((col(SignOrder.state) == OrderState.DELIVERED) & col(SignOrder.put_up_at).is_(None))


def removed_places(session: Session, network_id: int) -> list[SignPlace]:
    """Places whose sign has been taken down."""
    rows = select(SignPlace).where(SignPlace.network_id == network_id, col(SignPlace.removed_on).is_not(None))
    return list(session.exec(rows.order_by(col(SignPlace.id))))


def _orders_of(session: Session, place: SignPlace) -> list[SignOrder]:
    """The place's orders, the newest first."""
    rows = select(SignOrder).join(SignOrderPlace).where(SignOrderPlace.place_id == place.id)
    return list(session.exec(rows.order_by(col(SignOrder.id).desc())))
