"""A warning from draft to closed, with its frozen wording and its number."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.foundation.database import BigId, Small, UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class AlertState(StrEnum):
    """draft → checked (number reserved) → approved (wording frozen) → sending → closed; or discarded, which is also
    what becomes of one that was taken back before anything of it was sent."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    SENDING = "sending"
    CLOSED = "closed"
    DISCARDED = "discarded"


class Answer(StrEnum):
    """What became of an asking for approval; void: the content was changed, or nobody needs to answer any more."""

    APPROVED = "approved"
    DECLINED = "declined"
    VOID = "void"


class ReasonKind(StrEnum):
    """For what a reason was given."""

    QUIET_HOURS = "quiet_hours"
    OVER_BUDGET = "over_budget"
    EMERGENCY = "emergency"
    DECLINED = "declined"


class Alert(SQLModel, table=True):
    """One message. Codes from the catalogue are text; wording is empty until approval and never changes after it.

    `cursor_id` is the last household that fan-out has taken; `tally` the counts and times frozen when it closes.
    A sequel is about the alert `about_id`, in the story that `story_id` began; `told` says which words it has
    (sequels.Told), `right_place` where it was in truth, when that was wrong. Since `stopped_at` nothing more is sent.
    Alerts with the same `joint_id`, the id of the first of them, were written as one: one for each municipality.
    `changed_by` wrote it last; `over_quiet_hours`: somebody wants it to ring at night all the same. `planned_at`: not
    to go before then. Advice has `card_key`, and its own paragraphs as `advice`; it goes in one message with the advice
    `carried_by`, to whom both are for. Where nothing has happened there is no kind, dwelling or day; what people are
    invited to is an AlertOccasion. `deleted_there_at`: since then the SMS provider has none of its copies.
    `expected_parts`: how many SMS parts it was to take when it was let go.
    """

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint("state NOT IN ('approved','sending','closed') OR sms_text IS NOT NULL", name="frozen_wording"),
        CheckConstraint(
            "alert_class IN ('advice', 'invitation', 'drill') OR (kind IS NOT NULL AND dwelling IS NOT NULL"
            " AND happened_on IS NOT NULL AND day_part IS NOT NULL)",
            name="has_happened",
        ),
        Index(
            "ix_alert_carried_by",
            "carried_by",
            sqlite_where=text("carried_by IS NOT NULL"),
            postgresql_where=text("carried_by IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT", index=True)
    author_account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    changed_by: int | None = None
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
    joint_id: int | None = Field(default=None, index=True)
    told: str | None = Field(default=None, max_length=24)
    right_place: str | None = Field(default=None, max_length=120)
    kind: str | None = Field(default=None, max_length=40)
    attempted: bool = False
    dwelling: str | None = Field(default=None, max_length=40)
    happened_on: date | None = None
    day_part: str | None = Field(default=None, max_length=40)
    methods: list[str] = Field(default_factory=list, sa_type=JSON)
    advice: list[str] = Field(default_factory=list, sa_type=JSON)
    free_text: str = Field(default="", max_length=200)
    card_key: str | None = Field(default=None, max_length=60)
    police_event_id: int | None = None  # the open police event a draft was started from
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    number: int | None = Field(default=None, unique=True)
    over_quiet_hours: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    planned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
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
    carried_by: int | None = None
    deleted_there_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expected_parts: int | None = None


class AlertTranslation(SQLModel, table=True):
    """The frozen words of an alert in another language than Swedish; `paragraphs` are those of advice."""

    __tablename__ = "alert_translation"
    alert_id: int = Field(primary_key=True, foreign_key="alert.id", ondelete="CASCADE")
    language: str = Field(primary_key=True, max_length=5)
    headline: str
    sms_text: str
    mail_subject: str
    mail_text: str
    mail_html: str
    paragraphs: list[str] = Field(default_factory=list, sa_type=JSON)


class AlertPause(SQLModel, table=True):
    """The alert was paused, once, since `refused` of the first `answered` copies on a channel were refused for good
    with the same code. Nothing of it is handed over until somebody has said that it goes on."""

    __tablename__ = "alert_pause"
    alert_id: int = Field(primary_key=True, foreign_key="alert.id", ondelete="CASCADE")
    channel: int = Field(sa_type=Small)
    code: str = Field(max_length=24)
    refused: int
    answered: int
    paused_at: datetime = Field(sa_type=UtcDateTime)
    went_on_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    went_on_by: int | None = None


class AlertOccasion(SQLModel, table=True):
    """What an invitation, or its news, invites to. `meeting_id`: the network's own meeting, when it is one."""

    __tablename__ = "alert_occasion"
    alert_id: int = Field(primary_key=True, foreign_key="alert.id", ondelete="CASCADE")
    occasion: str = Field(max_length=40)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int
    place: str = Field(max_length=120)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", ondelete="SET NULL", index=True)


class AlertTarget(SQLModel, table=True):
    """An alert goes to a whole network, or to one of its units."""

    __tablename__ = "alert_target"
    __table_args__ = (UniqueConstraint("alert_id", "network_id", "unit_id"), Index(None, "network_id", "alert_id"))
    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE")
    network_id: int = Field(foreign_key="watch_network.id", ondelete="RESTRICT")
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="RESTRICT")


