"""Accounts: who may sign in, what each may do, and the sessions of those who have."""

from grannsamverkan.domain.accounts.actions import add_account, end_account
from grannsamverkan.domain.accounts.drafts import AccountDraft
from grannsamverkan.domain.accounts.passwords import CHEAP, STRONG, Passwords
from grannsamverkan.domain.accounts.permissions import Action, Actor, Thing, may
from grannsamverkan.domain.accounts.queries import account, account_named, actor
from grannsamverkan.domain.accounts.sessions import (
    VISIT,
    SessionLimits,
    close_all_of,
    close_session,
    close_visits_of,
    find_session,
    forget_old,
    is_due_for_touch,
    open_session,
    save_content,
    touch,
)
from grannsamverkan.domain.accounts.sign_in import SignInLimits, sign_in
from grannsamverkan.domain.accounts.tables import Account, Role, SignInSession, SignInTry

__all__ = [
    "CHEAP",
    "STRONG",
    "VISIT",
    "Account",
    "AccountDraft",
    "Action",
    "Actor",
    "Passwords",
    "Role",
    "SessionLimits",
    "SignInLimits",
    "SignInSession",
    "SignInTry",
    "Thing",
    "account",
    "account_named",
    "actor",
    "add_account",
    "close_all_of",
    "close_session",
    "close_visits_of",
    "end_account",
    "find_session",
    "forget_old",
    "is_due_for_touch",
    "may",
    "open_session",
    "save_content",
    "sign_in",
    "touch",
]
