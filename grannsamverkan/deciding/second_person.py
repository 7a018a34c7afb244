"""A second person is asked, says yes or no, and is told; and everybody who answers for the municipality is told when
somebody went alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan.deciding.looking import Weighed, word_alert
from grannsamverkan.deciding.notes import note
from grannsamverkan.domain import accounts, alerts, notices, people, places
from grannsamverkan.domain.accounts import Account
from grannsamverkan.domain.alerts import Alert, AlertClass, AlertState, Answer, QuietHours, ReasonKind, Source
from grannsamverkan.domain.notices import NoticeKind, Words, words
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

_TOLD_WITHIN = timedelta(hours=12)


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
        said = words.approval(_sender(session, alert), alert.number or 0, page=_page(runtime, alert, "granska"))
        _tell(
            session,
            alert,
            asked,
            NoticeKind.APPROVAL,
            said,
            key=f"asked:{row.id}",
            now=now,
            not_before=None if _is_urgent(alert) else _after_quiet_hours(session, alert, now),
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
    said = words.emergency(_sender(session, alert), alert.number or 0, page=_page(runtime, alert, ""))
    managers = accounts.managers(session, alert.municipality_code)
    _tell(session, alert, managers, NoticeKind.EMERGENCY, said, key="emergency", now=now)


def _may_answer(session: Session, alert: Alert) -> list[Account]:
    """Who can be the second person: police and municipality; for a contact person's also who leads the networks."""
    found = accounts.managers(session, alert.municipality_code)
    if alert.source == Source.CONTACT_PERSON:
        touched = alerts.networks_of(session, alert.id or 0)
        found += [one for one in accounts.leads(session) if touched <= accounts.actor(session, one).network_ids]
    return found


def _tell(
    session: Session,
    alert: Alert,
    whom: Iterable[Account],
    kind: NoticeKind,
    said: Words,
    *,
    key: str,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """By every address that they have confirmed, each once."""
    for account in whom:
        addresses = people.confirmed_of(session, account.person_id) if account.person_id is not None else []
        for address in addresses:
            notices.queue(
                session,
                address,
                kind,
                said,
                municipality_code=alert.municipality_code,
                about=f"alert:{alert.id}",
                key=f"{key}:{address.id}",
                now=now,
                valid_for=_TOLD_WITHIN,
                not_before=not_before if address.channel == ChannelKind.SMS else None,
            )


def _is_urgent(alert: Alert) -> bool:
    return alert.alert_class is AlertClass.ONGOING or alert.over_quiet_hours


def _after_quiet_hours(session: Session, alert: Alert, now: datetime) -> datetime | None:
    quiet = QuietHours.of(places.rules(session, alert.municipality_code))
    return quiet.end_after(now) if quiet.hold_at(now) else None


def _sender(session: Session, alert: Alert) -> str:
    return places.served_municipality(session, alert.municipality_code).sender_name


def _page(runtime: Runtime, alert: Alert, word: str) -> str:
    return f"{runtime.settings.installation.base_url}/varningar/{alert.id}{'/' if word else ''}{word}"
