"""What municipality and police have promised, and how it stood on any day."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.database import UtcDateTime, enum_text


class Measure(StrEnum):
    """What a promise is counted in."""

    ACTIVE_NETWORKS = "active_networks"
    NEW_NETWORKS = "new_networks"
    JOINED_HOUSEHOLDS = "joined_households"
    START_MEETINGS = "start_meetings"
    TRAININGS = "trainings"


class PromiseTarget(SQLModel, table=True):
    """So many of something by a day, in villa areas, in apartment buildings, or (kind empty) in both together."""

    __tablename__ = "promise_target"
    __table_args__ = (CheckConstraint("number > 0", name="number"),)
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT", index=True)
    measure: Measure = Field(sa_type=enum_text(Measure))
    kind: NetworkKind | None = Field(default=None, sa_type=enum_text(NetworkKind))
    number: int
    from_on: date
    until_on: date
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PromiseSnapshot(SQLModel, table=True):
    """How it stood in a municipality at the end of a day, for one kind of housing. Never changed afterwards.

    Meetings and trainings are counted from the beginning of the year. A training has no kind: it counts for both rows,
    and whoever adds them up takes it once.
    """

    __tablename__ = "promise_snapshot"
    municipality_code: str = Field(primary_key=True, foreign_key="municipality.code", ondelete="RESTRICT")
    taken_on: date = Field(primary_key=True)
    kind: NetworkKind = Field(primary_key=True, sa_type=enum_text(NetworkKind))
    interests: int
    starting: int
    active: int
    dormant: int
    ended: int
    households: int
    dwellings: int
    contact_persons: int
    trained: int
    vacant: int
    start_meetings: int
    yearly_meetings: int
    trainings: int
    taken_at: datetime = Field(sa_type=UtcDateTime)
