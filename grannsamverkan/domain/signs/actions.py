"""Owners, places and orders, changed by those who may."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks import NetworkKind, NetworkState, Unit, WatchNetwork, state_of
from grannsamverkan.domain.places import rules
from grannsamverkan.domain.signs.rules import OrderDraft, missing
from grannsamverkan.domain.signs.tables import (
    OrderReason,
    OrderState,
    OwnerKind,
    PropertyOwner,
    SignOrder,
    SignOrderPlace,
    SignPlace,
)
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.errors import NotFound, Refused


@dataclass(frozen=True)
class Wanted:
    """What a person asks for."""

    signs: int
    stickers: int
    reason: OrderReason
    place_ids: tuple[int, ...]
    is_off_public_road: bool
    is_in_built_up_area: bool
    county_permit_on: date | None


HOUSE_OWNERS = (OwnerKind.LANDLORD, OwnerKind.HOUSING_ASSOCIATION)


def add_owner(
    session: Session,
    network: WatchNetwork,
    name: str,
    kind: OwnerKind,
    *,
    contact: str,
    approved_on: date | None,
    unit: Unit | None = None,
) -> PropertyOwner:
    """Who owns houses (`unit`: one of them) or ground of the network."""
    row = PropertyOwner(
        network_id=network.id or 0,
        unit_id=unit.id if unit else None,
        name=name,
        kind=kind,
        contact=contact or None,
        approved_on=approved_on,
    )
    session.add(row)
    session.flush()
    return row


def owners(session: Session, network_id: int) -> list[PropertyOwner]:
    """The network's owners, of now."""
    rows = select(PropertyOwner).where(PropertyOwner.network_id == network_id, col(PropertyOwner.ended_at).is_(None))
    return list(session.exec(rows.order_by(col(PropertyOwner.id))))


def approve(session: Session, network_id: int, owner_id: int, day: date | None) -> PropertyOwner:
    """The owner has said yes to signs that day; None: takes it back. NotFound."""
    row = session.get(PropertyOwner, owner_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    row.approved_on = day
    return row


def add_place(session: Session, network: WatchNetwork, words: str, owner_id: int | None) -> SignPlace:
    """A place for a sign; NotFound for another network's owner."""
    if owner_id is not None and owner_id not in {row.id for row in owners(session, network.id or 0)}:
        raise NotFound
    row = SignPlace(network_id=network.id or 0, words=words, owner_id=owner_id)
    session.add(row)
    session.flush()
    return row


def places_of(session: Session, network_id: int) -> list[SignPlace]:
    """Where signs stand or are to stand."""
    rows = select(SignPlace).where(SignPlace.network_id == network_id, col(SignPlace.removed_on).is_(None))
    return list(session.exec(rows.order_by(col(SignPlace.id))))


def place(session: Session, network_id: int, place_id: int) -> SignPlace:
    """One of the network's places; NotFound."""
    row = session.get(SignPlace, place_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def draft_of(session: Session, network: WatchNetwork, wanted: Wanted) -> OrderDraft:
    """The order with what is known of its places. NotFound for another network's place."""
    network_id = network.id or 0
    chosen = [place(session, network_id, place_id) for place_id in wanted.place_ids]
    yes = {row.id for row in owners(session, network_id) if row.approved_on is not None}
    return OrderDraft(
        reason=wanted.reason,
        signs=wanted.signs,
        stickers=wanted.stickers,
        places=len(chosen),
        places_approved=sum(row.owner_id in yes for row in chosen),
        house_approved=house_is_approved(session, network),
        is_off_public_road=wanted.is_off_public_road,
        is_in_built_up_area=wanted.is_in_built_up_area,
        county_permit_on=wanted.county_permit_on,
    )


def house_is_approved(session: Session, network: WatchNetwork) -> bool:
    """Whether every owner of the network's houses has said yes; in villa areas there is nobody to ask for all."""
    if network.kind is not NetworkKind.APARTMENT:
        return True
    houses = [row for row in owners(session, network.id or 0) if row.kind in HOUSE_OWNERS]
    return bool(houses) and all(row.approved_on is not None for row in houses)


def ask_for(session: Session, network: WatchNetwork, wanted: Wanted, *, account_id: int, now: datetime) -> SignOrder:
    """An order that waits for whoever orders here; Refused: order_lacks (missing: how many conditions)."""
    local = rules(session, network.municipality_code)
    lacking = missing(draft_of(session, network, wanted), network.kind, state_of(session, network.id or 0), local)
    if lacking:
        raise Refused("order_lacks", missing=len(lacking))
    row = SignOrder(
        network_id=network.id or 0,
        signs=wanted.signs,
        stickers=wanted.stickers,
        reason=wanted.reason,
        is_off_public_road=wanted.is_off_public_road,
        is_in_built_up_area=wanted.is_in_built_up_area,
        county_permit_on=wanted.county_permit_on,
        ordered_from=local.signs_ordered_by,
        asked_at=now,
        asked_by=account_id,
    )
    session.add(row)
    session.flush()
    session.add_all(SignOrderPlace(order_id=row.id or 0, place_id=place_id) for place_id in wanted.place_ids)
    session.flush()
    return row


def orders(session: Session, network_ids: Iterable[int], *, only_open: bool = False) -> list[SignOrder]:
    """Orders of these networks, the newest first; `only_open`: whose signs are not up yet."""
    rows = select(SignOrder).where(Among(col(SignOrder.network_id), network_ids))
    if only_open:
        is_delivered = col(SignOrder.state) == OrderState.DELIVERED
        waits = col(SignOrder.state).in_([OrderState.ASKED, OrderState.ORDERED])
        rows = rows.where(waits | (is_delivered & col(SignOrder.put_up_at).is_(None)))
    return list(session.exec(rows.order_by(col(SignOrder.id).desc())))


def order(session: Session, network_id: int, order_id: int) -> SignOrder:
    """One of the network's orders; NotFound."""
    row = session.get(SignOrder, order_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def order_places(session: Session, order_id: int) -> list[SignPlace]:
    """The places that an order is for."""
    rows = select(SignPlace).join(SignOrderPlace).where(SignOrderPlace.order_id == order_id)
    return list(session.exec(rows.order_by(col(SignPlace.id))))


_NEXT = {
    OrderState.ASKED: {OrderState.ORDERED, OrderState.DECLINED},
    OrderState.ORDERED: {OrderState.DELIVERED, OrderState.DECLINED},
}


def move_order(session: Session, row: SignOrder, state: OrderState, *, now: datetime) -> None:
    """Ordered, delivered or declined. What is delivered is put up afterwards: `put_up`.

    Raises:
        Refused: order_state; order_not_active: the network has come to rest since it was asked for.
    """
    if state not in _NEXT.get(row.state, set()):
        raise Refused("order_state")
    if state is OrderState.ORDERED and state_of(session, row.network_id) is not NetworkState.ACTIVE:
        raise Refused("order_not_active")
    row.state = state
    if state is OrderState.ORDERED:
        row.ordered_at = now
    if state is OrderState.DELIVERED:
        row.delivered_at = now


def waiting(session: Session, network_ids: Iterable[int], *, ordered_from: str) -> int:
    """How many orders wait to be ordered by the municipality or by the police."""
    rows = select(func.count(col(SignOrder.id))).where(
        Among(col(SignOrder.network_id), network_ids),
        SignOrder.state == OrderState.ASKED,
        SignOrder.ordered_from == ordered_from,
    )
    return session.exec(rows).one()
