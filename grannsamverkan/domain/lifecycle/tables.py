"""From the first interest to a living network: interests, meetings with their action points, and training."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.database import UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class MeetingKind(StrEnum):
    """Which meeting it is."""

    START = "start"
    YEARLY = "yearly"
    INFORMATION = "information"


class MeetingState(StrEnum):
    """Of a meeting or a training session."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Addressee(StrEnum):
    """Whom an action point asks to act."""

    OWNER = "owner"
    MUNICIPALITY = "municipality"
    POLICE = "police"
    NETWORK = "network"


class PointState(StrEnum):
    """How far an action point has come."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    DECLINED = "declined"


class Interest(SQLModel, table=True):
    """Somebody wants a watch where they live. Their place in their own words is sealed; it goes with their address.

    `confirmed_at`: the address was shown to be theirs; before that nobody sees the interest. `network_id`: the network
    that came of it, or that it was put to.
    """

    __tablename__ = "interest"
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT", index=True)
    network_id: int | None = Field(default=None, foreign_key="watch_network.id", ondelete="SET NULL", index=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    kind: NetworkKind = Field(sa_type=enum_text(NetworkKind))
    place: str = Field(sa_type=SealedText("interest.place"))
    wants_to_help: bool = False
    made_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Meeting(SQLModel, table=True):
    """A meeting of a network. Attendance is a number: who came is nobody's to store.

    `uid` and `sequence` belong to its calendar file; the sequence grows with every change.
    """

    __tablename__ = "meeting"
    __table_args__ = (CheckConstraint("attendance >= 0", name="attendance"),)
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    kind: MeetingKind = Field(sa_type=enum_text(MeetingKind))
    state: MeetingState = Field(default=MeetingState.PLANNED, sa_type=enum_text(MeetingState))
    starts_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int = 120
    place: str = Field(max_length=120)
    uid: str = Field(unique=True, max_length=60)
    sequence: int = 0
    invited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attendance: int | None = None
    protocol: str | None = Field(default=None, sa_type=SealedText("meeting.protocol"))
    made_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class ActionPoint(SQLModel, table=True):
    """What a meeting asked somebody to do, and what came of it."""

    __tablename__ = "action_point"
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", ondelete="SET NULL", index=True)
    addressee: Addressee = Field(sa_type=enum_text(Addressee))
    words: str = Field(sa_type=SealedText("action_point.words"))
    state: PointState = Field(default=PointState.OPEN, sa_type=enum_text(PointState))
    answer: str | None = Field(default=None, sa_type=SealedText("action_point.answer"))
    due_on: date | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class TrainingSession(SQLModel, table=True):
    """A training of contact persons by police and municipality, at a place or online."""

    __tablename__ = "training_session"
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT", index=True)
    state: MeetingState = Field(default=MeetingState.PLANNED, sa_type=enum_text(MeetingState))
    starts_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int = 120
    place: str = Field(max_length=120)
    is_online: bool = False
    uid: str = Field(unique=True, max_length=60)
    sequence: int = 0
    made_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class TrainingSeat(SQLModel, table=True):
    """A contact person's seat at a training; `came` is set when it has been held."""

    __tablename__ = "training_seat"
    session_id: int = Field(primary_key=True, foreign_key="training_session.id", ondelete="CASCADE")
    person_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE", index=True)
    came: bool | None = None
    invited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PersonTraining(SQLModel, table=True):
    """A person has been trained: the date, and our session where it was one of ours."""

    __tablename__ = "person_training"
    __table_args__ = (UniqueConstraint("person_id", "trained_on"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    trained_on: date
    session_id: int | None = Field(default=None, foreign_key="training_session.id", ondelete="SET NULL")
    noted_at: datetime = Field(sa_type=UtcDateTime)
