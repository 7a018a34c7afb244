"""A message that is refused too often pauses, and a person says whether it goes on.

What is refused for good never goes again. When the reason is one for all, such as a sender that a carrier has blocked
or a list of old numbers, every copy that is still handed over is one that cannot be sent when the reason is mended.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.tables import Alert, AlertPause
from grannsamverkan.foundation.ports import ChannelKind

# Not what is going on right now, nor a correction: there seconds count, and whoever can be reached is to be.
NEVER_PAUSED = (AlertClass.ONGOING, AlertClass.CORRECTION)

# Asked at the end of every batch: the three columns, and not an alert with all it says.
_STANDING = (
    sa_select(col(Alert.stopped_at).is_not(None), col(Alert.valid_until), col(AlertPause.alert_id).is_not(None))
    .outerjoin(AlertPause, (col(AlertPause.alert_id) == col(Alert.id)) & col(AlertPause.went_on_at).is_(None))
    .where(col(Alert.id) == bindparam("of_alert"))
)


class Standing(NamedTuple):
    """What decides whether more copies of an alert may go."""

    is_stopped: bool
    valid_until: datetime | None
    is_paused: bool


def may_pause(session: Session, alert: Alert) -> bool:
    """Whether it may be paused: only once, since a person has then seen why and let it go on."""
    return alert.alert_class not in NEVER_PAUSED and session.get(AlertPause, alert.id) is None


def pause(
    session: Session, alert: Alert, channel: ChannelKind, *, code: str, refused: int, answered: int, now: datetime
) -> None:
    """From its commit on no sender begins a group of the alert."""
    session.add(
        AlertPause(
            alert_id=alert.id or 0,
            channel=int(channel),
            code=code,
            refused=refused,
            answered=answered,
            paused_at=now,
        )
    )


def pause_of(session: Session, alert_id: int) -> AlertPause | None:
    """The pause the alert is in; None when it goes."""
    row = session.get(AlertPause, alert_id)
    return row if row is not None and row.went_on_at is None else None


def standing(session: Session, alert_id: int) -> Standing:
    """Whether the alert has been stopped or paused, and how long it holds, as it is written now."""
    return Standing(*session.connection().execute(_STANDING, {"of_alert": alert_id}).one())


def go_on(session: Session, alert_id: int, *, account_id: int, now: datetime) -> bool:
    """Somebody has seen why, and lets it go on. False when it is in no pause."""
    row = session.get(AlertPause, alert_id, with_for_update=True)
    if row is None or row.went_on_at is not None:
        return False
    row.went_on_at, row.went_on_by = now, account_id
    return True


def paused(session: Session) -> int:
    """How many alerts wait for somebody to say whether they go on. What is stopped or closed waits for nobody."""
    rows = (
        select(func.count(col(AlertPause.alert_id)))
        .join(Alert, col(Alert.id) == col(AlertPause.alert_id))
        .where(col(AlertPause.went_on_at).is_(None), col(Alert.stopped_at).is_(None), col(Alert.closed_at).is_(None))
    )
    return session.exec(rows).one()
