"""Accounts that are signed in to with the municipality's own sign-in: whose each is, and how it came to be theirs.

Nobody makes an account by signing in there. The operator makes it and hands over a code; whoever gives the code and is
signed in there has the account from then on.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from grannsamverkan.domain import audit
from grannsamverkan.domain.accounts.notes import note
from grannsamverkan.domain.accounts.tables import Account
from grannsamverkan.domain.membership import codes
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.vault import vault_of

LINK_LIFE = timedelta(days=14)
_LENGTH = 12


def new_link_code(session: Session, account: Account, now: datetime) -> str:
    """A code with which somebody takes the account over; shown once, and an older one is dead. 55 bits."""
    code = codes.new_code(_LENGTH)
    account.link_lookup, account.link_until = codes.lookup(session, "account_link", code), now + LINK_LIFE
    session.flush()
    note(session, "account_link_made", account, None, now)
    return codes.shown(code)


def may_link(session: Session, typed: str, now: datetime) -> bool:
    """Whether the code is one that still stands."""
    return _waiting(session, typed, now) is not None


def link(session: Session, typed: str, issuer: str, subject: str, now: datetime) -> Account:
    """The account that the code is for is this person's from now on, and nobody's else: who had it before is out.

    Raises:
        Refused: invitation_wrong; identity_taken, for somebody who has another account.
    """
    account = _waiting(session, typed, now)
    if account is None:
        raise Refused("invitation_wrong")
    lookup = _lookup(session, issuer, subject)
    taken = session.exec(select(Account).where(Account.oidc_lookup == lookup)).first()
    if taken is not None and taken.id != account.id and taken.ended_at is None:
        raise Refused("identity_taken")
    if taken is not None and taken.id != account.id:
        taken.oidc_lookup = None
        session.flush()
    account.oidc_lookup, account.link_lookup, account.link_until = lookup, None, None
    session.flush()
    note(session, "account_linked", account, account.id, now)
    return account


def sign_in_elsewhere(session: Session, issuer: str, subject: str, now: datetime) -> Account:
    """The account of whoever has signed in there.

    Raises:
        Refused: identity_unknown.
    """
    lookup = _lookup(session, issuer, subject)
    found = select(Account).where(Account.oidc_lookup == lookup, col(Account.ended_at).is_(None))
    account = session.exec(found).first()
    if account is None:
        raise Refused("identity_unknown")
    mine = account.id or 0
    audit.record(session, now=now, account_id=mine, act="signed_in", thing="account", thing_id=mine, way="oidc")
    return account


def _waiting(session: Session, typed: str, now: datetime) -> Account | None:
    lookup = codes.lookup(session, "account_link", typed)
    found = select(Account).where(Account.link_lookup == lookup, col(Account.ended_at).is_(None))
    account = session.exec(found.with_for_update()).first()
    return account if account is not None and account.link_until is not None and now < account.link_until else None


def _lookup(session: Session, issuer: str, subject: str) -> bytes:
    return vault_of(session.get_bind().dialect).lookup("oidc", f"{issuer}\0{subject}")
