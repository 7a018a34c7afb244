"""Invitations: a code with which somebody chooses the name and the password of their account themselves, once.

A contact person's account is made with it. That of the staff is made by the operator, without a password, and taken
over with the code (`new_password_code`): nobody ever knows the password of somebody else.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from grannsamverkan.domain import audit, networks
from grannsamverkan.domain.accounts.actions import add_account, renew
from grannsamverkan.domain.accounts.drafts import AccountDraft
from grannsamverkan.domain.accounts.notes import note
from grannsamverkan.domain.accounts.passwords import STRONG, Passwords
from grannsamverkan.domain.accounts.sessions import close_all_of
from grannsamverkan.domain.accounts.tables import Account, AccountInvitation, Role
from grannsamverkan.domain.membership import codes
from grannsamverkan.domain.networks import ContactRole
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.errors import Refused

LIFE = timedelta(days=14)
_LENGTH, _PASSWORD_CODE = 12, "account_password"


def role_of(session: Session, person_id: int) -> Role:
    """A lead contact person's account where they lead a network, else a contact person's."""
    roles = {row.role for row in networks.open_contact_roles(session, person_id)}
    return Role.LEAD_CONTACT_PERSON if ContactRole.LEAD in roles else Role.CONTACT_PERSON


def invite(session: Session, person_id: int, municipality_code: str, *, by: int, now: datetime) -> str:
    """A new code, shown once; the person's older ones are dead. 12 characters, 55 bits.

    Whoever has an account gets in again with it: the way back for those who have lost their password or their phone.
    """
    for old in session.exec(select(AccountInvitation).where(AccountInvitation.person_id == person_id)):
        old.expires_at = min(old.expires_at, now)
    code = codes.new_code(_LENGTH)
    session.add(
        AccountInvitation(
            code_lookup=codes.lookup(session, "invitation", code),
            person_id=person_id,
            role=role_of(session, person_id),
            municipality_code=municipality_code,
            made_at=now,
            made_by=by,
            expires_at=now + LIFE,
        )
    )
    session.flush()
    audit.record(
        session, now=now, account_id=by, act="account_invited", thing="person", thing_id=person_id,
        municipality_code=municipality_code,
    )  # fmt: skip
    return codes.shown(code)


def new_password_code(session: Session, account: Account, now: datetime) -> str:
    """A code for an account that is there already; shown once, and an older one is dead. 55 bits.

    Whoever has the account open is out. Its password, keys and app are worth nothing more when the code is used.
    """
    code = codes.new_code(_LENGTH)
    account.link_lookup, account.link_until = codes.lookup(session, _PASSWORD_CODE, code), now + LIFE
    session.flush()
    close_all_of(session, account.id or 0)
    note(session, "account_invited", account, None, now)
    return codes.shown(code)


def accept(
    session: Session, typed: str, sign_in_name: str, password: str, *, now: datetime, passwords: Passwords = STRONG
) -> Account:
    """The account that the code is for, with a name and password of the person's own choice.

    An account that the person has already is signed out everywhere and has to set up its second step anew.

    Raises:
        Refused: invitation_wrong; what a new account refuses.
    """
    found = select(AccountInvitation).where(AccountInvitation.code_lookup == codes.lookup(session, "invitation", typed))
    row = session.exec(found.with_for_update()).first()
    if row is None:
        return _take_over(session, typed, sign_in_name, password, now, passwords)
    if row.used_at is not None or row.expires_at <= now:
        raise Refused("invitation_wrong")
    account = account_of(session, row.person_id)
    if account is None:
        draft = AccountDraft(
            sign_in_name,
            password,
            role_of(session, row.person_id),
            municipality_code=row.municipality_code,
            person_id=row.person_id,
        )
        account = add_account(session, draft, now, by=row.made_by, passwords=passwords)
    else:
        renew(session, account, sign_in_name, password, now, by=row.made_by, passwords=passwords)
    row.used_at = now
    session.flush()
    return account


def _take_over(
    session: Session, typed: str, sign_in_name: str, password: str, now: datetime, passwords: Passwords
) -> Account:
    """The operator's code: the account that is there already."""
    lookup = codes.lookup(session, _PASSWORD_CODE, typed)
    found = select(Account).where(Account.link_lookup == lookup, col(Account.ended_at).is_(None))
    account = session.exec(found.with_for_update()).first()
    if account is None or account.link_until is None or account.link_until <= now:
        raise Refused("invitation_wrong")
    renew(session, account, sign_in_name, password, now, by=account.id, passwords=passwords)
    account.link_lookup, account.link_until = None, None
    session.flush()
    return account


def account_of(session: Session, person_id: int) -> Account | None:
    """The person's account, if they have one that has not ended."""
    rows = select(Account).where(Account.person_id == person_id, col(Account.ended_at).is_(None))
    return session.exec(rows).first()


def people_with_accounts(session: Session, person_ids: list[int]) -> frozenset[int]:
    """Those of these people who can sign in."""
    rows = select(Account.person_id).where(Among(col(Account.person_id), person_ids), col(Account.ended_at).is_(None))
    return frozenset(person_id for person_id in session.exec(rows) if person_id is not None)


def follow_roles(session: Session, person_id: int) -> None:
    """A person's account is a lead's or not, as their roles are now."""
    account = account_of(session, person_id)
    if account is not None and account.role in (Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON):
        account.role = role_of(session, person_id)
