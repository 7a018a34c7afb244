"""What a person decides about a message, within one transaction: look at it, let it go, stop it.

Where several rooms have to agree, their rules are put together here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from grannsamverkan.domain import alerts, audit, deliveries, places, targeting
from grannsamverkan.domain.alerts import Alert, AlertClass, AlertState, ClassRule, QuietHours, Timing, Worded
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime


@dataclass(frozen=True)
class Checked:
    """What the check page shows, and what an approval of it is bound to.

    cost_kronor counts SMS parts; finish_s is how long hand-over to the last phone is expected to take; timing is when
    it would go if it were approved now.
    """

    alert: Alert
    worded: Worded
    reach: targeting.Reach
    cost_kronor: float
    finish_s: dict[ChannelKind, float]
    rule: ClassRule
    timing: Timing
    content: str


def look_at(runtime: Runtime, session: Session, alert: Alert, *, now: datetime) -> Checked:
    """The alert in words and numbers, as it would go now."""
    worded = word_alert(runtime, session, alert)
    reached = targeting.reach(session, alert, now=now)
    rule, timing = timing_of(session, alert, now)
    sms = runtime.settings.sms
    return Checked(
        alert=alert,
        worded=worded,
        reach=reached,
        cost_kronor=reached.copies.get(ChannelKind.SMS, 0) * worded.sms.parts * sms.kronor_per_part,
        finish_s={
            ChannelKind.SMS: reached.copies.get(ChannelKind.SMS, 0) / sms.per_s,
            ChannelKind.EMAIL: reached.copies.get(ChannelKind.EMAIL, 0) / runtime.settings.email.per_s,
        },
        rule=rule,
        timing=timing,
        content=alerts.approval_hash(session, alert, worded),
    )


def timing_of(session: Session, alert: Alert, now: datetime) -> tuple[ClassRule, Timing]:
    """What holds for the alert where it goes, and when it would go if it were approved now."""
    rules = places.rules(session, alert.municipality_code)
    rule = alerts.rule_of(alert.alert_class, rules)
    return rule, alerts.timing(rule, QuietHours.of(rules), approved_at=now)


def word_alert(runtime: Runtime, session: Session, alert: Alert) -> Worded:
    """The alert in words, as it stands now."""
    return alerts.word_in(
        session,
        alert,
        places.served_municipality(session, alert.municipality_code),
        domain=runtime.settings.email.domain,
        base_url=runtime.settings.installation.base_url,
        now=runtime.clock.now(),
    )


def let_go(
    runtime: Runtime, session: Session, alert: Alert, *, approver_account_id: int, content: str, now: datetime
) -> bool:
    """Approve the alert exactly as it was looked at; True when this did it, False when it was done before.

    A correction takes the place of what it corrects, and of its own older siblings, as far as they are not sent yet.
    Raises:
        Conflict: the content is another by now.
        Refused: nothing_sent_yet: what it goes on with has been taken back, or has not begun to go.
    """
    worded = word_alert(runtime, session, alert)
    if alert.state in alerts.EDITABLE and alerts.approval_hash(session, alert, worded) != content:
        raise Conflict("changed_meanwhile")
    if alert.state in alerts.EDITABLE and alert.about_id is not None:
        _refuse_before_the_first(session, alert.about_id)
    _, timing = timing_of(session, alert, now)
    fresh = alerts.approve(
        session,
        alert,
        worded,
        approver_account_id=approver_account_id,
        version=alert.version,
        now=now,
        release_at=timing.release_at,
        valid_until=timing.valid_until,
    )
    if fresh:
        _note(session, alert, "alert.approved", approver_account_id, now)
        if alert.alert_class is AlertClass.CORRECTION:
            _take_its_place(runtime, session, alert, approver_account_id)
    return fresh


def _refuse_before_the_first(session: Session, about_id: int) -> None:
    """Nobody has got what it is about: then that can be taken back, and needs no word after it."""
    if alerts.alert(session, about_id, to_change=True).state not in (AlertState.SENDING, AlertState.CLOSED):
        raise Refused("nothing_sent_yet")


def _take_its_place(runtime: Runtime, session: Session, correction: Alert, account_id: int) -> None:
    about_id = correction.about_id or 0
    for row in alerts.unsent_corrections(session, about_id):
        if row.id != correction.id:
            stop(runtime, session, row.id or 0, account_id=account_id)
    stop(runtime, session, about_id, account_id=account_id)


class Stop(StrEnum):
    """What came of stopping a message."""

    TAKEN_BACK = "taken_back"  # nothing of it had begun to go, and nothing of it will
    STOPPED = "stopped"  # what had not been handed over will not be
    NOTHING_LEFT = "nothing_left"  # everything had gone, or it was stopped before


def stop(runtime: Runtime, session: Session, alert_id: int, *, account_id: int) -> Stop:
    """Nothing more of the alert is handed over once this is committed. Safe to repeat, and to race with senders."""
    alert = alerts.alert(session, alert_id, to_change=True)
    if alert.state in (*alerts.EDITABLE, AlertState.DISCARDED) and alert.stopped_at is None:
        raise NotFound
    if not has_unsent(session, alert):
        return Stop.NOTHING_LEFT
    deliveries.withdraw(session, alert_id, now=runtime.clock.now())
    now = runtime.clock.now()  # after the locks: whoever called before has said when
    untouched = alerts.stop(alert, account_id=account_id, now=now)
    session.flush()
    _note(session, alert, "alert.stopped", account_id, now)
    return Stop.TAKEN_BACK if untouched else Stop.STOPPED


def has_unsent(session: Session, alert: Alert) -> bool:
    """Whether something of the alert is still to go, or is inside a call, and nobody has stopped it."""
    if alert.state not in alerts.TO_SEND or alert.stopped_at is not None:
        return False
    return alert.fanned_out_at is None or deliveries.unsettled(session, alert.id or 0)


def _note(session: Session, alert: Alert, act: str, account_id: int, now: datetime) -> None:
    audit.record(
        session,
        now=now,
        account_id=account_id,
        act=act,
        thing="alert",
        thing_id=alert.id or 0,
        municipality_code=alert.municipality_code,
        number=alert.number or 0,
    )
