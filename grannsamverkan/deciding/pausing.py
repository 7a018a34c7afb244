"""A message that too many copies of are refused is paused, whoever answers for it is told why, and one of them says
whether it goes on."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.deciding.notes import note
from grannsamverkan.deciding.telling import page_of, sender_of, tell
from grannsamverkan.domain import accounts, alerts, deliveries
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.notices import NoticeKind, words
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.runtime import Runtime


def pause_if_refused(runtime: Runtime, session: Session, alert: Alert, *, now: datetime) -> bool:
    """Pause it when a third of at least fifty copies were refused for the same reason. Safe to repeat; the alert is
    locked by the caller, so that it is told once."""
    if alert.state is not AlertState.SENDING or alert.stopped_at is not None or not alerts.may_pause(session, alert):
        return False
    found = deliveries.refusals(session, alert.id or 0)
    if found is None:
        return False
    alerts.pause(
        session, alert, found.channel, code=found.code, refused=found.refused, answered=found.answered, now=now
    )
    note(session, alert, "alert.paused", None, now)
    said = words.paused(
        sender_of(session, alert),
        alert.number or 0,
        refused=found.refused,
        answered=found.answered,
        page=page_of(runtime, alert, ""),
    )
    writers = [accounts.account(session, account_id) for account_id in alerts.composers(session, alert)]
    concerned = {one.id: one for one in (*accounts.managers(session, alert.municipality_code), *writers)}
    tell(session, alert, concerned.values(), NoticeKind.APPROVAL, said, key="paused", now=now)
    return True


def go_on(runtime: Runtime, session: Session, alert_id: int, *, account_id: int) -> bool:
    """What waits goes. False when it is in no pause; NotFound for a draft."""
    alert = alerts.alert(session, alert_id, to_change=True)
    if alert.state not in alerts.PUBLISHED:
        raise NotFound
    now = runtime.clock.now()
    if not alerts.go_on(session, alert_id, account_id=account_id, now=now):
        return False
    note(session, alert, "alert.went_on", account_id, now)
    deliveries.wake(session, alert_id, now=now)
    return True
