"""From the right password to being signed in: by way of the second step, where accounts have one.

Who has given the right password is half in for a few minutes. That is kept in the stranger's signed cookie and opens
nothing: there is no session before the code is right.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Account, SignInLimits
from grannsamverkan.web import current
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.sessions import let_in
from grannsamverkan.web.words import own_path

_HALF_IN = "halvvags"
_LIFE = timedelta(minutes=10)


@dataclass(frozen=True)
class HalfIn:
    """Whose password was right, and the secret of a second step that is being set up."""

    account_id: int
    wanted: str
    secret: str


def limits() -> SignInLimits:
    """How often names, passwords and codes may be guessed."""
    web = current.runtime().settings.web
    return SignInLimits(web.sign_in_tries, web.visitor_tries, timedelta(minutes=web.sign_in_window_min))


def go_in(account: Account, wanted: str | None) -> ResponseReturnValue:
    """The password is right: sign in on this browser, or go on to the second step."""
    settings = current.runtime().settings
    with current.runtime().database.read() as rows:
        has_step = account.second_since is not None or accounts.has_passkey(rows, account.id or 0)
    if settings.is_demo or (settings.web.second_step == "off" and not has_step):
        return finish(account, wanted)
    session.clear()
    session[_HALF_IN] = {
        "a": account.id,
        "p": _mark_of(account),
        "t": current.now().timestamp(),
        "n": own_path(wanted, ""),
        "s": "" if has_step else accounts.new_secret(),
    }
    return redirect(url_for("second_step.code" if has_step else "second_step.new"), 303)


def finish(account: Account, wanted: str | None) -> ResponseReturnValue:
    """Sign in and go on to where the visitor was going."""
    let_in(account)
    return redirect(own_path(wanted, url_for("home.home")), 303)


def half_in() -> HalfIn | None:
    """Who has just given the right password in this browser; None when nobody has, it was too long ago, or the password
    is another by now: a new one from the office shuts out whoever was half way in with the old one."""
    kept: dict[str, Any] | None = session.get(_HALF_IN)
    if kept is None or kept["t"] + _LIFE.total_seconds() <= current.now().timestamp():
        return None
    with current.runtime().database.read() as rows:
        account = accounts.account(rows, kept["a"])
    if account.ended_at is not None or kept["p"] != _mark_of(account):
        return None
    return HalfIn(kept["a"], kept["n"], kept["s"])


def _mark_of(account: Account) -> str:
    """By which one password of the account is told from another; it says nothing of either."""
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:32]


def wait_words(minutes: int) -> str:
    return ngettext("Vänta %(num)d minut och försök igen", "Vänta %(num)d minuter och försök igen", minutes)
