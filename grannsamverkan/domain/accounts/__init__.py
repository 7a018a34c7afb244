"""Accounts: who may sign in, what each may do, and the sessions of those who have."""

from grannsamverkan.domain.accounts.actions import add_account, end_account
from grannsamverkan.domain.accounts.drafts import AccountDraft
from grannsamverkan.domain.accounts.invitations import LIFE as INVITATION_LIFE
from grannsamverkan.domain.accounts.invitations import accept, account_of, follow_roles, invite, people_with_accounts
from grannsamverkan.domain.accounts.passwords import CHEAP, STRONG, Passwords
from grannsamverkan.domain.accounts.permissions import Action, Actor, Thing, may
from grannsamverkan.domain.accounts.queries import account, account_named, actor, leads, managers, sign_in_names
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
from grannsamverkan.domain.accounts.sign_in import SignInLimits, count_visitor, sign_in
from grannsamverkan.domain.accounts.tables import Account, AccountInvitation, Role, SignInSession, SignInTry

__all__ = [
    "CHEAP",
    "INVITATION_LIFE",
    "STRONG",
    "VISIT",
    "Account",
    "AccountDraft",
    "AccountInvitation",
    "Action",
    "Actor",
    "Passwords",
    "Role",
    "SessionLimits",
    "SignInLimits",
    "SignInSession",
    "SignInTry",
    "Thing",
    "accept",
    "account",
    "account_named",
    "account_of",
    "actor",
    "add_account",
    "close_all_of",
    "close_session",
    "close_visits_of",
    "count_visitor",
    "end_account",
    "find_session",
    "follow_roles",
    "forget_old",
    "invite",
    "is_due_for_touch",
    "leads",
    "managers",
    "may",
    "open_session",
    "people_with_accounts",
    "save_content",
    "sign_in",
    "sign_in_names",
    "touch",
]
