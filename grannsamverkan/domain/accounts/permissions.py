"""Who may do what with which thing: one table of roles, and a reach for each. Closed where nothing is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from grannsamverkan.domain.accounts.tables import Role


class Action(StrEnum):
    """What a page or an act asks leave for."""

    SEE_PUBLIC = "see_public"
    CHOOSE_LANGUAGE = "choose_language"
    SIGN_IN = "sign_in"
    DEMO_PHONES = "demo_phones"
    STOP_BY_LINK = "stop_by_link"
    PROVIDER_CALLBACK = "provider_callback"
    REPORT_POLICY = "report_policy"
    ASK_BY_KEY = "ask_by_key"
    SIGN_OUT = "sign_out"
    SEE_HOME = "see_home"
    SEE_NETWORKS = "see_networks"
    SEE_NETWORK = "see_network"
    SEE_HOUSEHOLDS = "see_households"
    WRITE_ALERT = "write_alert"
    CHECK_ALERT = "check_alert"
    APPROVE_ALERT = "approve_alert"
    STOP_ALERT = "stop_alert"
    SEE_ALERT = "see_alert"
    SEE_NOT_REACHED_NAMES = "see_not_reached_names"
    VISIT_NOT_REACHED = "visit_not_reached"
    PASS_ON = "pass_on"  # noqa: S105 - an act, no password
    SEE_POLICE_EVENTS = "see_police_events"
    SEE_STATUS = "see_status"
    MANAGE_ACCOUNTS = "manage_accounts"
    JOIN = "join"
    SEE_OWN = "see_own"
    CHANGE_OWN = "change_own"
    ADD_HOUSEHOLD = "add_household"
    DECIDE_JOIN = "decide_join"
    MAKE_SLIPS = "make_slips"
    SEE_DUTIES = "see_duties"
    DO_DUTIES = "do_duties"
    DUTIES_BY_LINK = "duties_by_link"
    SEE_CHECKS = "see_checks"
    RESIGN = "resign"
    SEE_MEETINGS = "see_meetings"
    PLAN_MEETING = "plan_meeting"
    SEE_SIGNS = "see_signs"
    ASK_FOR_SIGNS = "ask_for_signs"
    ORDER_SIGNS = "order_signs"
    SEE_DOCUMENTS = "see_documents"
    SEE_INTERESTS = "see_interests"
    MANAGE_NETWORK = "manage_network"
    CHANGE_STATE = "change_state"
    MANAGE_CONTACTS = "manage_contacts"
    MANAGE_TRAINING = "manage_training"
    IMPORT_MEMBERS = "import_members"
    EXPORT_LISTS = "export_lists"
    SEE_VIEWS = "see_views"
    SEE_MEMBER_LIST = "see_member_list"
    DECIDE_MEMBER_LIST = "decide_member_list"
    MANAGE_PROMISE = "manage_promise"
    SET_RULES = "set_rules"
    MANAGE_API_KEYS = "manage_api_keys"
    MANAGE_HOLDS = "manage_holds"
    CHANGE_WORK_ADDRESS = "change_work_address"
    SEE_OWN_SIGN_IN = "see_own_sign_in"
    PLAN_ADVICE = "plan_advice"
    ANSWER_ADVICE = "answer_advice"
    SEE_ADVICE = "see_advice"
    EDIT_ADVICE = "edit_advice"
    SEE_LETTERS = "see_letters"
    COUNT_CRIMES = "count_crimes"
    WRITE_LETTERS = "write_letters"


@dataclass(frozen=True)
class Actor:
    """Somebody signed in: the account, its role and how far it reaches. `is_everywhere`: it looks after the whole
    installation, and stands in no municipality."""

    account_id: int
    role: Role
    municipality_codes: frozenset[str] = frozenset()
    network_ids: frozenset[int] = frozenset()
    person_id: int | None = None
    is_everywhere: bool = False


@dataclass(frozen=True)
class Thing:
    """What an act is about: where it lies, the networks it touches, and who wrote it (None where nobody did).

    `asks_lead`: a contact person has asked for a second person's yes or no.
    """

    municipality_code: str
    network_ids: frozenset[int] = field(default_factory=frozenset)
    author_account_id: int | None = None
    asks_lead: bool = False


# A provider's call carries no account: its signature is checked where it is taken in. A link that stops mail or opens
# somebody's duties is signed too, and is itself the leave.
_EVERYBODY = frozenset(
    {
        Action.SEE_PUBLIC,
        Action.CHOOSE_LANGUAGE,
        Action.SIGN_IN,
        Action.DEMO_PHONES,
        Action.STOP_BY_LINK,
        Action.DUTIES_BY_LINK,
        Action.PROVIDER_CALLBACK,
        Action.REPORT_POLICY,
        Action.ASK_BY_KEY,
        Action.JOIN,
        Action.ANSWER_ADVICE,
    }
)
_SIGNED_IN = _EVERYBODY | {
    Action.SIGN_OUT,
    Action.SEE_HOME,
    Action.SEE_NETWORKS,
    Action.SEE_NETWORK,
    Action.SEE_OWN_SIGN_IN,
}
_ALERTING = frozenset(
    {Action.WRITE_ALERT, Action.CHECK_ALERT, Action.APPROVE_ALERT, Action.STOP_ALERT, Action.SEE_ALERT}
)
_TOGETHER = frozenset(
    {
        Action.SEE_MEETINGS,
        Action.PLAN_MEETING,
        Action.SEE_SIGNS,
        Action.SEE_DOCUMENTS,
        Action.SEE_CHECKS,
        Action.SEE_ADVICE,
    }
)
_STAFF = _SIGNED_IN | _ALERTING | _TOGETHER | {Action.SEE_POLICE_EVENTS, Action.SEE_STATUS, Action.CHANGE_WORK_ADDRESS}
_POLICE = _STAFF | {
    Action.CHANGE_STATE,
    Action.MANAGE_TRAINING,
    Action.ORDER_SIGNS,
    Action.SEE_LETTERS,
    Action.COUNT_CRIMES,
}
_COORDINATOR = _POLICE | {
    Action.SEE_INTERESTS,
    Action.MANAGE_NETWORK,
    Action.SEE_MEMBER_LIST,
    Action.DECIDE_MEMBER_LIST,
    Action.MANAGE_CONTACTS,
    Action.MAKE_SLIPS,
    Action.ASK_FOR_SIGNS,
    Action.IMPORT_MEMBERS,
    Action.EXPORT_LISTS,
    Action.SEE_VIEWS,
    Action.MANAGE_PROMISE,
    Action.SET_RULES,
    Action.MANAGE_API_KEYS,
    Action.PLAN_ADVICE,
    Action.EDIT_ADVICE,
    Action.WRITE_LETTERS,
}
_CONTACT = (
    _SIGNED_IN
    | _ALERTING
    | _TOGETHER
    | {
        Action.SEE_HOUSEHOLDS,
        Action.SEE_NOT_REACHED_NAMES,
        Action.VISIT_NOT_REACHED,
        Action.PASS_ON,
        Action.ADD_HOUSEHOLD,
        Action.DECIDE_JOIN,
        Action.SEE_MEMBER_LIST,
        Action.MAKE_SLIPS,
        Action.SEE_DUTIES,
        Action.DO_DUTIES,
        Action.RESIGN,
        Action.ASK_FOR_SIGNS,
        Action.EXPORT_LISTS,
    }
)

ROLE_ACTIONS: Mapping[Role, frozenset[Action]] = {
    Role.POLICE: _POLICE,
    Role.COORDINATOR: _COORDINATOR,
    Role.CONTACT_PERSON: _CONTACT,
    Role.LEAD_CONTACT_PERSON: _CONTACT | {Action.DECIDE_MEMBER_LIST},
    Role.ADMINISTRATOR: _SIGNED_IN | {Action.SEE_STATUS, Action.MANAGE_ACCOUNTS, Action.MANAGE_HOLDS},
    Role.NEIGHBOUR: _EVERYBODY | {Action.SIGN_OUT, Action.SEE_OWN, Action.CHANGE_OWN},
}

_OF_THE_WHOLE = frozenset({Action.MANAGE_HOLDS})  # what is done to every municipality at once
_NEIGHBOURS = frozenset({Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON})
_ANSWERING = frozenset({Action.CHECK_ALERT, Action.APPROVE_ALERT})
_OWN_ONLY = frozenset({Action.WRITE_ALERT, Action.CHECK_ALERT, Action.APPROVE_ALERT, Action.STOP_ALERT})


def may(actor: Actor | None, action: Action, thing: Thing | None = None) -> bool:
    """Whether the actor (None: nobody signed in) may do this, with this thing where there is one.

    Without a thing the answer is about the page or the button; whatever it then touches is asked for by itself.
    """
    if actor is None:
        return action in _EVERYBODY
    if action not in ROLE_ACTIONS.get(actor.role, frozenset()) or (action in _OF_THE_WHOLE and not actor.is_everywhere):
        return False
    return thing is None or _reaches(actor, action, thing)


def _reaches(actor: Actor, action: Action, thing: Thing) -> bool:
    """Staff reach their municipalities; a contact person what lies wholly in networks of their own, and of the alerts
    there changes only those they wrote. A lead answers those who ask."""
    if actor.role not in _NEIGHBOURS:
        return thing.municipality_code in actor.municipality_codes
    if (
        action in _OWN_ONLY
        and thing.author_account_id not in (None, actor.account_id)
        and not (thing.asks_lead and action in _ANSWERING and actor.role is Role.LEAD_CONTACT_PERSON)
    ):
        return False
    return bool(thing.network_ids) and thing.network_ids <= actor.network_ids
