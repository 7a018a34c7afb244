"""What contact persons have to do, fifteen minutes a month, and the yearly check of a network."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class TaskKind(StrEnum):
    """What is to be done."""

    INFORM = "inform"
    LIST_CHECK = "list_check"
    SIGNS_CHECK = "signs_check"
    YEARLY_MEETING = "yearly_meeting"
    NEWCOMER = "newcomer"
    ASK_AGAIN = "ask_again"
    FILL_VACANCY = "fill_vacancy"
    DECIDE_DORMANCY = "decide_dormancy"
    TAKE_DOWN = "take_down"


class CheckOutcome(StrEnum):
    """What came of a yearly check."""

    FINE = "fine"
    KEPT = "kept"
    DORMANT = "dormant"


class Task(SQLModel, table=True):
    """Something to do: for a contact person, for whoever covers a unit, or (both empty) for the coordinator.

    `label` is free text about a newcomer, or what a paper on the notice board is called; sealed, and gone when the task
    is closed or after its time.
    `round` keeps a repeated duty from coming twice ("2026-05"). `whose` says in one word that is never empty whose it
    is: rows with an empty column are all different to a database, and people and parts may go while tasks stay.
    """

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("network_id", "kind", "round", "whose"),
        Index(None, "network_id", "closed_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE")
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    contact_person_id: int | None = Field(
        default=None, foreign_key="contact_person.id", ondelete="SET NULL", index=True
    )
    kind: TaskKind = Field(sa_type=enum_text(TaskKind))
    round: str = Field(max_length=20)
    whose: str = Field(max_length=40)
    label: str | None = Field(default=None, sa_type=SealedText("task.label"))
    due_on: date
    made_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: int | None = None  # an account; None: the clock, or by link
    closed_because: str | None = Field(default=None, max_length=24)


class YearlyCheck(SQLModel, table=True):
    """Once a year the network is asked whether its list, its contact persons, its signs and its meeting are in order.

    Nothing follows by itself: where nobody answers, the lead is warned (`warned_at`), then a person is asked to decide
    (`passed_on_at`), and does (`outcome`). Answered by link, it has no account but the contact role whose link it was.
    """

    __tablename__ = "yearly_check"
    __table_args__ = (UniqueConstraint("network_id", "year"),)
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    year: int
    asked_at: datetime = Field(sa_type=UtcDateTime)
    due_on: date
    reminders: int = 0
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    warned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    passed_on_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: int | None = None
    answered_by_role: int | None = None
    list_in_order: bool | None = None
    contacts_in_order: bool | None = None
    signs_in_order: bool | None = None
    meeting_held: bool | None = None
    outcome: CheckOutcome | None = Field(default=None, sa_type=enum_text(CheckOutcome))
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: int | None = None
