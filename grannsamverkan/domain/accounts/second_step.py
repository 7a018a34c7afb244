"""The second step of signing in: a code made by an app on the person's phone (RFC 6238: six digits, half a minute)."""

import base64
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlmodel import Session

from grannsamverkan.domain.accounts.notes import note
from grannsamverkan.domain.accounts.passkeys import has_passkey
from grannsamverkan.domain.accounts.sign_in import SignInLimits, count_try, forget_tries
from grannsamverkan.domain.accounts.tables import Account
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused

_SECRET_BYTES = 20
_DIGITS, _STEP_S = 6, 30
_CLOCKS_APART = (-1, 0, 1)  # a phone may be half a minute wrong
ISSUER = "Grannsamverkan"


def new_secret() -> str:
    """A secret to share with an app: 160 bits in base 32, as apps take it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def address_for_app(secret: str, sign_in_name: str) -> str:
    """What the app reads from a QR code."""
    label = f"{quote(ISSUER)}:{quote(sign_in_name)}"
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER, 'digits': _DIGITS})}"


def code_of(secret: str, now: datetime) -> str:
    """What the app shows now."""
    return _totp(secret).generate(int(now.timestamp())).decode()


def set_up(session: Session, account: Account, secret: str, typed: str, *, now: datetime) -> None:
    """From now on the account is signed in to with this secret's codes; `typed` shows that the app has it.

    Raises:
        Refused: second_step_wrong; second_step_there, for an account that has an app or a passkey already.
    """
    session.refresh(account, with_for_update=True)
    if account.second_since is not None or has_passkey(session, account.id or 0):
        raise Refused("second_step_there")
    used = _step_of(secret, typed, now)
    if used is None:
        raise Refused("second_step_wrong")
    account.second_secret, account.second_used, account.second_since = secret, used, now
    note(session, "second_step_set_up", account, account.id, now)


def prove(
    database: Database, account_id: int, typed: str, visitor: str, now: datetime, *, limits: SignInLimits
) -> None:
    """The code is the account's and of this half minute, and has not been used.

    Counts the try before it looks, as `sign_in` does.

    Raises:
        Refused: second_step_wrong; sign_in_wait (minutes).
    """
    name = f"second step of {account_id}"
    count_try(database, name, visitor, now, limits=limits)
    with database.write() as session:
        account = session.get(Account, account_id, with_for_update=True)
        if account is None or account.ended_at is not None or account.second_secret is None:
            raise Refused("second_step_wrong")
        used = _step_of(account.second_secret, typed, now)
        if used is None or used <= (account.second_used or 0):
            raise Refused("second_step_wrong")
        account.second_used = used
        forget_tries(database, session, name)


def remove(session: Session, account: Account, *, now: datetime, by: int | None) -> None:
    """The account has no second step any more: the next who signs in to it sets up a new one. Safe to repeat."""
    if account.second_since is not None:
        account.second_secret = account.second_used = account.second_since = None
        note(session, "second_step_removed", account, by, now)


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), _STEP_S)  # noqa: S303 - what the apps know


def _step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Which half minute the code is of, counted from 1970; None when it is of none near."""
    code = "".join(typed.split())
    step = int(now.timestamp()) // _STEP_S
    totp = _totp(secret)
    near = [step + apart for apart in _CLOCKS_APART]
    fitting = [one for one in near if secrets.compare_digest(totp.generate(one * _STEP_S), code.encode())]
    return max(fitting, default=None)
