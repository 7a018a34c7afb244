"""What providers and people said happened."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import BigId, Small, UtcDateTime, enum_text


class Receipt(SQLModel, table=True):
    """A provider said this about a delivery; said twice, it is kept once."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("delivery_id", "status"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    delivery_id: int = Field(foreign_key="delivery.id", ondelete="CASCADE", sa_type=BigId)
    status: str = Field(max_length=30)
    code: str | None = Field(default=None, max_length=40)
    received_at: datetime = Field(sa_type=UtcDateTime)


class VisitKind(StrEnum):
    """What came of a knock at the door: somebody there was told, or a slip was laid."""

    TOLD = "told"
    SLIP = "slip"


class Visit(SQLModel, table=True):
    """A contact person has been at a household that a warning did not reach; the account is who pressed. No foreign
    key to the household: it stays in the ledger when they leave."""

    __tablename__ = "visit"
    __table_args__ = ({"sqlite_with_rowid": False},)
    alert_id: int = Field(primary_key=True, foreign_key="alert.id", ondelete="CASCADE")
    household_id: int = Field(primary_key=True)
    kind: VisitKind = Field(sa_type=enum_text(VisitKind))
    account_id: int
    at: datetime = Field(sa_type=UtcDateTime)


class SpendingMark(StrEnum):
    """What a municipality's budget for SMS has come to: four fifths are booked, all of it is, or a tip that was planned
    was held back since it would not have been enough."""

    ALMOST = "almost"
    SPENT = "spent"
    HELD = "held"


class ToldOfSpending(SQLModel, table=True):
    """Who sets the budget has been told that it has come to this mark. Another one in the same year is told of anew."""

    __tablename__ = "told_of_spending"
    __table_args__ = ({"sqlite_with_rowid": False},)
    municipality_code: str = Field(primary_key=True, foreign_key="municipality.code", ondelete="RESTRICT")
    year: int = Field(primary_key=True)
    kronor: int = Field(primary_key=True)
    mark: SpendingMark = Field(primary_key=True, sa_type=enum_text(SpendingMark))
    told_at: datetime = Field(sa_type=UtcDateTime)


class FetchedMail(SQLModel, table=True):
    """A mail of a mailbox that has been read, and whether it was about one of our emails; nothing of the mail itself.

    `place` is a hash of the mailbox's address with the server's own numbering of it, `uid` the mail's number there.
    """

    __tablename__ = "fetched_mail"
    __table_args__ = (UniqueConstraint("place", "uid"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    place: str = Field(max_length=40)
    uid: int = Field(sa_type=BigId)
    is_ours: bool
    read_at: datetime = Field(sa_type=UtcDateTime)


class ReplyRow(SQLModel, table=True):
    """An SMS from a neighbour, as the command word it was read as; its text is never kept."""

    __tablename__ = "reply"
    id: int | None = Field(default=None, primary_key=True)
    provider_id: str = Field(unique=True, max_length=64)
    channel: int = Field(sa_type=Small)
    lookup: bytes = Field(sa_type=LargeBinary, index=True)
    reply: str = Field(max_length=20)
    received_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deleted_there_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
