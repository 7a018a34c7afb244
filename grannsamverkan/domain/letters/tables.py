"""A month's letter of a municipality, and how many crimes were reported where."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import UtcDateTime, enum_text


class CrimeKind(StrEnum):
    """What was broken into, as the figures of a month are split."""

    VILLA = "villa"
    APARTMENT = "apartment"
    STORAGE = "storage"
    HOLIDAY = "holiday"
    CAR = "car"


class LetterState(StrEnum):
    """An approved letter has gone, and stays as it is."""

    DRAFT = "draft"
    APPROVED = "approved"


class CrimeCount(SQLModel, table=True):
    """So many reported burglaries of a kind in an area in a month ("2026-03"), as the police count them; none is a row
    too."""

    __tablename__ = "crime_count"
    __table_args__ = {"sqlite_with_rowid": False}
    municipality_code: str = Field(primary_key=True, foreign_key="municipality.code", ondelete="RESTRICT")
    month: str = Field(primary_key=True, max_length=7)
    area: str = Field(primary_key=True, max_length=60)
    kind: CrimeKind = Field(primary_key=True, sa_type=enum_text(CrimeKind))
    count: int
    account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    at: datetime = Field(sa_type=UtcDateTime)


class Letter(SQLModel, table=True):
    """The letter about a month. A draft is composed anew whenever it is looked at; `content` is what was approved."""

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("municipality_code", "month"),)
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT")
    month: str = Field(max_length=7)
    state: LetterState = Field(default=LetterState.DRAFT, sa_type=enum_text(LetterState))
    greeting: str = Field(default="", max_length=400)
    card_keys: list[str] = Field(default_factory=list, sa_type=JSON)
    version: int = 1
    created_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    created_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approval_hash: str | None = Field(default=None, max_length=64)
    content: dict[str, Any] | None = Field(default=None, sa_type=JSON)
