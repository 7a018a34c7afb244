"""A message is let go: by one person, by a second one where the rules want two, or by one alone who answers for it."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from grannsamverkan.deciding import second_person
from grannsamverkan.deciding.limits import heed_limits
from grannsamverkan.deciding.looking import Weighed, timing_of, word_alert
from grannsamverkan.deciding.notes import OVER_SMS_BUDGET, note
from grannsamverkan.deciding.stopping import stop
from grannsamverkan.domain import accounts, alerts, lifecycle
from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.alerts import Alert, AlertClass, AlertState, Answer, ReasonKind
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.runtime import Runtime

_STAFF = (Role.POLICE, Role.COORDINATOR)


def let_go(
    runtime: Runtime,
    session: Session,
    alert: Alert,
    weighed: Weighed,
    *,
    approver_account_id: int,
    content: str,
    reasons: Mapping[ReasonKind, str],
    now: datetime,
) -> bool:
    """Approve the alert exactly as it was looked at; True when this did it, False when it was done before.

    `weighed` is what was found to stand between it and its going; `reasons` are kept with it. What makes another
    message wrong takes its place, and that of its own older siblings, as far as they are not sent yet.

    Raises:
        Conflict: the content is another by now.
        Refused: second_person_needed, over_budget (households), over_sms_budget, emergency_not_yours, nothing_sent_yet:
            what it goes on with has been taken back, or has not begun to go; over_by_then: what it invites to is over
            when it goes.
    """
    worded = word_alert(runtime, session, alert)
    alone, over_sms_budget = False, False
    if alert.state in alerts.EDITABLE:
        if alerts.approval_hash(session, alert, worded) != content:
            raise Conflict("changed_meanwhile")
        if alert.about_id is not None:
            _refuse_before_the_first(session, alert.about_id)
        alone = _goes_alone(session, alert, weighed, approver_account_id, reasons)
        heeded = heed_limits(runtime, session, alert, weighed, reasons, now=now, alone=alone)
        reasons, over_sms_budget = heeded.reasons, heeded.over_sms_budget
    _, timing = timing_of(session, alert, now)
    if alert.alert_class is AlertClass.INVITATION:
        _refuse_too_late(session, alert, timing.release_at)
    fresh = alerts.approve(
        session,
        alert,
        worded,
        approver_account_id=approver_account_id,
        version=alert.version,
        now=now,
        release_at=timing.release_at,
        valid_until=timing.valid_until,
        expected_parts=weighed.sms_parts,
    )
    if fresh:
        if over_sms_budget:
            note(session, alert, OVER_SMS_BUDGET, approver_account_id, now)
        _after(runtime, session, alert, approver_account_id, reasons, now, alone=alone)
    return fresh


def _goes_alone(
    session: Session, alert: Alert, weighed: Weighed, approver_id: int, reasons: Mapping[ReasonKind, str]
) -> bool:
    """Whether one person lets it go where two are needed, and has said why. Refused when nobody may."""
    if not weighed.needs or not alerts.is_own(session, alert, approver_id):
        return False
    if not reasons.get(ReasonKind.EMERGENCY, "").strip():
        raise Refused("second_person_needed")
    if accounts.account(session, approver_id).role not in _STAFF:
        raise Refused("emergency_not_yours")
    return True


def _after(
    runtime: Runtime,
    session: Session,
    alert: Alert,
    approver_id: int,
    reasons: Mapping[ReasonKind, str],
    now: datetime,
    *,
    alone: bool,
) -> None:
    keep_reasons(session, alert, reasons if alone else _without_emergency(reasons), account_id=approver_id, now=now)
    alerts.answer(session, alert.id or 0, Answer.APPROVED, account_id=approver_id, now=now)
    note(session, alert, "alert.approved", approver_id, now)
    if alone:
        note(session, alert, "alert.broken_glass", approver_id, now)
        second_person.tell_of_emergency(runtime, session, alert, now=now)
    if alert.alert_class is AlertClass.INVITATION:
        _note_invited(session, alert, now)
    if alerts.takes_place(alert):
        _take_its_place(runtime, session, alert, approver_id)


def _refuse_too_late(session: Session, alert: Alert, release_at: datetime) -> None:
    if alert.state in alerts.EDITABLE and alerts.occasion_of(session, alert.id or 0).starts_at <= release_at:
        raise Refused("over_by_then")


def _note_invited(session: Session, alert: Alert, now: datetime) -> None:
    """A network's own meeting knows that people have been invited to it."""
    meeting_id = alerts.occasion_of(session, alert.id or 0).meeting_id
    if meeting_id is not None:
        lifecycle.note_invited(session, meeting_id, now=now)


def _without_emergency(reasons: Mapping[ReasonKind, str]) -> dict[ReasonKind, str]:
    return {kind: words for kind, words in reasons.items() if kind is not ReasonKind.EMERGENCY}


def keep_reasons(
    session: Session, alert: Alert, reasons: Mapping[ReasonKind, str], *, account_id: int, now: datetime
) -> None:
    """What was said is kept with the alert; silence is not."""
    for kind, words in reasons.items():
        if words.strip():
            alerts.give_reason(session, alert, kind, words.strip(), account_id=account_id, now=now)


def _refuse_before_the_first(session: Session, about_id: int) -> None:
    """Nobody has got what it is about: then that can be taken back, and needs no word after it."""
    if alerts.alert(session, about_id, to_change=True).state not in (AlertState.SENDING, AlertState.CLOSED):
        raise Refused("nothing_sent_yet")


def _take_its_place(runtime: Runtime, session: Session, correction: Alert, account_id: int) -> None:
    about_id = correction.about_id or 0
    for row in alerts.unsent_about(session, about_id):
        if row.id != correction.id:
            stop(runtime, session, row.id or 0, account_id=account_id)
    stop(runtime, session, about_id, account_id=account_id)
