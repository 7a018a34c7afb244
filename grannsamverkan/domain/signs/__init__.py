"""Signs: property owners, places and orders."""

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
    "OrderReason",
    "OrderState",
    "OwnerKind",
    "PropertyOwner",
    "SignOrder",
    "SignOrderPlace",
    "SignPlace",
]
