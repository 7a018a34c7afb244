"""Who did what, when: acts of people and of the clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, text
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import BigId, UtcDateTime


class AuditEntry(SQLModel, table=True):
    """One act. Ids and codes only; `seal` chains the row to the one before it and is set by a timetabled step."""

    __tablename__ = "audit_entry"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    account_id: int | None = Field(default=None, index=True)  # no foreign key: the log outlives the account
    act: str = Field(max_length=60)
    thing: str = Field(max_length=40)
    thing_id: str = Field(max_length=40)
    municipality_code: str | None = Field(default=None, max_length=4, index=True)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    seal: bytes | None = Field(default=None, sa_type=LargeBinary)


class ViewEntry(SQLModel, table=True):
    """Somebody was shown what households or persons have told us: who (as a role), what, when and for what purpose.

    Those it is about read the same rows on their own page. `what` is a code: list, reveal, print, export, neighbours,
    import, register, route (whom a warning has not reached).
    `household_ids` and `person_ids` are whom it showed; `network_id` is empty where no network is concerned yet.
    `viewer_person_id`: a neighbour who looked at their network's list; then `account_id` is 0.
    """

    __tablename__ = "view_entry"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    account_id: int = Field(index=True)  # no foreign key: the log outlives the account
    role: str = Field(max_length=24)
    what: str = Field(max_length=20)
    purpose: str = Field(default="", max_length=200)
    municipality_code: str = Field(max_length=4)
    network_id: int | None = Field(default=None, index=True)
    household_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    person_ids: list[int] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": text("'[]'")})
    viewer_person_id: int | None = None