class PostedDraft(SQLModel, table=True):
    """A draft that another system has begun: with which key, and hashes of what it called the post and what it said."""

    __tablename__ = "posted_draft"
    __table_args__ = (UniqueConstraint("api_key_id", "once_hash"), Index(None, "api_key_id", "posted_at"))
    alert_id: int = Field(primary_key=True, foreign_key="alert.id", ondelete="CASCADE")
    api_key_id: int = Field(foreign_key="api_key.id", ondelete="RESTRICT")
    once_hash: bytes = Field(sa_type=LargeBinary)
    content_hash: bytes = Field(sa_type=LargeBinary)
    posted_at: datetime = Field(sa_type=UtcDateTime)


class ApprovalRequest(SQLModel, table=True):
    """Somebody asks for a second person's approval of this content (its hash); `needs` says why one is needed."""

    __tablename__ = "approval_request"
    __table_args__ = (
        Index(
            "uq_approval_request_open",
            "alert_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE", index=True)
    content: str = Field(max_length=64)
    needs: list[str] = Field(default_factory=list, sa_type=JSON)
    asked_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    answer: Answer | None = Field(default=None, sa_type=enum_text(Answer))
    answered_by: int | None = None
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AlertReason(SQLModel, table=True):
    """Why somebody did what is not usual, in their own words: for colleagues to read, and nobody else."""

    __tablename__ = "alert_reason"
    __table_args__ = (UniqueConstraint("alert_id", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE")
    kind: ReasonKind = Field(sa_type=enum_text(ReasonKind))
    words: str = Field(sa_type=SealedText("alert_reason.words"))
    account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    given_at: datetime = Field(sa_type=UtcDateTime)


class PhraseEdition(SQLModel, table=True):
    """From `at` on a municipality words this phrase (phrases.SHIPPED) so; both None: as shipped. The newest counts."""

    __tablename__ = "phrase_edition"
    __table_args__ = (Index(None, "municipality_code", "phrase"),)
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT")
    phrase: str = Field(max_length=60)
    full: str | None = Field(default=None, max_length=200)
    short: str | None = Field(default=None, max_length=60)
    account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    at: datetime = Field(sa_type=UtcDateTime)


class AlertNumber(SQLModel, table=True):
    """The one sequence of numbers of an installation. Gaps are allowed, reuse is not."""

    __tablename__ = "alert_number"
    __table_args__ = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE", unique=True)
    reserved_at: datetime = Field(sa_type=UtcDateTime)
