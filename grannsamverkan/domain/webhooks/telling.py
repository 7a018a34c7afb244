"""What has happened is put down to be told, in the transaction in which it happens."""

from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan.domain import alerts, keeping
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.webhooks.events import AlertCall, PingCall, of_alert, of_nothing
from grannsamverkan.domain.webhooks.queries import called_in
from grannsamverkan.domain.webhooks.signing import new_message_id
from grannsamverkan.domain.webhooks.tables import Event, Webhook, WebhookCall

CLOSED_BY_THEN = timedelta(minutes=1)  # after an alert has settled for good, whatever comes late


def tell_sent(session: Session, alert: Alert, *, base_url: str) -> int:
    """The alert has begun to go; what puts another right is told as that. Returns to how many addresses."""
    assert alert.release_at is not None
    event = Event.CORRECTED if alerts.takes_place(alert) else Event.SENT
    return _tell(session, alert, event, alert.release_at, base_url=base_url)


def tell_closed(session: Session, alert: Alert, *, settled_at: datetime, base_url: str) -> int:
    """Nothing more will come of the alert. It is told a little after `settled_at`, when that holds for every alert:
    told when it was closed, it would say in a small area whether somebody's phone was off. Returns to how many
    addresses."""
    return _tell(session, alert, Event.CLOSED, settled_at + CLOSED_BY_THEN, base_url=base_url)


def queue_ping(session: Session, row: Webhook, now: datetime) -> None:
    _queue(session, row.id or 0, of_nothing(row.municipality_code, now))


def _tell(session: Session, alert: Alert, event: Event, at: datetime, *, base_url: str) -> int:
    hooks = called_in(session, alert.municipality_code)
    if not hooks or _may_have_been_told(session, alert):
        return 0
    call = of_alert(session, alert, event, at, base_url=base_url)
    for webhook_id in hooks:
        _queue(session, webhook_id, call)
    return len(hooks)


def _may_have_been_told(session: Session, alert: Alert) -> bool:
    """Whether these rows are a copy that was restored after the alert went: the original may have told of it."""
    copy = keeping.restored_copy(session)
    return copy is not None and alert.release_at is not None and alert.release_at <= copy.restored_at


def _queue(session: Session, webhook_id: int, call: AlertCall | PingCall) -> None:
    session.add(
        WebhookCall(
            webhook_id=webhook_id,
            message_id=new_message_id(),
            event=call.type,
            body=call.model_dump_json(),
            at=call.timestamp,
            next_at=call.timestamp,
        )
    )
    session.flush()
