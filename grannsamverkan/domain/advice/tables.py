"""Tips: a municipality's own wording of a card, the lines of its year, what became of each due time, and who was given
what."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, false
from sqlmodel import Field, SQLModel

from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.database import UtcDateTime, enum_text


class EntryState(StrEnum):
    """draft → approved ⇄ paused → ended; a change of what was approved makes it a draft again."""

    DRAFT = "draft"
    APPROVED = "approved"
    PAUSED = "paused"
    ENDED = "ended"


class RunState(StrEnum):
    """What became of a due time. missed: its time had passed, its approval did not hold any more,
    or the budget for SMS did not hold it."""

    ISSUED = "issued"
    SKIPPED = "skipped"
    MISSED = "missed"


class CardAnswerKind(StrEnum):
    """What a neighbour says of a tip."""

    DONE = "done"
    HAD_IT = "had_it"
    NOT_FOR_ME = "not_for_me"


class CardEdition(SQLModel, table=True):
    """A card in a municipality's own words (null: as shipped), or taken out of use; the newest row counts, and the rows
    are its history."""

    __tablename__ = "card_edition"
    __table_args__ = (Index(None, "municipality_code", "card_key"),)
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT")
    card_key: str = Field(max_length=60)
    texts: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    is_disabled: bool = False
    account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    at: datetime = Field(sa_type=UtcDateTime)


class PlanEntry(SQLModel, table=True):
    """A line of a municipality's year: a card, and when it goes (calendar.py has the rules). `network_kind` null: to
    networks of both kinds. `next_at`: when it is due next, null when never again.

    One for newcomers has been done for everybody who joined up to `joiners_until`. `about_alert_id`: the warning that
    it follows, to the same homes; no warning is followed twice. No foreign key: alerts are a later room.
    """

    __tablename__ = "plan_entry"
    __table_args__ = (
        Index(None, "state", "next_at"),
        Index("uq_plan_entry_about_alert_id", "about_alert_id", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT", index=True)
    card_key: str = Field(max_length=60)
    rule: dict[str, Any] = Field(sa_type=JSON)
    network_kind: NetworkKind | None = Field(default=None, sa_type=enum_text(NetworkKind))
    state: EntryState = Field(sa_type=enum_text(EntryState))
    version: int = 1
    created_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    created_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approval_hash: str | None = Field(default=None, max_length=64)
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    joiners_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    about_alert_id: int | None = None


class PlanRun(SQLModel, table=True):
    """A due time of an entry and what became of it. That it is the key makes two clocks one. No foreign key to the
    alert: the run is remembered longer. `joined_after` and `joined_until`: only for homes that joined between them."""

    __tablename__ = "plan_run"
    __table_args__ = {"sqlite_with_rowid": False}
    entry_id: int = Field(primary_key=True, foreign_key="plan_entry.id", ondelete="CASCADE")
    due_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    state: RunState = Field(sa_type=enum_text(RunState))
    alert_id: int | None = Field(default=None, index=True)
    decided_at: datetime = Field(sa_type=UtcDateTime)
    account_id: int | None = None
    joined_after: datetime | None = Field(default=None, sa_type=UtcDateTime)
    joined_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MethodCard(SQLModel, table=True):
    """Which card a municipality lets follow a burglary done in this way; null for none. Methods without a row have the
    shipped card (following.py)."""

    __tablename__ = "method_card"
    __table_args__ = {"sqlite_with_rowid": False}
    municipality_code: str = Field(primary_key=True, foreign_key="municipality.code", ondelete="RESTRICT")
    method: str = Field(primary_key=True, max_length=40)
    card_key: str | None = Field(default=None, max_length=60)


class AdviceGiven(SQLModel, table=True):
    """This household, then in this network, has been given this card, and how. No foreign keys: it outlives the
    copies, and carries the rule of no repeats and the board of who was given what."""

    __tablename__ = "advice_given"
    __table_args__ = (Index(None, "household_id", "card_key"), {"sqlite_with_rowid": False})
    alert_id: int = Field(primary_key=True)
    household_id: int = Field(primary_key=True)
    card_key: str = Field(max_length=60)
    given_at: datetime = Field(sa_type=UtcDateTime, index=True)
    network_id: int | None = None
    by_sms: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    by_email: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class CardAnswer(SQLModel, table=True):
    """How many have answered so about a card in a year: counts, and nobody's answer."""

    __tablename__ = "card_answer"
    __table_args__ = {"sqlite_with_rowid": False}
    municipality_code: str = Field(primary_key=True, foreign_key="municipality.code", ondelete="RESTRICT")
    card_key: str = Field(primary_key=True, max_length=60)
    year: int = Field(primary_key=True)
    answer: CardAnswerKind = Field(primary_key=True, sa_type=enum_text(CardAnswerKind))
    count: int = 0
