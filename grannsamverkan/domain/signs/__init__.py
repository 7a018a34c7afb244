"""Signs: property owners, places and orders."""

from grannsamverkan.domain.signs.actions import (
    Wanted,
    add_owner,
    add_place,
    approve,
    ask_for,
    draft_of,
    move_order,
    order,
    order_places,
    orders,
    owners,
    place,
    places_of,
    waiting,
)
from grannsamverkan.domain.signs.following import end_orders, follow, standing
from grannsamverkan.domain.signs.rules import Condition, OrderDraft, missing
from grannsamverkan.domain.signs.tables import (
    OrderReason,
    OrderState,
    OwnerKind,
    PropertyOwner,
    SignOrder,
    SignOrderPlace,
    SignPlace,
)

__all__ = [
    "Condition",
    "OrderDraft",
    "OrderReason",
    "OrderState",
    "OwnerKind",
    "PropertyOwner",
    "SignOrder",
    "SignOrderPlace",
    "SignPlace",
    "Wanted",
    "add_owner",
    "add_place",
    "approve",
    "ask_for",
    "draft_of",
    "end_orders",
    "follow",
    "missing",
    "move_order",
    "order",
    "order_places",
    "orders",
    "owners",
    "place",
    "places_of",
    "standing",
    "waiting",
]
