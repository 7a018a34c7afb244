"""Keys of other systems: shown once, kept as a hash, each for one municipality, some questions and a year at most."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from grannsamverkan.domain import audit
from grannsamverkan.domain.accounts.tables import ApiKey
from grannsamverkan.foundation.errors import NotFound, Refused

LONGEST_DAYS = 365
MOST_ALIVE = 20  # of one municipality
NAME_LENGTH = 60
_BYTES, _BEGINS = 32, "gs_"  # so that a scanner of secrets knows one when it sees it
_A_MINUTE = timedelta(minutes=1)
_TOLD_BEFORE = timedelta(days=14)


class Scope(StrEnum):
    """What a key may do: ask for public facts of the networks, public messages, figures of delivery; post drafts."""

    NETWORKS = "networks"
    ALERTS = "alerts"
    STATISTICS = "statistics"
    DRAFTS = "drafts"


READING = (Scope.NETWORKS, Scope.ALERTS, Scope.STATISTICS)


def make_key(
    session: Session,
    name: str,
    municipality_code: str,
    scopes: Collection[Scope],
    *,
    days: int,
    now: datetime,
    account_id: int | None = None,
) -> str:
    """A new key, made by this account (None: at the command line), which nobody can be shown again.

    Raises:
        Refused: api_key_name (most), api_key_days (most), api_key_scopes, api_keys_full (most), api_key_of_nobody: a
            draft has an account behind it, so its key is not made at the command line.
    """
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise Refused("api_key_name", most=NAME_LENGTH)
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused("api_key_days", most=LONGEST_DAYS)
    if not scopes:
        raise Refused("api_key_scopes")
    if Scope.DRAFTS in scopes and account_id is None:
        raise Refused("api_key_of_nobody")
    if sum(row.holds_at(now) for row in keys(session, municipality_code)) >= MOST_ALIVE:
        raise Refused("api_keys_full", most=MOST_ALIVE)
    key = _BEGINS + secrets.token_urlsafe(_BYTES)
    row = ApiKey(
        key_hash=_hash(key),
        name=name.strip(),
        municipality_code=municipality_code,
        scopes=sorted(set(scopes)),
        made_at=now,
        made_by=account_id,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    _note(session, "api_key_made", row, account_id, now)
    return key


def key_of(session: Session, key: str, now: datetime) -> ApiKey | None:
    """The key's row, while it holds."""
    row = session.exec(select(ApiKey).where(ApiKey.key_hash == _hash(key))).first()
    return row if row is not None and row.holds_at(now) else None


def count_question(session: Session, key_id: int, *, most: int, now: datetime) -> bool:
    """Count a question against the minute at hand, which began at the key's `used_at`, whichever process was asked.
    Whether there have been no more than `most` in it. Safe to race: the row is locked."""
    row = session.get(ApiKey, key_id, with_for_update={"key_share": True})
    if row is None:
        return False
    if row.used_at is None or row.used_at + _A_MINUTE <= now:
        row.used_at, row.asked = now, 0
    row.asked += 1
    return row.asked <= most


def revoke_key(session: Session, key_id: int, now: datetime, *, account_id: int | None = None) -> bool:
    """It opens nothing from the next question on. Safe to repeat: whether it ended by this. NotFound."""
    row = key(session, key_id)
    if row.revoked_at is not None:
        return False
    row.revoked_at = now
    _note(session, "api_key_revoked", row, account_id, now)
    return True


def key(session: Session, key_id: int, *, to_change: bool = False) -> ApiKey:
    """The key's row, also when it has ended; NotFound. `to_change` locks it: two who do something with the same key
    come one after the other."""
    row = session.get(ApiKey, key_id, with_for_update={"key_share": True} if to_change else None)
    if row is None:
        raise NotFound
    return row


def keys(session: Session, municipality_code: str | None = None) -> list[ApiKey]:
    """All there have been, of one municipality where it is given, the newest first."""
    rows = select(ApiKey).order_by(col(ApiKey.id).desc())
    if municipality_code is not None:
        rows = rows.where(ApiKey.municipality_code == municipality_code)
    return list(session.exec(rows))


def ending_keys(session: Session, municipality_codes: Collection[str], *, now: datetime) -> list[ApiKey]:
    """Those of these municipalities that hold now and in a fortnight no more, the first to end first: a system that
    nobody has given a new one stands still then."""
    rows = select(ApiKey).where(
        col(ApiKey.municipality_code).in_(list(municipality_codes)),
        col(ApiKey.revoked_at).is_(None),
        col(ApiKey.expires_at) > now,
        col(ApiKey.expires_at) <= now + _TOLD_BEFORE,
    )
    return list(session.exec(rows.order_by(col(ApiKey.expires_at))))


def _note(session: Session, act: str, row: ApiKey, account_id: int | None, now: datetime) -> None:
    code = row.municipality_code
    audit.record(
        session, now=now, account_id=account_id, act=act, thing="api_key", thing_id=row.id or 0, municipality_code=code
    )


def _hash(key: str) -> bytes:
    """A key has 256 bits: nobody can try them all, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).digest()
