"""Changing one's own password, with the old one."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.domain.accounts.drafts import PASSWORD_AT_MOST, refuse_length
from grannsamverkan.domain.accounts.easy_passwords import refuse_easy
from grannsamverkan.domain.accounts.notes import note
from grannsamverkan.domain.accounts.passwords import STRONG, Passwords
from grannsamverkan.domain.accounts.sign_in import SignInLimits, count_try, forget_tries
from grannsamverkan.domain.accounts.tables import Account
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused


def check_password(
    database: Database,
    account_id: int,
    password: str,
    visitor: str,
    now: datetime,
    *,
    limits: SignInLimits,
    passwords: Passwords = STRONG,
) -> None:
    """It is the account's. Counts the try before it looks, and hashes outside of any transaction, as `sign_in` does.

    Raises:
        Refused: password_wrong; sign_in_wait (minutes).
    """
    name = f"password of {account_id}"
    count_try(database, name, visitor, now, limits=limits)
    with database.read() as session:
        account = session.get(Account, account_id)
        kept = account.password_hash if account is not None and account.ended_at is None else ""
    if not passwords.fits(kept or None, password[: PASSWORD_AT_MOST + 1]):
        raise Refused("password_wrong")
    with database.write(durable=False) as session:
        forget_tries(database, session, name)


def change_password(
    session: Session, account: Account, password: str, now: datetime, *, passwords: Passwords = STRONG
) -> None:
    """The account's password is this from now on; whoever calls has checked the old one.

    Raises:
        Refused: password_length (least, most), password_easy.
    """
    refuse_length(password)
    refuse_easy(session, password, account.sign_in_name)
    account.password_hash = passwords.hash(password)
    note(session, "password_changed", account, account.id, now)
