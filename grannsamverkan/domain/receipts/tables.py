"""What providers and people said happened."""

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import BigId, Small, UtcDateTime


class Receipt(SQLModel, table=True):
    """A provider said this about a delivery; said twice, it is kept once."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("delivery_id", "status"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    delivery_id: int = Field(foreign_key="delivery.id", ondelete="CASCADE", sa_type=BigId)
    status: str = Field(max_length=30)
    code: str | None = Field(default=None, max_length=40)
    received_at: datetime = Field(sa_type=UtcDateTime)


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
