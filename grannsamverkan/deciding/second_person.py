"""A second person is asked, says yes or no, and is told; and everybody who answers for the municipality is told when
somebody went alone."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.deciding.looking import Weighed, word_alert
from grannsamverkan.deciding.notes import note
from grannsamverkan.deciding.telling import after_quiet_hours, page_of, sender_of, tell
from grannsamverkan.domain import accounts, alerts
from grannsamverkan.domain.accounts import Account
from grannsamverkan.domain.alerts import Alert, AlertClass, AlertState, Answer, ReasonKind, Source
from grannsamverkan.domain.notices import NoticeKind, words
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.runtime import Runtime


def ask(
    runtime: Runtime,
    session: Session,
    alert: Alert,
    weighed: Weighed,
    *,
    account_id: int,
    content: str,
    now: datetime,
) -> None:
    """Ask for a second person's approval of the alert as it was looked at. Asked again, it is the same asking.

    Raises:
        Conflict: the content is another by now, or has been let go.
        Refused: no_second_person_needed.
    """
    worded = word_alert(runtime, session, alert)
    if alert.state is not AlertState.CHECKED or alerts.approval_hash(session, alert, worded) != content:
        raise Conflict("changed_meanwhile")
    if not weighed.needs:
        raise Refused("no_second_person_needed")
    row, is_new = alerts.ask(session, alert, content=content, needs=weighed.needs, account_id=account_id, now=now)
    if is_new:
        note(session, alert, "alert.approval_asked", account_id, now)
        mine = alerts.composers(session, alert)
        asked = [one for one in _may_answer(session, alert) if one.id not in mine]
        said = words.approval(sender_of(session, alert), alert.number or 0, page=page_of(runtime, alert, "granska"))
        tell(
            session,
            alert,
            asked,
            NoticeKind.APPROVAL,
            said,
            key=f"asked:{row.id}",
            now=now,
            not_before=None if _is_urgent(alert) else after_quiet_hours(session, alert.municipality_code, now),
        )


def decline(session: Session, alert: Alert, *, account_id: int, reason: str, now: datetime) -> None:
    """The second person says no; the alert stays with those who wrote it.

    Raises:
        Conflict: nobody asks any more.
        Refused: own_alert: nobody answers their own asking.
    """
    if alerts.is_own(session, alert, account_id):
        raise Refused("own_alert")
    if not alerts.answer(session, alert.id or 0, Answer.DECLINED, account_id=account_id, now=now):
        raise Conflict("not_asked")
    if reason.strip():
        alerts.give_reason(session, alert, ReasonKind.DECLINED, reason.strip(), account_id=account_id, now=now)
    note(session, alert, "alert.approval_declined", account_id, now)


def tell_of_emergency(runtime: Runtime, session: Session, alert: Alert, *, now: datetime) -> None:
    """Everybody who answers for the municipality hears at once that one person went alone."""
    said = words.emergency(sender_of(session, alert), alert.number or 0, page=page_of(runtime, alert, ""))
    managers = accounts.managers(session, alert.municipality_code)
    tell(session, alert, managers, NoticeKind.EMERGENCY, said, key="emergency", now=now)


def _may_answer(session: Session, alert: Alert) -> list[Account]:
    """Who can be the second person: police and municipality; for a contact person's also who leads the networks."""
    found = accounts.managers(session, alert.municipality_code)
    if alert.source == Source.CONTACT_PERSON:
        touched = alerts.networks_of(session, alert.id or 0)
        found += [one for one in accounts.leads(session) if touched <= accounts.actor(session, one).network_ids]
    return found


def _is_urgent(alert: Alert) -> bool:
    return alert.alert_class is AlertClass.ONGOING or alert.over_quiet_hours
