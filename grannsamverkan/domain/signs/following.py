"""What becomes of owners, places and orders when their network merges, splits or ends."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from grannsamverkan.domain.lifecycle import Moved
from grannsamverkan.domain.signs.tables import OrderState, PropertyOwner, SignOrder, SignPlace

_OPEN = (OrderState.ASKED, OrderState.ORDERED)


def follow(session: Session, moved: Moved) -> None:
    """Owners, places and open orders of a network that became part of another are that one's; settled orders stay.

    At a split, owners of the parts that moved go along, and owners of no certain part are known in both. Places and
    orders stay: a place is words, and only people can tell on which side it lies.
    """
    if moved.is_whole:
        for table in (PropertyOwner, SignPlace):
            session.execute(
                update(table).where(col(table.network_id) == moved.from_id).values(network_id=moved.into_id)
            )
        orders = update(SignOrder).where(col(SignOrder.network_id) == moved.from_id, col(SignOrder.state).in_(_OPEN))
        session.execute(orders.values(network_id=moved.into_id))
        session.expire_all()
    owners = select(PropertyOwner).where(
        col(PropertyOwner.network_id).in_([moved.from_id, moved.into_id]), col(PropertyOwner.ended_at).is_(None)
    )
    for owner in session.exec(owners).all():
        if owner.unit_id in moved.units:
            owner.network_id, owner.unit_id = moved.into_id, moved.unit(owner.unit_id)
        elif owner.unit_id is None and not moved.is_whole:
            session.add(
                PropertyOwner(
                    network_id=moved.into_id,
                    name=owner.name,
                    kind=owner.kind,
                    contact=owner.contact,
                    approved_on=owner.approved_on,
                )
            )
    session.flush()


def end_orders(session: Session, network_id: int) -> int:
    """Nothing is ordered for a network that has ended; returns how many orders were open. Places stay, so that somebody
    takes the signs down."""
    rows = update(SignOrder).where(col(SignOrder.network_id) == network_id, col(SignOrder.state).in_(_OPEN))
    return session.execute(rows.values(state=OrderState.DECLINED)).rowcount  # type: ignore[attr-defined, no-any-return]


def standing_signs(session: Session, network_id: int) -> int:
    """How many signs stand."""
    rows = select(SignPlace.id).where(
        SignPlace.network_id == network_id,
        col(SignPlace.put_up_on).is_not(None),
        col(SignPlace.removed_on).is_(None),
    )
    return len(session.exec(rows).all())
