"""Signs and stickers: property owners and their approval, places, orders."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class OwnerKind(StrEnum):
    """Who owns the house or the ground."""

    LANDLORD = "landlord"
    HOUSING_ASSOCIATION = "housing_association"
    COMMUNITY_ASSOCIATION = "community_association"
    MUNICIPALITY = "municipality"
    PRIVATE = "private"


class OrderReason(StrEnum):
    """Why signs or stickers are ordered."""

    NEW = "new"
    FADED = "faded"
    VANDALISED = "vandalised"
    BROKEN = "broken"
    LOST = "lost"
    NEW_MEMBERS = "new_members"


class OrderState(StrEnum):
    """How far an order has come."""

    ASKED = "asked"
    ORDERED = "ordered"
    DELIVERED = "delivered"
    DECLINED = "declined"


class PropertyOwner(SQLModel, table=True):
    """Who owns a building of the network (`unit_id`) or the ground its signs stand on, and when they said yes to signs.

    `contact` is how to reach them in the matter of signs; sealed, since it is often a person.
    """

    __tablename__ = "property_owner"
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    name: str = Field(max_length=120)
    kind: OwnerKind = Field(sa_type=enum_text(OwnerKind))
    contact: str | None = Field(default=None, sa_type=SealedText("property_owner.contact"))
    approved_on: date | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignPlace(SQLModel, table=True):
    """Where a sign stands, or is to stand: an entrance in words, whose ground it is, and when it was put up."""

    __tablename__ = "sign_place"
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    owner_id: int | None = Field(default=None, foreign_key="property_owner.id", ondelete="SET NULL")
    words: str = Field(max_length=120)
    put_up_on: date | None = None
    checked_on: date | None = None
    removed_on: date | None = None


class SignOrder(SQLModel, table=True):
    """An order of signs and stickers for an active network. There is no stock: every order is for its places.

    `put_up_at`: what was delivered stands in its places.
    """

    __tablename__ = "sign_order"
    __table_args__ = (
        CheckConstraint("signs >= 0", name="signs"),
        CheckConstraint("stickers >= 0", name="stickers"),
    )
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    signs: int
    stickers: int
    reason: OrderReason = Field(sa_type=enum_text(OrderReason))
    state: OrderState = Field(default=OrderState.ASKED, sa_type=enum_text(OrderState))
    is_off_public_road: bool = False
    is_in_built_up_area: bool = True
    county_permit_on: date | None = None
    ordered_from: str = Field(default="", max_length=24)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: int
    ordered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    put_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignOrderPlace(SQLModel, table=True):
    """A place that an order is for."""

    __tablename__ = "sign_order_place"
    order_id: int = Field(primary_key=True, foreign_key="sign_order.id", ondelete="CASCADE")
    place_id: int = Field(primary_key=True, foreign_key="sign_place.id", ondelete="CASCADE")
