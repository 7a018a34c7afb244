"""A message is stopped: what has not been handed over will not be."""

from enum import StrEnum

from sqlmodel import Session

from grannsamverkan.deciding.notes import note
from grannsamverkan.deciding.passing_on import ask_no_more
from grannsamverkan.domain import alerts, deliveries
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.runtime import Runtime


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
    ask_no_more(session, alert_id, now=now)
    untouched = alerts.stop(alert, account_id=account_id, now=now)
    session.flush()
    note(session, alert, "alert.stopped", account_id, now)
    return Stop.TAKEN_BACK if untouched else Stop.STOPPED


def has_unsent(session: Session, alert: Alert) -> bool:
    """Whether something of the alert is still to go, or is inside a call, and nobody has stopped it."""
    if alert.state not in alerts.TO_SEND or alert.stopped_at is not None:
        return False
    return alert.fanned_out_at is None or deliveries.unsettled(session, alert.id or 0)
