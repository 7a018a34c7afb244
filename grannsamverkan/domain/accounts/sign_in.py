"""Signing in with a name and a password, slowly enough that guessing does not pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlmodel import Session, col, delete, select

from grannsamverkan.domain import audit
from grannsamverkan.domain.accounts.drafts import PASSWORD_AT_MOST, folded_name
from grannsamverkan.domain.accounts.passwords import STRONG, Passwords
from grannsamverkan.domain.accounts.queries import account_named
from grannsamverkan.domain.accounts.tables import Account, SignInTry
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused


@dataclass(frozen=True)
class SignInLimits:
    """How many failed tries within the window, for one name and from one visitor."""

    tries: int = 5
    visitor_tries: int = 30
    window: timedelta = timedelta(minutes=15)


@dataclass(frozen=True)
class _Try:
    row_id: int
    account_id: int | None
    password_hash: str | None


def sign_in(
    database: Database,
    name: str,
    password: str,
    visitor: str,
    now: datetime,
    *,
    limits: SignInLimits,
    passwords: Passwords = STRONG,
) -> Account:
    """The account that name and password belong to.

    Takes the database and not a session: a try counts even when it is refused, and a hash of a tenth of a second has
    no place inside a transaction. The answer and its time are the same for known and unknown names.

    Args:
        visitor: the visitor's address; kept only as a keyed hash.
    Raises:
        Refused: sign_in_failed; sign_in_wait (minutes) when the tries are used up, whatever the password.
    """
    with database.write(durable=False) as session:
        attempt = _count(session, database, name, visitor, now, limits)
    fits = passwords.fits(attempt.password_hash, password[: PASSWORD_AT_MOST + 1])
    if attempt.account_id is None or attempt.password_hash is None or not fits:
        raise Refused("sign_in_failed")
    newer = passwords.hash(password) if passwords.is_outdated(attempt.password_hash) else None
    with database.write() as session:
        return _succeed(session, attempt, attempt.account_id, newer, now)


def _count(session: Session, database: Database, name: str, visitor: str, now: datetime, limits: SignInLimits) -> _Try:
    """Note the try as failed before the password is looked at, so that parallel guesses count too."""
    row = _try_of(database, folded_name(name), visitor, now)
    _refuse_beyond(_failed_on_name(session, row, now - limits.window), limits.tries, now, limits)
    _refuse_beyond(_failed_by_visitor(session, row, now - limits.window), limits.visitor_tries, now, limits)
    session.add(row)
    session.flush()
    account = account_named(session, name)
    if row.id is None:
        raise ValueError("a try without an id")
    if account is None or account.ended_at is not None:
        return _Try(row.id, None, None)
    return _Try(row.id, account.id, account.password_hash)


def _try_of(database: Database, name: str, visitor: str, now: datetime) -> SignInTry:
    vault = database.vault
    return SignInTry(
        name_lookup=vault.lookup("sign_in_name", name), visitor_lookup=vault.lookup("visitor", visitor), at=now
    )


def _failed_on_name(session: Session, attempt: SignInTry, since: datetime) -> Sequence[datetime]:
    """Times of failed tries on the name, oldest first. Where the visitor has signed in with it before, only their own
    count: a stranger's guesses do not lock the owner out."""
    own = (col(SignInTry.name_lookup) == attempt.name_lookup, col(SignInTry.visitor_lookup) == attempt.visitor_lookup)
    known = session.exec(select(SignInTry.id).where(*own, col(SignInTry.succeeded).is_(True)).limit(1)).first()
    which = own if known is not None else own[:1]
    failed = select(SignInTry.at).where(*which, col(SignInTry.at) > since, col(SignInTry.succeeded).is_(False))
    return session.exec(failed.order_by(col(SignInTry.at))).all()


def _failed_by_visitor(session: Session, attempt: SignInTry, since: datetime) -> Sequence[datetime]:
    failed = select(SignInTry.at).where(
        SignInTry.visitor_lookup == attempt.visitor_lookup,
        col(SignInTry.at) > since,
        col(SignInTry.succeeded).is_(False),
    )
    return session.exec(failed.order_by(col(SignInTry.at))).all()


def _refuse_beyond(failed: Sequence[datetime], most: int, now: datetime, limits: SignInLimits) -> None:
    if len(failed) >= most:
        free_at = failed[-most] + limits.window
        raise Refused("sign_in_wait", minutes=max(1, ceil((free_at - now) / timedelta(minutes=1))))


def _succeed(session: Session, attempt: _Try, account_id: int, newer_hash: str | None, now: datetime) -> Account:
    account = session.get(Account, account_id)
    row = session.get(SignInTry, attempt.row_id)
    if account is None or account.ended_at is not None or row is None:
        raise Refused("sign_in_failed")
    row.succeeded = True
    if newer_hash is not None:
        account.password_hash = newer_hash
    audit.record(session, now=now, account_id=account_id, act="signed_in", thing="account", thing_id=account_id)
    return account


def count_visitor(database: Database, visitor: str, now: datetime, *, limits: SignInLimits) -> None:
    """Count a try that names nobody, such as an invitation's code, against the visitor alone.

    Raises:
        Refused: sign_in_wait (minutes).
    """
    with database.write(durable=False) as session:
        row = _try_of(database, "", visitor, now)
        _refuse_beyond(_failed_by_visitor(session, row, now - limits.window), limits.visitor_tries, now, limits)
        session.add(row)


def count_try(database: Database, name: str, visitor: str, now: datetime, *, limits: SignInLimits) -> None:
    """Count a try on something that is no account's name, such as its second step, against it and the visitor.

    Raises:
        Refused: sign_in_wait (minutes).
    """
    with database.write(durable=False) as session:
        row = _try_of(database, name, visitor, now)
        _refuse_beyond(_failed_on_name(session, row, now - limits.window), limits.tries, now, limits)
        _refuse_beyond(_failed_by_visitor(session, row, now - limits.window), limits.visitor_tries, now, limits)
        session.add(row)


def forget_tries(database: Database, session: Session, name: str) -> None:
    """One that was counted by `count_try` has come right."""
    lookup = database.vault.lookup("sign_in_name", name)
    session.execute(delete(SignInTry).where(col(SignInTry.name_lookup) == lookup))
