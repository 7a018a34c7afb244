"""Local rules: what each municipality decides for itself, with a default for each. None of them is law."""

from dataclasses import dataclass, fields

from sqlmodel import Session, select

from grannsamverkan.domain.places.tables import MunicipalRule
from grannsamverkan.foundation.errors import Refused

MUNICIPALITY, POLICE, STAFF, EVERYBODY = "municipality", "police", "staff", "everybody"
NO, YES = "no", "yes"
WIDEN, REFUSE = "widen", "refuse"


@dataclass(frozen=True)
class Rules:
    """Gate values, numbers and times of a municipality. Shares in per cent, times in days, or as the name says.

    The yearly check is asked in `check_month`, answered within `check_answer_days`, reminded of `check_reminders` times
    `check_reminder_days` apart; unanswered, the lead is warned, and `check_warning_days` later somebody decides.
    A shape on the map that touches fewer than `shape_least_households` takes what lies nearest too, or is refused.
    `sms_kronor_a_year` is what SMS may cost in a calendar year before somebody has to say why; 0: no budget.
    `quiet_from` and `quiet_to` are whole hours in Sweden; the same hour twice means that there are no quiet hours.
    Advice yields to a household that has had `messages_a_week`, and no household gets the same again for
    `advice_again_months`, counted in whole months. With `advice_after_warning` a tip that fits how a burglary was done
    is proposed to whoever plans them, for the evening `advice_after_warning_days` later.
    """

    interested_least: int = 5
    least_share_percent: int = 50
    least_contact_persons: int = 1
    advised_contact_persons: int = 2
    households_per_contact_person: int = 12
    most_households_per_contact_person: int = 15
    advise_split_at: int = 40
    reach_warning_percent: int = 80
    signs_least: int = 3
    signs_most: int = 5
    signs_ordered_by: str = MUNICIPALITY
    office_lets_in: str = NO  # where no contact person can, knowing only the part
    slip_days: int = 90
    newcomer_days: int = 60
    interest_days: int = 365
    contact_person_keep_days: int = 30
    small_number: int = 3
    check_month: int = 4
    check_answer_days: int = 30
    check_reminders: int = 2
    check_reminder_days: int = 10
    check_warning_days: int = 14
    silent_months: int = 4
    ongoing_by: str = POLICE
    ongoing_validity_s: int = 900
    warning_validity_min: int = 240
    follow_up_validity_min: int = 600
    warning_hold_s: int = 60
    quiet_from: int = 21
    quiet_to: int = 7
    follow_up_days: int = 7
    two_persons_above: int = 500
    contact_alert_needs_two: str = NO
    warnings_a_week: int = 2
    sms_kronor_a_year: int = 0
    shape_least_households: int = 5
    small_shape: str = WIDEN
    pass_on_min: int = 30
    pass_on_deputy_min: int = 15
    pass_on_lead_min: int = 15
    advice_validity_min: int = 600
    messages_a_week: int = 2
    advice_again_months: int = 12
    advice_after_warning: str = NO
    advice_after_warning_days: int = 4
    invitation_validity_min: int = 600
    drill_by: str = STAFF
    drill_validity_min: int = 240
    drill_needs_two: str = YES


