"""Several things in one message: a copy that another copy, for the same address, carries in its own message.

A carried copy is never called. What is known of it is read through its carrier (`CARRIER` and `STATE` in SQL), so that
a receipt for the one is proof of both, however late it comes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, TextClause, bindparam, text
from sqlmodel import Session, col, select

from grannsamverkan.domain.deliveries.tables import Batch
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.ports import Copy

# Of a copy `d`: its carrier `k`, and what is known of it.
CARRIER = "LEFT JOIN delivery k ON k.id = d.carried_by"
STATE = "COALESCE(k.state, d.state)"

_CARRIED = text("""
    SELECT carried_by, alert_id FROM delivery WHERE carried_by IN :copies ORDER BY carried_by, alert_id
""").bindparams(bindparam("copies", expanding=True))

# The alerts whose copies lie in one message with copies of this one, whichever carries which.
_BESIDE = text("""
    SELECT k.alert_id FROM delivery d JOIN delivery k ON k.id = d.carried_by
    WHERE d.carried_by IS NOT NULL AND d.alert_id = :alert_id
    UNION SELECT d.alert_id FROM delivery k JOIN delivery d ON d.carried_by = k.id WHERE k.alert_id = :alert_id
""")

# One that is stopped is taken out of the messages that wait; where an earlier call may have been taken, nobody knows.
_TAKE_OUT = text("""
    UPDATE delivery SET state = 8, code = 'withdrawn', final_at = :now, carried_by = NULL
    WHERE alert_id = :alert_id
      AND carried_by IN (SELECT k.id FROM delivery k WHERE k.state IN (0, 1) AND k.attempts = 0)
""").bindparams(bindparam("now", type_=UtcDateTime))
_PERHAPS_GONE = text("""
    UPDATE delivery SET state = 7, code = 'no_answer', final_at = :now, carried_by = NULL
    WHERE alert_id = :alert_id AND carried_by IN (SELECT k.id FROM delivery k WHERE k.state IN (0, 1))
""").bindparams(bindparam("now", type_=UtcDateTime))
# The same when it was stopped inside a call of the message without an answer, and the message is to go once more: of
# one that no call has taken (its tries are none again) it is known that it never went.
_NOT_ONCE_MORE = text("""
    UPDATE delivery
    SET state = CASE WHEN (SELECT k.attempts FROM delivery k WHERE k.id = delivery.carried_by) = 0 THEN 8 ELSE 7 END,
        code = CASE WHEN (SELECT k.attempts FROM delivery k WHERE k.id = delivery.carried_by) = 0 THEN 'withdrawn'
                    ELSE 'no_answer' END,
        final_at = :now, carried_by = NULL
    WHERE carried_by IN :copies AND alert_id IN (SELECT a.id FROM alert a WHERE a.stopped_at IS NOT NULL)
""").bindparams(bindparam("now", type_=UtcDateTime), bindparam("copies", expanding=True))

# What a stopped carrier will not carry goes by itself, while it may.
_LET_GO = text("""
    UPDATE delivery SET state = 0, carried_by = NULL
    WHERE carried_by IN (SELECT k.id FROM delivery k
                         WHERE k.alert_id = :alert_id AND k.state = 8 AND k.code = 'withdrawn')
      AND alert_id IN (SELECT a.id FROM alert a
                       WHERE a.carried_by = :alert_id AND a.stopped_at IS NULL AND a.valid_until > :now)
""").bindparams(bindparam("now", type_=UtcDateTime))
_REOPEN = text("""
    UPDATE batch SET done_at = NULL, owner = NULL, lease_until = NULL, not_before = :now
    WHERE done_at IS NOT NULL AND alert_id IN (SELECT a.id FROM alert a WHERE a.carried_by = :alert_id)
      AND EXISTS (SELECT 1 FROM delivery d WHERE d.alert_id = batch.alert_id AND d.channel = batch.channel
                                             AND d.id BETWEEN batch.first_id AND batch.last_id AND d.state = 0)
