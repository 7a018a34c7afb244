"""Sessions of those who have signed in: a browser holds the id, the row only its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from grannsamverkan.domain import audit
from grannsamverkan.domain.accounts.known_devices import forget_devices
from grannsamverkan.domain.accounts.tables import Account, SignInSession, SignInTry
from grannsamverkan.foundation.errors import NotFound

_ID_BYTES = 32
_HANDLE_BYTES = 12
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SessionLimits:
    """How long a session lives unused, and at most."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


VISIT = SessionLimits(idle=timedelta(minutes=15), absolute=timedelta(hours=2))  # a neighbour's, to their own page


def open_session(
    session: Session,
    account_id: int | None,
    content: dict[str, Any],
    now: datetime,
    limits: SessionLimits,
    *,
    person_id: int | None = None,
    device: str | None = None,
) -> str:
    """A new session of an account, or a neighbour's visit. Returns its id, which only the browser keeps."""
    session_id = secrets.token_urlsafe(_ID_BYTES)
    session.add(
        SignInSession(
            id_hash=_hash(session_id),
            account_id=account_id,
            person_id=person_id,
            content=content,
            created_at=now,
            seen_at=now,
            expires_at=now + limits.absolute,
            device=device,
            proven_at=None if account_id is None else now,
        )
    )
    session.flush()
    return session_id


def renew_session(session: Session, session_id: str, now: datetime) -> str:
    """The same session under a new id, since its owner has just shown anew who they are. It lives no longer for it.

    Raises:
        NotFound: it has been closed meanwhile.
    """
    row = session.get(SignInSession, _hash(session_id), with_for_update=True)
    if row is None:
        raise NotFound
    new_id = secrets.token_urlsafe(_ID_BYTES)
    row.id_hash, row.proven_at, row.seen_at = _hash(new_id), now, now
    session.flush()
    audit.record(
        session, now=now, account_id=row.account_id, act="proven", thing="account", thing_id=row.account_id or 0
    )
    return new_id


def find_session(session: Session, session_id: str, now: datetime, limits: SessionLimits) -> SignInSession | None:
    """The live session with this id: neither expired nor idle too long, of an account that has not ended."""
    row = session.get(SignInSession, _hash(session_id))
    if row is None or row.expires_at <= now:
        return None
    if row.seen_at + (limits.idle if row.person_id is None else VISIT.idle) <= now:
        return None
    if row.person_id is not None:
        return row
    account = session.get(Account, row.account_id)
    return row if account is not None and account.ended_at is None else None


def is_due_for_touch(row: SignInSession, now: datetime) -> bool:
    """Whether a minute has passed since the session was last noted as used."""
    return row.seen_at + _SEEN_EVERY <= now


def touch(session: Session, session_id: str, now: datetime) -> None:
    """Note that the session is in use. Does nothing to one that has been closed meanwhile."""
    row = session.get(SignInSession, _hash(session_id))
    if row is not None and is_due_for_touch(row, now):
        row.seen_at = now


def save_content(session: Session, session_id: str, content: dict[str, Any], now: datetime) -> None:
    """Keep what the pages have put in the session. Does nothing to one that has been closed meanwhile."""
    row = session.get(SignInSession, _hash(session_id))
    if row is not None:
        row.content, row.seen_at = content, now


def close_session(session: Session, session_id: str) -> None:
    """Sign out: the id is worth nothing any more."""
    session.execute(delete(SignInSession).where(col(SignInSession.id_hash) == _hash(session_id)))


def close_all_of(session: Session, account_id: int) -> None:
    """Sign an account out everywhere."""
    session.execute(delete(SignInSession).where(col(SignInSession.account_id) == account_id))


def sessions_of(session: Session, account_id: int, now: datetime, limits: SessionLimits) -> list[SignInSession]:
    """An account's live sessions, the one used last first."""
    rows = select(SignInSession).where(
        SignInSession.account_id == account_id,
        col(SignInSession.expires_at) > now,
        col(SignInSession.seen_at) > now - limits.idle,
    )
    return list(session.exec(rows.order_by(col(SignInSession.seen_at).desc(), col(SignInSession.created_at).desc())))


def handle_of(row: SignInSession) -> str:
    """By which its owner tells a session from others. It opens nothing."""
    return row.id_hash[:_HANDLE_BYTES].hex()


def is_session(row: SignInSession, session_id: str | None) -> bool:
    """Whether the browser with this id has it."""
    return session_id is not None and row.id_hash == _hash(session_id)


def close_others_of(session: Session, account_id: int, session_id: str | None, *, handle: str | None = None) -> int:
    """End the account's sessions but the one with this id, or only that with the handle; returns how many."""
    rows = session.exec(select(SignInSession).where(SignInSession.account_id == account_id)).all()
    wanted = [row for row in rows if (not is_session(row, session_id) if handle is None else handle_of(row) == handle)]
    for row in wanted:
        session.delete(row)
    session.flush()
    return len(wanted)


def close_visits_of(session: Session, person_id: int) -> None:
    """End every visit to a person's own page."""
    session.execute(delete(SignInSession).where(col(SignInSession.person_id) == person_id))


def forget_old(session: Session, now: datetime, *, tries_days: int) -> int:
    """Remove expired sessions, tries older than `tries_days`, and devices that nobody has used for a year; returns how
    many tries."""
    forget_devices(session, now)
    session.execute(delete(SignInSession).where(col(SignInSession.expires_at) <= now))
    old = delete(SignInTry).where(col(SignInTry.at) <= now - timedelta(days=tries_days))
    return session.execute(old).rowcount  # type: ignore[attr-defined, no-any-return]


def _hash(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode()).digest()
