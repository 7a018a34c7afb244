"""What has been taken back, until it stands in the journal outside the database; what copy this database is, and which
code may run on it; and what must not be deleted yet."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import BigId, Small, UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class GoneKind(StrEnum):
    """What has been taken back: a person's whole data, their place in a household, their choice of a channel, an
    account; of an address everything (stopped), or the choices of those who had it (closed). `chosen` and `started` say
    that a choice, or an address, is in force again."""

    ERASED = "erased"
    MOVED_OUT = "moved_out"
    WITHDRAWN = "withdrawn"
    CHOSEN = "chosen"
    ACCOUNT_ENDED = "account_ended"
    STOPPED = "stopped"
    CLOSED = "closed"
    STARTED = "started"


class Gone(SQLModel, table=True):
    """Written with the act, and deleted once it stands in the journal. `mark` is a keyed hash of whom it is about, so
    that neither row nor journal says who; for an address it is the hash by which the address is found everywhere."""

    __tablename__ = "gone"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: GoneKind = Field(sa_type=enum_text(GoneKind))
    channel: int = Field(default=0, sa_type=Small)
    mark: bytes = Field(sa_type=LargeBinary)


class RestoredCopy(SQLModel, table=True):
    """These rows were restored from a copy taken at `taken_at`. Nothing runs on them before `let_go_at`; `held` counts
    what was marked as perhaps sent. None: the rows have never been anything but the original."""

    __tablename__ = "restored_copy"
    id: int | None = Field(default=None, primary_key=True)
    taken_at: datetime = Field(sa_type=UtcDateTime)
    restored_at: datetime = Field(sa_type=UtcDateTime)
    journal_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    let_go_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class FittingCode(SQLModel, table=True):
    """The code whose newest revision is this one may run on the tables, although they are of a later version."""

    __tablename__ = "fitting_code"
    revision: str = Field(primary_key=True, max_length=40)


class Hold(SQLModel, table=True):
    """Until `until`, or until somebody releases it, nothing of the class `what` (`upkeep.KINDS`) is forgotten."""

    __tablename__ = "hold"
    id: int | None = Field(default=None, primary_key=True)
    what: str = Field(max_length=24)
    reason: str = Field(sa_type=SealedText("hold.reason"))
    placed_at: datetime = Field(sa_type=UtcDateTime)
    placed_by: int  # an account; no foreign key: the hold outlives it
    until: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: int | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it keeps anything then."""
        return self.released_at is None and now < self.until