# The least and the most that each number may be.
BOUNDS: dict[str, tuple[int, int]] = {
    "interested_least": (1, 100),
    "least_share_percent": (0, 100),
    "least_contact_persons": (1, 20),
    "advised_contact_persons": (1, 20),
    "households_per_contact_person": (1, 100),
    "most_households_per_contact_person": (1, 200),
    "advise_split_at": (2, 500),
    "reach_warning_percent": (1, 100),
    "signs_least": (1, 20),
    "signs_most": (1, 50),
    "slip_days": (1, 365),
    "newcomer_days": (7, 180),
    "interest_days": (30, 730),
    "contact_person_keep_days": (1, 365),
    "small_number": (3, 20),
    "check_month": (1, 12),
    "check_answer_days": (7, 120),
    "check_reminders": (0, 5),
    "check_reminder_days": (1, 60),
    "check_warning_days": (7, 120),
    "silent_months": (1, 24),
    "ongoing_validity_s": (300, 3_600),
    "warning_validity_min": (15, 600),  # a provider keeps no SMS longer than ten hours
    "follow_up_validity_min": (15, 600),
    "warning_hold_s": (0, 600),
    "quiet_from": (0, 23),
    "quiet_to": (0, 23),
    "follow_up_days": (1, 60),
    "two_persons_above": (1, 1_000_000),
    "warnings_a_week": (1, 20),
    "sms_kronor_a_year": (0, 100_000_000),
    "shape_least_households": (3, 50),
    "pass_on_min": (5, 120),
    "pass_on_deputy_min": (5, 120),
    "pass_on_lead_min": (5, 120),
    "advice_validity_min": (15, 600),
    "messages_a_week": (1, 20),
    "advice_again_months": (1, 12),  # who was given what is kept for thirteen
    "advice_after_warning_days": (1, 14),
    "invitation_validity_min": (15, 600),
    "drill_validity_min": (15, 600),
}

# What may be chosen for each rule that is no number.
CHOICES: dict[str, tuple[str, ...]] = {
    "signs_ordered_by": (MUNICIPALITY, POLICE),
    "office_lets_in": (NO, YES),
    "ongoing_by": (POLICE, STAFF, EVERYBODY),
    "contact_alert_needs_two": (NO, YES),
    "small_shape": (WIDEN, REFUSE),
    "advice_after_warning": (NO, YES),
    "drill_by": (POLICE, STAFF, EVERYBODY),
    "drill_needs_two": (NO, YES),
}


_KNOWN = "municipal_rules"  # in a session's info: what it has read


def rules(session: Session, municipality_code: str) -> Rules:
    """The municipality's rules: its own where it has set them, else the defaults. Asked for once in a session."""
    known: dict[str, Rules] = session.info.setdefault(_KNOWN, {})
    if municipality_code not in known:
        known[municipality_code] = _read(session, municipality_code)
    return known[municipality_code]


def _read(session: Session, municipality_code: str) -> Rules:
    kept = session.exec(select(MunicipalRule).where(MunicipalRule.municipality_code == municipality_code))
    own: dict[str, str | int] = {
        row.name: int(row.value) if row.name in BOUNDS else row.value for row in kept if row.name in _NAMES
    }
    return Rules(**own)  # type: ignore[arg-type]


def set_apart(session: Session, name: str) -> list[str]:
    """The codes of the municipalities that have set this rule otherwise than its default."""
    rows = select(MunicipalRule.municipality_code).where(MunicipalRule.name == name)
    return list(session.exec(rows.order_by(MunicipalRule.municipality_code)))


def set_rules(session: Session, municipality_code: str, wanted: Rules) -> list[str]:
    """Keep these rules; returns the names of those that changed.

    Raises:
        Refused: rule_bounds (name, least, most), rule_choice (name), rule_order (name): a least above its most.
    """
    _check(wanted)
    session.info.pop(_KNOWN, None)
    before, default = _read(session, municipality_code), Rules()
    changed = [name for name in _NAMES if getattr(before, name) != getattr(wanted, name)]
    for name in changed:
        row = session.get(MunicipalRule, (municipality_code, name))
        value = getattr(wanted, name)
        if row is not None and value == getattr(default, name):
            session.delete(row)
        elif row is not None:
            row.value = str(value)
        else:
            session.add(MunicipalRule(municipality_code=municipality_code, name=name, value=str(value)))
    session.flush()
    return changed


def _check(wanted: Rules) -> None:
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(wanted, name) <= most:
            raise Refused("rule_bounds", name=name, least=least, most=most)
    for name, choices in CHOICES.items():
        if getattr(wanted, name) not in choices:
            raise Refused("rule_choice", name=name)
    for lower, upper in (
        ("signs_least", "signs_most"),
        ("least_contact_persons", "advised_contact_persons"),
        ("households_per_contact_person", "most_households_per_contact_person"),
    ):
        if getattr(wanted, lower) > getattr(wanted, upper):
            raise Refused("rule_order", name=lower)


_NAMES = tuple(field.name for field in fields(Rules))
