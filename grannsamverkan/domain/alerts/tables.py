"""A warning from draft to closed, with its frozen wording and its number."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.foundation.database import BigId, UtcDateTime, enum_text


class AlertState(StrEnum):
    """draft → checked (number reserved) → approved (wording frozen) → sending → closed; or discarded, which is also
    what becomes of one that was taken back before anything of it was sent."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    SENDING = "sending"
    CLOSED = "closed"
    DISCARDED = "discarded"


class Alert(SQLModel, table=True):
    """One message. Codes from the catalogue are text; wording is empty until approval and never changes after it.

    `cursor_id` is the last household that fan-out has taken; `tally` the counts frozen when the alert closes.
    A sequel is about the alert `about_id`, in the story that `story_id` began; `told` says which words it has
    (sequels.Told), `right_place` where it was in truth, when that was wrong. Since `stopped_at` nothing more is sent.
    """

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint("state NOT IN ('approved','sending','closed') OR sms_text IS NOT NULL", name="frozen_wording"),
    )
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT", index=True)
    author_account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    source: str = Field(max_length=20)
    state: AlertState = Field(sa_type=enum_text(AlertState), index=True)
    version: int = 1
    alert_class: AlertClass = Field(
        default=AlertClass.WARNING,
        sa_type=enum_text(AlertClass),
        sa_column_kwargs={"server_default": AlertClass.WARNING.value},
    )
    about_id: int | None = None
    story_id: int | None = Field(default=None, index=True)
    told: str | None = Field(default=None, max_length=24)
    right_place: str | None = Field(default=None, max_length=120)
    kind: str = Field(max_length=40)
    attempted: bool = False
    dwelling: str = Field(max_length=40)
    happened_on: date
    day_part: str = Field(max_length=40)
    methods: list[str] = Field(default_factory=list, sa_type=JSON)
    advice: list[str] = Field(default_factory=list, sa_type=JSON)
    free_text: str = Field(default="", max_length=200)
    police_event_id: int | None = None  # the open police event a draft was started from
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    number: int | None = Field(default=None, unique=True)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    approval_hash: str | None = Field(default=None, max_length=64)
    release_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    valid_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stopped_by: int | None = None
    headline: str | None = None
    sms_text: str | None = None
    mail_subject: str | None = None
    mail_text: str | None = None
    mail_html: str | None = None
    cursor_id: int = 0
    fanned_out_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tally: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class AlertTarget(SQLModel, table=True):
    """An alert goes to a whole network, or to one of its units."""

    __tablename__ = "alert_target"
    __table_args__ = (UniqueConstraint("alert_id", "network_id", "unit_id"), Index(None, "network_id", "alert_id"))
    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE")
    network_id: int = Field(foreign_key="watch_network.id", ondelete="RESTRICT")
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="RESTRICT")


class AlertNumber(SQLModel, table=True):
    """The one sequence of numbers of an installation. Gaps are allowed, reuse is not."""

    __tablename__ = "alert_number"
    __table_args__ = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE", unique=True)
    reserved_at: datetime = Field(sa_type=UtcDateTime)
