"""Accounts: who may sign in, what each may do, and the sessions of those who have."""

from grannsamverkan.domain.accounts.actions import add_account, end_account, renew
from grannsamverkan.domain.accounts.drafts import AccountDraft
from grannsamverkan.domain.accounts.invitations import LIFE as INVITATION_LIFE
from grannsamverkan.domain.accounts.invitations import accept, account_of, follow_roles, invite, people_with_accounts
from grannsamverkan.domain.accounts.passwords import CHEAP, STRONG, Passwords
from grannsamverkan.domain.accounts.permissions import Action, Actor, Thing, may
from grannsamverkan.domain.accounts.queries import account, account_named, actor, leads, managers, sign_in_names
from grannsamverkan.domain.accounts.second_step import address_for_app, code_of, new_secret, prove, remove, set_up
from grannsamverkan.domain.accounts.sessions import (
    VISIT,
    SessionLimits,
    close_all_of,
    close_others_of,
    close_session,
    close_visits_of,
    find_session,
    forget_old,
    handle_of,
    is_due_for_touch,
    is_session,
    open_session,
    save_content,
    sessions_of,
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
    "address_for_app",
    "close_all_of",
    "close_others_of",
    "close_session",
    "close_visits_of",
    "code_of",
    "count_visitor",
    "end_account",
    "find_session",
    "follow_roles",
    "forget_old",
    "handle_of",
    "invite",
    "is_due_for_touch",
    "is_session",
    "leads",
    "managers",
    "may",
    "new_secret",
    "open_session",
    "people_with_accounts",
    "prove",
    "remove",
    "renew",
    "save_content",
    "sessions_of",
    "set_up",
    "sign_in",
    "sign_in_names",
    "touch",
]
