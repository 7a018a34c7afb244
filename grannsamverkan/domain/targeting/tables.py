"""Who was to get an alert, frozen at release."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import Small, UtcDateTime


class Audience(SQLModel, table=True):
    """A household that an alert is for, and the network it was in then. No foreign keys: it stays when they leave, and
    its alert, which never goes while it is there, would be looked up for each row (docs/decisions/0067).

    `left_out` says why no copy goes to it (see reach.REASONS); empty for those who get one.
    """

    __tablename__ = "audience"
    __table_args__ = (Index(None, "alert_id", "network_id"), {"sqlite_with_rowid": False})
    alert_id: int = Field(primary_key=True)
    household_id: int = Field(primary_key=True)
    network_id: int
    unit_id: int | None = None
    left_out: str | None = Field(default=None, max_length=10)


class AudienceAddress(SQLModel, table=True):
    """An address (by its hash) through which a household was to be reached; meets its delivery on alert, channel,
    lookup. Several households may share one address, and then share one copy. `address_id`: a row of that address, of
    somebody who lives there; a copy is made from it, and it may have gone since."""

    __tablename__ = "audience_address"
    __table_args__ = {"sqlite_with_rowid": False}
    alert_id: int = Field(primary_key=True)
    household_id: int = Field(primary_key=True)
    channel: int = Field(primary_key=True, sa_type=Small)
    lookup: bytes = Field(primary_key=True, sa_type=LargeBinary)
    address_id: int | None = None


class Forwarding(SQLModel, table=True):
    """In this network an alert waits for a contact person to pass it on to the neighbours, and goes by itself at
    `direct_at`. `role_id` says which contact person did; no foreign keys there: it stays when they leave."""

    __tablename__ = "forwarding"
    __table_args__ = (Index(None, "network_id"), {"sqlite_with_rowid": False})
    alert_id: int = Field(primary_key=True, foreign_key="alert.id", ondelete="CASCADE")
    network_id: int = Field(primary_key=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    direct_at: datetime = Field(sa_type=UtcDateTime)
    forwarded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    role_id: int | None = None
    account_id: int | None = None
