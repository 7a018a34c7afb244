"""The police's open events as the public API told them, every version of them, and the state of the feed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import BigId, UtcDateTime, enum_text


class PlaceCertainty(StrEnum):
    """How the place of an event is known, from the API's own word to not at all.

    MUNICIPALITY: the API's place is one. TITLE: the title names a municipality of the API's county. COUNTY: nothing
    finer is said. CONFLICT: place and title disagree, so a person has to decide. PERSON: a person has. UNKNOWN: no
    place, or one that is neither municipality nor county.
    """

    MUNICIPALITY = "municipality"
    TITLE = "title"
    COUNTY = "county"
    CONFLICT = "conflict"
    PERSON = "person"
    UNKNOWN = "unknown"


class PoliceEvent(SQLModel, table=True):
    """One event of the police's open list as it was last told; `id` is theirs.

    `published_at` is when the police published it, `happened_at` the title's time where that can be trusted. `cut`
    says that the summary stops where the API cuts, not where the sentence ends. `version` is the highest number in
    `police_event_version`; `reused_count` says how often the id was given to another event. `same_as_id` is the
    earlier event with the same title. An event that full answers no longer list has `withdrawn_at`.
    """

    __tablename__ = "police_event"
    __table_args__ = (
        Index(None, "municipality_code", "published_at"),
        Index(None, "county_code", "published_at"),
        CheckConstraint("version >= 1", name="has_a_version"),
        CheckConstraint("same_as_id IS NULL OR same_as_id <> id", name="same_as_another"),
    )
    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    published_at: datetime = Field(sa_type=UtcDateTime, index=True)
    first_seen: datetime = Field(sa_type=UtcDateTime)
    last_seen: datetime = Field(sa_type=UtcDateTime, index=True)
    happened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    type: str
    title: str = Field(index=True)
    summary: str
    cut: bool = False
    url: str = ""
    place_name: str = ""
    municipality_code: str | None = Field(default=None, foreign_key="municipality.code", ondelete="RESTRICT")
    county_code: str | None = Field(default=None, foreign_key="county.code", ondelete="RESTRICT")
    place_certainty: PlaceCertainty = Field(sa_type=enum_text(PlaceCertainty))
    version: int = 1
    version_seen_at: datetime = Field(sa_type=UtcDateTime)
    reused_count: int = 0
    same_as_id: int | None = Field(
        default=None, sa_type=BigInteger, foreign_key="police_event.id", ondelete="SET NULL", index=True
    )
    missed_in: int = 0
    missed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PoliceEventVersion(SQLModel, table=True):
    """What an event said from `seen_at` on. `reused` marks the break where the id began to mean another event."""

    __tablename__ = "police_event_version"
    __table_args__ = (UniqueConstraint("event_id", "version"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    event_id: int = Field(sa_type=BigInteger, foreign_key="police_event.id", ondelete="CASCADE")
    version: int
    seen_at: datetime = Field(sa_type=UtcDateTime)
    title: str
    summary: str
    type: str
    place_name: str
    reused: bool = False


class PoliceFeedState(SQLModel, table=True):
    """The one row that lets a restarted feed keep the rules of the API; `calls` are times as ISO 8601 text."""

    __tablename__ = "police_feed_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    calls: list[Any] = Field(default_factory=list, sa_type=JSON)
    failures: int = 0
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    final_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    etag: str | None = None
    last_modified: str | None = None
    last_status: int | None = None
    last_answer_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
