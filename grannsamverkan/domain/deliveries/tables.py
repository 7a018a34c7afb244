"""One row per alert, channel and address, and the batches that are claimed."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.database import BigId, Small, UtcDateTime


class Delivery(SQLModel, table=True):
    """One copy for one address. Holds the address row's id and hash, never the address; `state` as in states.py.

    `language` is that of its words. `not_before`: its owner's quiet hours last until then, or a contact person may pass
    it on until then. `carried_by`: the copy, for the same address, in whose message it goes; set exactly while its
    state says so. No foreign keys: the carrier may be forgotten first, and the alert would be looked up for each row.
    `parts`: of the SMS that it was last called with; they have cost something once it is handed over.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("alert_id", "channel", "lookup"),
        Index(None, "lookup"),
        Index(
            "ix_delivery_provider_id",
            "provider_id",
            sqlite_where=text("provider_id IS NOT NULL"),
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
        Index(
            "ix_delivery_carried_by",
            "carried_by",
            sqlite_where=text("carried_by IS NOT NULL"),
            postgresql_where=text("carried_by IS NOT NULL"),
        ),
        {"postgresql_with": {"fillfactor": 33}},
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    alert_id: int
    channel: int = Field(sa_type=Small)
    address_id: int
    lookup: bytes = Field(sa_type=LargeBinary)
    language: str = Field(default=SWEDISH, max_length=5, sa_column_kwargs={"server_default": SWEDISH})
    state: int = Field(default=0, sa_type=Small)
    attempts: int = Field(default=0, sa_type=Small)
    provider_id: str | None = Field(default=None, max_length=64)
    code: str | None = Field(default=None, max_length=40)
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    called_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handed_over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    final_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    carried_by: int | None = Field(default=None, sa_type=BigId)
    parts: int | None = Field(default=None, sa_type=Small)


class Batch(SQLModel, table=True):
    """The unit of claim on every engine: the deliveries of one alert and channel with ids in first..last.

    `token` grows by one at each claim and fences out whoever held it before.
    """

    __tablename__ = "batch"
    __table_args__ = (
        Index(
            "ix_batch_open",
            "channel",
            "priority",
            "id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index(None, "alert_id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE")
    channel: int = Field(sa_type=Small)
    first_id: int = Field(sa_type=BigId)
    last_id: int = Field(sa_type=BigId)
    priority: int = Field(default=100, sa_type=Small)
    not_before: datetime = Field(sa_type=UtcDateTime)
    owner: str | None = Field(default=None, max_length=60)
    token: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ClockTick(SQLModel, table=True):
    """When the acting clock last looked for work, and which process it is: one row, read by every other process."""

    __tablename__ = "clock_tick"
    id: int = Field(default=1, primary_key=True, sa_type=Small)
    at: datetime = Field(sa_type=UtcDateTime)
    acted_by: str = Field(max_length=60)


class Heartbeat(SQLModel, table=True):
    """When the switch of whoever watches us from outside was last pressed, and when that was last taken: one row."""

    __tablename__ = "heartbeat"
    id: int = Field(default=1, primary_key=True, sa_type=Small)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AvailableHour(SQLModel, table=True):
    """An hour's minutes as bits, the first one lowest: in which a warning could have gone (`able`), and in which the
    clock has seen that none could (`unable`). A minute may be both: then it could."""

    __tablename__ = "available_hour"
    id: int | None = Field(default=None, primary_key=True)
    hour: datetime = Field(sa_type=UtcDateTime, unique=True)
    able: int = Field(default=0, sa_type=BigInteger)
    unable: int = Field(default=0, sa_type=BigInteger)


class ProviderHealth(SQLModel, table=True):
    """What senders have last seen of a provider: it took something, it took nothing, one of them lets it alone.
    `cause`: why it was not reached the last time, where that is known."""

    __tablename__ = "provider_health"
    id: int | None = Field(default=None, primary_key=True)
    provider: str = Field(max_length=20, unique=True)
    took_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    let_alone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cause: str | None = Field(default=None, max_length=20)


class Canary(SQLModel, table=True):
    """A message to the operator by one provider; its text and its address are in no row.

    `number` counts a provider's: of two clocks that begin the next one, one gets it. `code`: why it was not taken or
    did not arrive. The next one may go at `next_at`.
    """

    __tablename__ = "canary"
    __table_args__ = (UniqueConstraint("provider", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    provider: str = Field(max_length=20)
    number: int
    called_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    provider_id: str | None = Field(default=None, max_length=64)
    code: str | None = Field(default=None, max_length=40)
    proved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Pace(SQLModel, table=True):
    """When the next copies of a channel may go, where its provider takes only so many a second."""

    __tablename__ = "pace"
    id: int | None = Field(default=None, primary_key=True)
    channel: int = Field(sa_type=Small, unique=True)
    next_at: datetime = Field(sa_type=UtcDateTime)
