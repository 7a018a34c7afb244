"""How households join and change: slips with codes, enrolments under way, requests to join, lists brought in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from grannsamverkan.domain.networks import JoinedBy, Shows
from grannsamverkan.foundation.database import UtcDateTime, enum_text
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
    """A list of members brought in for a network: looked at, applied whole or not at all, and undone for a day.

    `mapping` holds what each column means, `facts` counts only. `source` is where the list comes from, as its letters
    say; `consent_source` where the consents are kept that the list says nothing of.
    """

    __tablename__ = "member_import"
    id: int | None = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="watch_network.id", ondelete="CASCADE", index=True)
    state: ImportState = Field(default=ImportState.PREVIEW, sa_type=enum_text(ImportState))
    mapping: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"})
    source: str | None = Field(default=None, sa_type=SealedText("member_import.source"))
    consent_source: str | None = Field(default=None, sa_type=SealedText("member_import.consent_source"))
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: int
    applied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class ImportedRow(SQLModel, table=True):
    """One row of a list, sealed; `number` 0 has the headings. Without a consent a name and a place stay here, are asked
    by letter (`batch_id` is the code on it, the same on many; `asked_at` when it was printed), and are gone when their
    time is out; with one, `household_id` is what the row became, and `fingerprint` how that looked then, until the
    import can no longer be undone."""

    __tablename__ = "imported_row"
    __table_args__ = (UniqueConstraint("import_id", "number"), CheckConstraint("number >= 0", name="number"))
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="member_import.id", ondelete="CASCADE")
    number: int
    cells: str | None = Field(default=None, sa_type=SealedText("imported_row.cells"))
    has_consent: bool = False
    batch_id: int | None = Field(default=None, foreign_key="slip_batch.id", ondelete="SET NULL", index=True)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    household_id: int | None = Field(default=None, foreign_key="household.id", ondelete="SET NULL", index=True)
    fingerprint: bytes | None = Field(default=None, sa_type=LargeBinary)
