"""Messages to one person: a code, a welcome, an invitation, a reminder."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.database import BigId, Small, UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class NoticeKind(StrEnum):
    """What a notice is for; decides its words and how long it is worth sending."""

    CODE = "code"
    WELCOME = "welcome"
    CHANGED = "changed"
    CONFIRM_EMAIL = "confirm_email"
    INTEREST = "interest"
    MEETING = "meeting"
    MEETING_CHANGED = "meeting_changed"
    INVITATION = "invitation"
    DUTIES = "duties"
    YEARLY_CHECK = "yearly_check"
    JOIN_ANSWER = "join_answer"
    APPROVAL = "approval"
    EMERGENCY = "emergency"
    TRIAL = "trial"
    FORWARD = "forward"
    LETTER = "letter"


class NoticeState(StrEnum):
    """How far a notice has come. `calling` is committed before the call."""

    QUEUED = "queued"
    CALLING = "calling"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Notice(SQLModel, table=True):
    """A message to one address. `body` is sealed and emptied when the notice is final.

    `about` groups what belongs together ("meeting:12"), so that its invitations can be counted; with `key` it also
    keeps the same thing from being told twice.
    """

    __tablename__ = "notice"
    __table_args__ = (Index(None, "state", "next_at"), Index("uq_notice_once", "about", "key", unique=True))
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    address_id: int = Field(foreign_key="contact_address.id", ondelete="CASCADE", index=True)
    channel: int = Field(sa_type=Small)
    kind: NoticeKind = Field(sa_type=enum_text(NoticeKind))
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT")
    about: str = Field(max_length=40)
    key: str = Field(max_length=60)
    subject: str = Field(default="", sa_type=SealedText("notice.subject"))
    body: str = Field(sa_type=SealedText("notice.body"))
    language: str = Field(default=SWEDISH, max_length=5, sa_column_kwargs={"server_default": SWEDISH})
    made_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)
    valid_until: datetime = Field(sa_type=UtcDateTime)
    state: NoticeState = Field(default=NoticeState.QUEUED, sa_type=enum_text(NoticeState))
    attempts: int = 0
    called_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    provider_id: str | None = Field(default=None, max_length=64)
    code: str | None = Field(default=None, max_length=40)