""").bindparams(bindparam("now", type_=UtcDateTime))

_CARRIED_IN = """
    SELECT 1 FROM delivery d JOIN delivery k ON k.id = d.carried_by
    WHERE d.carried_by IS NOT NULL AND d.alert_id = :alert_id AND k.state IN {states} LIMIT 1
"""
_STILL_TO_GO = text(_CARRIED_IN.format(states="(0, 1, 2)"))
_WITHOUT_WORD = text(_CARRIED_IN.format(states="(3)"))
_CARRIED_ALERTS = text("""
    SELECT DISTINCT d.alert_id FROM delivery k JOIN delivery d ON d.carried_by = k.id WHERE k.alert_id = :alert_id
""")


def with_carried(session: Session, copies: Sequence[Copy]) -> list[Copy]:
    """The copies, each with the alerts that go along in its message."""
    along = _along(session.connection(), (copy.delivery_id for copy in copies))
    return [copy._replace(along=along.get(copy.delivery_id, ())) for copy in copies]


def still_so(connection: Connection, copies: Sequence[Copy]) -> list[Copy]:
    """Those of these copies that carry what they did when they were worded: of the others something has been stopped
    since, and they wait to be worded anew."""
    carriers = [copy.delivery_id for copy in copies if copy.along]
    if not carriers:
        return list(copies)
    along = _along(connection, carriers)
    return [copy for copy in copies if copy.along == along.get(copy.delivery_id, ())]


def lock_beside(session: Session, alert_id: int) -> None:
    """Whoever is about to call for this alert, or for one that its copies lie in a message with, has done so."""
    alert_ids = {alert_id, *session.connection().execute(_BESIDE, {"alert_id": alert_id}).scalars()}
    batches = select(Batch.id).where(col(Batch.alert_id).in_(alert_ids), col(Batch.done_at).is_(None))
    session.execute(batches.order_by(col(Batch.id)).with_for_update()).all()


def take_out(session: Session, alert_id: int, *, now: datetime) -> int:
    """Nothing of this alert goes along any more in messages that have not gone; returns how many copies."""
    return sum(_change(session, statement, alert_id, now) for statement in (_TAKE_OUT, _PERHAPS_GONE))


def take_stopped_out(session: Session, delivery_ids: Sequence[int], *, now: datetime) -> None:
    """These copies are to go once more: without what was stopped while nobody knew whether they had gone."""
    if delivery_ids:
        session.connection().execute(_NOT_ONCE_MORE, {"copies": list(delivery_ids), "now": now})


def let_go(session: Session, alert_id: int, *, now: datetime) -> None:
    """What went along with copies of this alert that were kept back goes by itself."""
    if _change(session, _LET_GO, alert_id, now):
        _change(session, _REOPEN, alert_id, now)


def carried_to_go(session: Session, alert_id: int) -> bool:
    """Whether any copy of the alert lies in a message that waits or is inside a call."""
    return _is_any(session, _STILL_TO_GO, alert_id)


def carried_without_word(session: Session, alert_id: int) -> bool:
    """Whether any copy of the alert lies in a message that was handed over, with no word since."""
    return _is_any(session, _WITHOUT_WORD, alert_id)


def carried_alerts(session: Session, alert_id: int) -> list[int]:
    """The alerts that copies of this one carry."""
    return list(session.connection().execute(_CARRIED_ALERTS, {"alert_id": alert_id}).scalars())


def _along(connection: Connection, delivery_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for carrier_id, alert_id in connection.execute(_CARRIED, {"copies": list(delivery_ids)}):
        found[carrier_id] = (*found.get(carrier_id, ()), alert_id)
    return found


def _change(session: Session, statement: TextClause, alert_id: int, now: datetime) -> int:
    return session.connection().execute(statement, {"alert_id": alert_id, "now": now}).rowcount


def _is_any(session: Session, statement: TextClause, alert_id: int) -> bool:
    return session.connection().execute(statement, {"alert_id": alert_id}).first() is not None
