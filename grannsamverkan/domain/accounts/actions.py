"""Acts on accounts."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.domain import keeping
from grannsamverkan.domain.accounts.drafts import AccountDraft, folded_name
from grannsamverkan.domain.accounts.easy_passwords import refuse_easy
from grannsamverkan.domain.accounts.notes import note
from grannsamverkan.domain.accounts.passkeys import remove_passkeys
from grannsamverkan.domain.accounts.passwords import STRONG, Passwords
from grannsamverkan.domain.accounts.queries import account_named
from grannsamverkan.domain.accounts.second_step import remove
from grannsamverkan.domain.accounts.sessions import close_all_of
from grannsamverkan.domain.accounts.tables import Account
from grannsamverkan.foundation.errors import NotFound, Refused


def add_account(
    session: Session, draft: AccountDraft, now: datetime, *, by: int | None = None, passwords: Passwords = STRONG
) -> Account:
    """A new account, made by the account `by` (None: at the command line).

    Raises:
        Refused: sign_in_name_taken, when somebody has or had the name; password_easy.
    """
    if account_named(session, draft.sign_in_name) is not None:
        raise Refused("sign_in_name_taken")
    if draft.password is not None:
        refuse_easy(session, draft.password, draft.sign_in_name)
    row = Account(
        sign_in_name=folded_name(draft.sign_in_name),
        password_hash="" if draft.password is None else passwords.hash(draft.password),
        role=draft.role,
        municipality_code=draft.municipality_code,
        local_police_area_id=draft.local_police_area_id,
        person_id=draft.person_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    note(session, "account_added", row, by, now)
    return row


def renew(
    session: Session,
    account: Account,
    sign_in_name: str,
    password: str,
    now: datetime,
    *,
    by: int | None = None,
    passwords: Passwords = STRONG,
) -> None:
    """The same account with another password, and another name where one is chosen; whoever had it open is out, its
    passkeys open nothing any more, and its second step has to be set up anew.

    Raises:
        Refused: sign_in_name_taken; password_easy; what a draft refuses.
    """
    draft = AccountDraft(
        sign_in_name,
        password,
        account.role,
        municipality_code=account.municipality_code,
        local_police_area_id=account.local_police_area_id,
        person_id=account.person_id,
    )
    name = folded_name(draft.sign_in_name)
    if name != account.sign_in_name and account_named(session, name) is not None:
        raise Refused("sign_in_name_taken")
    refuse_easy(session, password, name)
    account.sign_in_name, account.password_hash = name, passwords.hash(password)
    close_all_of(session, account.id or 0)
    remove_passkeys(session, account.id or 0)
    remove(session, account, now=now, by=by)
    note(session, "account_renewed", account, by, now)


def end_account(session: Session, account_id: int, now: datetime, *, by: int | None = None) -> None:
    """Close an account and every session and passkey it has, at once. Safe to repeat; NotFound."""
    row = session.get(Account, account_id)
    if row is None:
        raise NotFound
    close_all_of(session, account_id)
    remove_passkeys(session, account_id)
    if row.ended_at is None:
        row.ended_at = now
        keeping.note_account_ended(session, account_id, row.created_at, now=now)
        note(session, "account_ended", row, by, now)
