"""The third rung: a contact person has been at the door of a household that no copy has reached."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.receipts.cost import count_cost, frozen_cost
from grannsamverkan.domain.receipts.ledger import KEPT_BACK, RESTING, ledger, outcome_of
from grannsamverkan.domain.receipts.tables import Visit, VisitKind
from grannsamverkan.foundation.errors import NotFound


def visit(
    session: Session, alert_id: int, household_id: int, kind: VisitKind, *, account_id: int, now: datetime
) -> bool:
    """The household has been told, or has a slip. False when that was known before; a slip takes nothing from a told.

    A receipt may have come meanwhile: the visit is kept beside it, and the better known of the two counts.

    Raises:
        NotFound: the alert was not for this household, or its copies are forgotten, or it asked to be left in peace.
    """
    alert = alerts.alert(session, alert_id, to_change=True)
    if outcome_of(session, alert_id, household_id) in (None, RESTING, KEPT_BACK):
        raise NotFound
    found = session.get(Visit, (alert_id, household_id))
    if found is not None and kind in (found.kind, VisitKind.SLIP):
        return False
    if found is None:
        found = Visit(alert_id=alert_id, household_id=household_id, kind=kind, account_id=account_id, at=now)
    found.kind, found.account_id, found.at = kind, account_id, now
    session.add(found)
    count_again(session, alert)
    return True


def undo_visit(session: Session, alert_id: int, household_id: int) -> bool:
    """It was a slip of the finger. False when there was no visit."""
    alert = alerts.alert(session, alert_id, to_change=True)
    found = session.get(Visit, (alert_id, household_id))
    if found is None:
        return False
    session.delete(found)
    count_again(session, alert)
    return True


def count_again(session: Session, alert: Alert) -> None:
    """What has come of it after the last receipt was in: the tally of a closed alert is counted anew while its rows
    live, and so knows of late receipts too."""
    session.flush()
    if alert.state is AlertState.CLOSED:
        before = alert.tally or {}
        anew = ledger(session, alert.id or 0).as_json()
        if "sms_cost" in before:  # at the price of its closing
            price = frozen_cost(before).kronor_per_part
            anew["sms_cost"] = count_cost(session, alert.id or 0, kronor_per_part=price).as_json()
        alert.tally = {**before, **anew}
