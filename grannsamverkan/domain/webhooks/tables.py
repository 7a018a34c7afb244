"""Addresses of other systems that are called when something public happens, and the calls to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import BigId, UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class Event(StrEnum):
    """What a call tells of. A ping is somebody's trial."""

    SENT = "alert.sent"
    CORRECTED = "alert.corrected"
    CLOSED = "alert.closed"
    PING = "ping"


class CallState(StrEnum):
    """A call waits, between its tries too, until it was taken or given up. Unknown: it waited in a copy of the
    database that was restored, and may have gone."""

    WAITING = "waiting"
    TAKEN = "taken"
    GIVEN_UP = "given_up"
    UNKNOWN = "unknown"


class Pause(StrEnum):
    """Why nothing is called there: somebody wants it so, nothing was taken for days, or the receiver said that nobody
    is there any more."""

    WANTED = "wanted"
    FAILING = "failing"
    GONE = "gone"


class Webhook(SQLModel, table=True):
    """An address of a municipality's own system. `host` is that of the address, with its port where it names one.

    Calls are signed with `secret`, and until `before_until` with the one before it too. `failing_since` is the first
    try that was not taken since the last one that was. Until `rests_until` nothing is called at its host.
    """

    __tablename__ = "webhook"
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT", index=True)
    name: str = Field(max_length=60)
    url: str = Field(sa_type=SealedText("webhook.url"))
    host: str = Field(max_length=260)
    secret: str = Field(sa_type=SealedText("webhook.secret"))
    secret_before: str | None = Field(default=None, sa_type=SealedText("webhook.secret_before"))
    before_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: int | None = None
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_for: Pause | None = Field(default=None, sa_type=enum_text(Pause))
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rests_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebhookCall(SQLModel, table=True):
    """One thing told to one address. `message_id` is the same at every try, so that the receiver takes it once.

    `at` is when it is told of for the first time; `next_at` when it may be tried again, which is set before each try:
    whoever dies in a try leaves it to be tried then. `status` is that of the last answer, None where there was none.
    """

    __tablename__ = "webhook_call"
    __table_args__ = (Index(None, "state", "next_at"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    webhook_id: int = Field(foreign_key="webhook.id", ondelete="CASCADE", index=True)
    message_id: str = Field(max_length=40, unique=True)
    event: Event = Field(sa_type=enum_text(Event))
    body: str
    at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)
    state: CallState = Field(default=CallState.WAITING, sa_type=enum_text(CallState))
    attempts: int = 0
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status: int | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
