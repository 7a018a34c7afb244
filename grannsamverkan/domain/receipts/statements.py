"""The statements that run once for every receipt, made once: a large warning is followed by tens of thousands.

Each moves a row only along the table of allowed moves.
"""

from sqlalchemy import Update, bindparam, exists, func, or_, select, text, update
from sqlmodel import col

from grannsamverkan.domain.deliveries import Delivery, DeliveryState, sources_of
from grannsamverkan.domain.receipts.tables import Receipt
from grannsamverkan.foundation.database import UtcDateTime

# Is there such a copy, and has this been said of it before?
LOOK = select(
    col(Delivery.id),
    exists()
    .where(col(Receipt.delivery_id) == col(Delivery.id), col(Receipt.status) == bindparam("said"))
    .label("is_known"),
).where(col(Delivery.id) == bindparam("row_id"))

# Nothing when somebody else has noted the same since that was asked: a provider says it twice at once, or is asked
# while its own receipt comes in.
NOTE = text("""
    INSERT INTO receipt (delivery_id, status, code, received_at) VALUES (:delivery_id, :status, :code, :received_at)
    ON CONFLICT DO NOTHING
""").bindparams(bindparam("received_at", type_=UtcDateTime))


def _move_to(state: DeliveryState) -> Update:
    return (
        update(Delivery)
        .where(col(Delivery.id) == bindparam("row_id"), or_(*(col(Delivery.state) == one for one in sources_of(state))))
        .values(
            state=int(state),
            final_at=bindparam("ended_at"),
            code=bindparam("said_code"),
            provider_id=func.coalesce(col(Delivery.provider_id), bindparam("named")),
            handed_over_at=func.coalesce(col(Delivery.handed_over_at), bindparam("at", type_=UtcDateTime())),
        )
    )


MOVE = {state: _move_to(state) for state in (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.FAILED)}
