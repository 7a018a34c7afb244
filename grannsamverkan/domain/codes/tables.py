"""One-time codes: made, sent, tried, used; and the visits that ask for them, counted against misuse."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import BigId, Small, UtcDateTime, enum_text


class CodePurpose(StrEnum):
    """What a code opens."""

    JOIN = "join"
    INTEREST = "interest"
    OWN_PAGE = "own_page"
    NEW_ADDRESS = "new_address"


class OneTimeCode(SQLModel, table=True):
    """A code that was asked for. All by keyed hash: the code, the address, the visitor and the browser's ticket.

    `lookup` finds the address, `block_lookup` its number block (all but the last four digits). `is_sent` False: the
    address was unknown, or a limit was passed; the visitor was answered just the same.
    """

    __tablename__ = "one_time_code"
    __table_args__ = (
        Index(None, "lookup", "asked_at"),
        Index(None, "visitor_lookup", "asked_at"),
        Index(None, "block_lookup", "asked_at"),
        Index(None, "ticket_lookup", "asked_at"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    purpose: CodePurpose = Field(sa_type=enum_text(CodePurpose))
    channel: int = Field(sa_type=Small)
    lookup: bytes = Field(sa_type=LargeBinary)
    block_lookup: bytes = Field(sa_type=LargeBinary)
    visitor_lookup: bytes = Field(sa_type=LargeBinary)
    ticket_lookup: bytes = Field(sa_type=LargeBinary)
    code_lookup: bytes = Field(sa_type=LargeBinary)
    asked_at: datetime = Field(sa_type=UtcDateTime, index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    is_sent: bool = False
    tries: int = 0
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dead_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
