"""How households join and change: slips with codes, enrolments under way, requests to join, lists brought in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.domain.networks import JoinedBy, Shows
from grannsamverkan.foundation.database import Small, UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class RequestState(StrEnum):
    """What became of a request to join."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ImportState(StrEnum):
    """How far a list that was brought in has come."""

    PREVIEW = "preview"
    APPLIED = "applied"
    UNDONE = "undone"


class SlipBatch(SQLModel, table=True):
    """Printed slips for a stairwell, a street or a whole network. All slips of a batch carry the same code, so that a
    slip never points to a dwelling; `most_uses` bounds what a lost one can do."""

    __tablename__ = "slip_batch"
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    code: str = Field(sa_type=SealedText("slip_batch.code"))
    code_lookup: bytes = Field(sa_type=LargeBinary, unique=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: int
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    uses: int = 0
    most_uses: int


class Enrolment(SQLModel, table=True):
    """Somebody is about to join, or to tell their interest, in one browser that holds a ticket; its hash is here.

    The person and the address exist already, unconfirmed: nothing goes there but the code, and both are deleted with
    the enrolment when it is not finished in time.
    """

    __tablename__ = "enrolment"
    ticket_lookup: bytes = Field(primary_key=True, sa_type=LargeBinary)
    network_id: int | None = Field(default=None, foreign_key="watch_network.id", ondelete="CASCADE")
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    batch_id: int | None = Field(default=None, foreign_key="slip_batch.id", ondelete="SET NULL")
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL", index=True)
    address_id: int | None = Field(default=None, foreign_key="contact_address.id", ondelete="SET NULL")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class JoinRequest(SQLModel, table=True):
    """A household that asks to be let in by the contact person of its stairwell or street."""

    __tablename__ = "join_request"
    __table_args__ = (Index(None, "network_id", "state"),)
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE")
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    label: str | None = Field(default=None, sa_type=SealedText("join_request.label"))
    shows: Shows = Field(sa_type=enum_text(Shows))
    joined_by: JoinedBy = Field(sa_type=enum_text(JoinedBy))
    asked_at: datetime = Field(sa_type=UtcDateTime)
    state: RequestState = Field(default=RequestState.WAITING, sa_type=enum_text(RequestState))
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: int | None = None
    household_id: int | None = Field(default=None, foreign_key="household.id", ondelete="SET NULL")


class MemberImport(SQLModel, table=True):
    """A list of members brought in for a network: looked at, applied whole or not at all, and undone for a day."""

    __tablename__ = "member_import"
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    state: ImportState = Field(default=ImportState.PREVIEW, sa_type=enum_text(ImportState))
    mapping: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: int
    applied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class ImportedRow(SQLModel, table=True):
    """One row of a list, sealed. Without a consent it stays here, is asked by letter, and is gone when its time is out;
    with one, `household_id` is what it became."""

    __tablename__ = "imported_row"
    __table_args__ = (UniqueConstraint("import_id", "number"), CheckConstraint("number >= 0", name="number"))
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="member_import.id", ondelete="CASCADE")
    number: int
    cells: str | None = Field(default=None, sa_type=SealedText("imported_row.cells"))
    problem: str | None = Field(default=None, max_length=40)
    channels: int = Field(default=0, sa_type=Small)
    has_consent: bool = False
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    household_id: int | None = Field(default=None, foreign_key="household.id", ondelete="SET NULL", index=True)
