"""Who we reach and how: person, contact address, consent, stop list."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import Small, UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class GivenBy(StrEnum):
    """Who recorded a consent."""

    SELF = "self"
    CONTACT_PERSON = "contact_person"
    OFFICE = "office"


class Level(StrEnum):
    """What a person wants to get: everything, warnings but no advice, or only what is under way."""

    ALL = "all"
    WARNINGS = "warnings"
    ONGOING = "ongoing"


class Person(SQLModel, table=True):
    """Someone who takes part. A name is optional: area and channel are enough.

    `language` is that of their own page and of what is sent to them.
    Between `quiet_from` and `quiet_to` (whole hours in Sweden, 0 to 23; both or none) their phone is left in peace.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index(
            "ix_person_language",
            "language",
            sqlite_where=text("language <> 'sv'"),
            postgresql_where=text("language <> 'sv'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT", index=True)
    name: str | None = Field(default=None, sa_type=SealedText("person.name"))
    language: str = Field(default="sv", max_length=5)
    level: Level = Field(
        default=Level.ALL, sa_type=enum_text(Level), sa_column_kwargs={"server_default": Level.ALL.value}
    )
    quiet_from: int | None = Field(default=None, sa_type=Small)
    quiet_to: int | None = Field(default=None, sa_type=Small)
    paused_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class ContactAddress(SQLModel, table=True):
    """A phone number (E.164) or an email address: the only table that holds one.

    `lookup` is the keyed hash by which the same address is found again; `dead_since` is set when a provider has said
    that nobody is there.
    `confirmed_at` is when its owner showed that it is theirs, or handed it over on paper; until then nothing but the
    code that asks for it goes there. `proven_at` is when a code sent to it came back from this person: only then do
    they decide for the address wherever else it is written down.
    """

    __tablename__ = "contact_address"
    __table_args__ = (UniqueConstraint("person_id", "channel", "lookup"), Index(None, "lookup"))
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    channel: int = Field(sa_type=Small)
    value: str = Field(sa_type=SealedText("contact_address.value"))
    lookup: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proven_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dead_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dead_code: str | None = Field(default=None, max_length=40)


class Consent(SQLModel, table=True):
    """A person's active choice of one channel: which text, when, by whom, from where (a code in `source`: web, slip,
    doorstep, import, reply); closed by `withdrawn_at`, never changed. `evidence` says where a choice that was made
    before our time is kept, as the list said that brought it in."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_in_force",
            "person_id",
            "channel",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    channel: int = Field(sa_type=Small)
    text_version: str = Field(max_length=20)
    given_at: datetime = Field(sa_type=UtcDateTime)
    given_by: GivenBy = Field(sa_type=enum_text(GivenBy))
    source: str | None = Field(default=None, max_length=20)
    evidence: str | None = Field(default=None, sa_type=SealedText("consent.evidence"))
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StopEntry(SQLModel, table=True):
    """An address that has said STOPP (or the provider has, for it): nothing goes there, whoever lists it."""

    __tablename__ = "stop_entry"
    channel: int = Field(primary_key=True, sa_type=Small)
    lookup: bytes = Field(primary_key=True, sa_type=LargeBinary)
    since: datetime = Field(sa_type=UtcDateTime)
    source: str = Field(max_length=20)
