"""Who may sign in, with what, their sessions, and the tries that are counted against guessing."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from grannsamverkan.foundation.database import UtcDateTime, enum_text
from grannsamverkan.foundation.vault import SealedText


class Role(StrEnum):
    """What an account is for. Its reach is a local police area, a municipality or a network.

    A neighbour has no account: the role is theirs for as long as a visit to their own page lasts.
    """

    POLICE = "police"
    COORDINATOR = "coordinator"
    CONTACT_PERSON = "contact_person"
    LEAD_CONTACT_PERSON = "lead_contact_person"
    ADMINISTRATOR = "administrator"
    NEIGHBOUR = "neighbour"


class Account(SQLModel, table=True):
    """A person of the staff, or a contact person, who may sign in. `sign_in_name` is stored case-folded.

    `second_secret` is what an app on the person's phone makes codes of; `second_used` numbers the half minute whose
    code was taken last, so that no code is taken twice.

    `oidc_lookup` tells by a keyed hash who it is at the municipality's own sign-in; `link_lookup` is that of a code
    with which somebody who is signed in there takes the account over, once, or chooses its password. Without a password
    the hash is empty.
    """

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_oidc_lookup", "oidc_lookup", unique=True),
        Index("uq_account_link_lookup", "link_lookup", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    sign_in_name: str = Field(unique=True, max_length=80)
    password_hash: str
    role: Role = Field(sa_type=enum_text(Role))
    municipality_code: str | None = Field(default=None, foreign_key="municipality.code", ondelete="RESTRICT")
    local_police_area_id: int | None = Field(default=None, foreign_key="local_police_area.id", ondelete="RESTRICT")
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    second_secret: str | None = Field(default=None, sa_type=SealedText("account.second_secret"))
    second_used: int | None = Field(default=None, sa_type=BigInteger)
    second_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    oidc_lookup: bytes | None = Field(default=None, sa_type=LargeBinary)
    link_lookup: bytes | None = Field(default=None, sa_type=LargeBinary)
    link_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Passkey(SQLModel, table=True):
    """A key on somebody's phone, computer or security key that signs them in. Here is only its public half.

    `sign_count` is the key's own count of how often it has signed (0 where it keeps none); `challenge_at` is when the
    challenge that it answered last was given, so that no answer is taken twice.
    """

    __tablename__ = "passkey"
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    credential_id: bytes = Field(sa_type=LargeBinary, unique=True)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = Field(sa_type=BigInteger)
    name: str = Field(max_length=40)
    made_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    challenge_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInSession(SQLModel, table=True):
    """A browser's session; the cookie holds the id, the row only its hash. Signing out deletes the row.

    It is an account's, or a neighbour's visit to their own page (`person_id`). `device` says in few words what it was
    opened with, `proven_at` when whoever uses it last showed who they are.
    """

    __tablename__ = "sign_in_session"
    id_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    account_id: int | None = Field(default=None, foreign_key="account.id", ondelete="CASCADE", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="CASCADE", index=True)
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    device: str | None = Field(default=None, max_length=40)
    proven_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class KnownDevice(SQLModel, table=True):
    """What an account has been signed in to with, in the few words of `SignInSession.device`."""

    __tablename__ = "known_device"
    __table_args__ = (Index("uq_known_device_account_id_device", "account_id", "device", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE")
    device: str = Field(max_length=40)
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)


class AccountInvitation(SQLModel, table=True):
    """An invitation to make an account: the code is on paper or in a message, its keyed hash here. Used once."""

    __tablename__ = "account_invitation"
    id: int | None = Field(default=None, primary_key=True)
    code_lookup: bytes = Field(sa_type=LargeBinary, unique=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    role: Role = Field(sa_type=enum_text(Role))
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT")
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: int
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ApiKey(SQLModel, table=True):
    """A key with which another system of a municipality reads, until it ends or is revoked. Here is only its hash.

    `made_by` is the account that made it; None: at the command line. `used_at`: when the minute began in which it was
    last asked with, `asked` times.
    """

    __tablename__ = "api_key"
    id: int | None = Field(default=None, primary_key=True)
    key_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    name: str = Field(max_length=60)
    municipality_code: str = Field(foreign_key="municipality.code", ondelete="RESTRICT")
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: int | None = None
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked: int = 0
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    def holds_at(self, now: datetime) -> bool:
        """Whether it opens anything then."""
        return self.revoked_at is None and now < self.expires_at


class SignInTry(SQLModel, table=True):
    """One try to sign in, by keyed hashes of the name and of the visitor's address."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index(None, "name_lookup", "at"), Index(None, "visitor_lookup", "at"))
    id: int | None = Field(default=None, primary_key=True)
    name_lookup: bytes = Field(sa_type=LargeBinary)
    visitor_lookup: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=UtcDateTime)
    succeeded: bool = False
