"""What must always hold, whatever crashed: counted in the rows, one number of offences for each promise.

Two of the ten need more than the rows: that the provider got the very bytes that were looked at (I6) and that its
list equals ours (I7) are shown by the tests, against the stand-ins' logs. So is what it counted of the cost (I9), of
which the rows can only say that nothing is missing and that the frozen sum is theirs.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, text
from sqlmodel import Session, col, select

from grannsamverkan.domain import alerts, audit, receipts
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.deliveries import Delivery
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

# I1: a provider's name for a message belongs to one delivery, and an address to one delivery of an alert.
_TWICE = text("""
    SELECT (SELECT COUNT(*) FROM (SELECT provider_id FROM delivery WHERE provider_id IS NOT NULL
                                  GROUP BY provider_id HAVING COUNT(*) > 1) a)
         + (SELECT COUNT(*) FROM (SELECT alert_id FROM delivery GROUP BY alert_id, channel, lookup
                                  HAVING COUNT(*) > 1) b)
""")
# I2: every address of the audience has its delivery and the other way round, once fan-out is done; what is carried is
# carried to its own address, by a copy that goes itself.
_UNMATCHED = text("""
    SELECT (SELECT COUNT(*) FROM audience_address aa WHERE NOT EXISTS (
                SELECT 1 FROM delivery d
                WHERE d.alert_id = aa.alert_id AND d.channel = aa.channel AND d.lookup = aa.lookup))
         + (SELECT COUNT(*) FROM delivery d WHERE NOT EXISTS (
                SELECT 1 FROM audience_address aa
                WHERE aa.alert_id = d.alert_id AND aa.channel = d.channel AND aa.lookup = d.lookup))
         + (SELECT COUNT(*) FROM delivery d WHERE (d.state = 9) <> (d.carried_by IS NOT NULL))
         + (SELECT COUNT(*) FROM delivery d JOIN delivery k ON k.id = d.carried_by
            WHERE k.channel <> d.channel OR k.lookup <> d.lookup OR k.carried_by IS NOT NULL)
""")
# I3: nothing has a delivery without an approval, nor without an alert: no foreign key says so.
_UNAPPROVED = text("""
    SELECT COUNT(DISTINCT d.alert_id) FROM delivery d LEFT JOIN alert a ON a.id = d.alert_id
    WHERE a.id IS NULL OR a.approval_hash IS NULL OR a.approved_at IS NULL OR a.state NOT IN ('sending', 'closed')
""")
# I4: nothing was called after a STOPP, or after its sender had stopped the alert.
_AFTER_STOP = text("""
    SELECT (SELECT COUNT(*) FROM delivery d JOIN stop_entry s ON s.channel = d.channel AND s.lookup = d.lookup
            WHERE d.called_at > s.since AND d.state IN (2, 3, 4))
         + (SELECT COUNT(*) FROM delivery d JOIN alert a ON a.id = d.alert_id WHERE d.called_at > a.stopped_at)
         + (SELECT COUNT(*) FROM delivery d JOIN delivery k ON k.id = d.carried_by JOIN alert a ON a.id = d.alert_id
            WHERE k.called_at > a.stopped_at)
""")
# I5: nothing was called after its validity.
_TOO_LATE = text("SELECT COUNT(*) FROM delivery d JOIN alert a ON a.id = d.alert_id WHERE d.called_at > a.valid_until")
# I9: of each closed alert the parts of what was taken, before its closing and altogether: a receipt may tell afterwards
# of a copy that was thought unknown.
_PARTS = text("""
    SELECT d.alert_id, SUM(CASE WHEN d.handed_over_at < a.closed_at THEN COALESCE(d.parts, 0) ELSE 0 END),
           SUM(CASE WHEN d.handed_over_at IS NOT NULL THEN COALESCE(d.parts, 0) ELSE 0 END)
    FROM delivery d JOIN alert a ON a.id = d.alert_id WHERE a.state = 'closed' GROUP BY d.alert_id
""")
# Nobody counted before the first copy that has parts; for a day from then on a version that does not count may go on
# beside this one.
_UNCOUNTED = select(func.count()).where(
    Delivery.channel == ChannelKind.SMS,
    col(Delivery.handed_over_at).is_not(None),
    col(Delivery.parts).is_(None),
    col(Delivery.called_at) > bindparam("since", type_=UtcDateTime),
)
_COUNTED_FIRST = select(func.min(col(Delivery.called_at))).where(col(Delivery.parts).is_not(None))
_BESIDE = timedelta(days=1)
# I10: no lease older than twice its length, no copy waiting long past its validity.
_STUCK = text("""
    SELECT (SELECT COUNT(*) FROM batch WHERE done_at IS NULL AND lease_until < :long_ago)
         + (SELECT COUNT(*) FROM batch b JOIN alert a ON a.id = b.alert_id
            WHERE b.done_at IS NULL AND a.valid_until < :long_past)
""").bindparams(bindparam("long_ago", type_=UtcDateTime), bindparam("long_past", type_=UtcDateTime))


def offences(runtime: Runtime) -> dict[str, int]:
    """Promise → how many rows break it; all zero when all is well."""
    now = runtime.clock.now()
    lease = timedelta(seconds=2 * runtime.settings.engine.lease_s)
    checks: dict[str, Callable[[Session], int]] = {
        "I1_handed_over_once": _number(_TWICE),
        "I2_sums_to_audience": _number(_UNMATCHED),
        "I3_approved": lambda session: _number(_UNAPPROVED)(session) + _changed_after_approval(session),
        "I4_not_after_stop": _number(_AFTER_STOP),
        "I5_within_validity": _number(_TOO_LATE),
        "I8_audit_whole": _audit_offences,
        "I9_cost": _cost_offences,
        "I10_nothing_stuck": lambda session: _stuck(session, now - lease, now - lease - timedelta(minutes=10)),
    }
    with runtime.database.read() as session:
        return {name: check(session) for name, check in checks.items()}


def _number(statement: object) -> Callable[[Session], int]:
    def count(session: Session) -> int:
        return int(session.connection().execute(statement).scalar_one())  # type: ignore[call-overload]

    return count


def _stuck(session: Session, long_ago: datetime, long_past: datetime) -> int:
    return int(session.connection().execute(_STUCK, {"long_ago": long_ago, "long_past": long_past}).scalar_one())


def _changed_after_approval(session: Session) -> int:
    """Approved alerts whose stored words or targets are no longer those that the approval was bound to."""
    rows = session.exec(select(Alert).where(col(Alert.state).in_(alerts.PUBLISHED)))
    return sum(alert.approval_hash != alerts.stored_hash(session, alert) for alert in rows)


def _audit_offences(session: Session) -> int:
    """A broken seal, and approved alerts without exactly one audit row of their approval, unless it was let go."""
    broken = 0 if audit.whole(session) is None else 1
    begins_at = audit.begins_at(session)
    rows = session.exec(select(Alert.id, Alert.approved_at).where(col(Alert.state).in_(alerts.PUBLISHED))).all()
    for alert_id, approved_at in rows:
        approvals = sum(entry.act == "alert.approved" for entry in audit.history(session, "alert", alert_id or 0))
        may_be_gone = begins_at is not None and approved_at is not None and approved_at < begins_at
        broken += approvals != 1 and not (may_be_gone and approvals == 0)
    return broken


def _cost_offences(session: Session) -> int:
    """Closed alerts whose frozen parts are not those of their rows, where these are still there; and SMS that were
    taken and have none."""
    rows = session.connection().execute(_PARTS).all()
    tallies = dict(session.exec(select(Alert.id, Alert.tally).where(col(Alert.state) == AlertState.CLOSED)).all())
    wrong = 0
    for alert_id, before, in_all in rows:
        tally = tallies.get(alert_id) or {}
        wrong += "sms_cost" in tally and not before <= receipts.frozen_cost(tally).parts <= in_all
    first = session.exec(_COUNTED_FIRST).one()
    if first is None:
        return wrong
    return wrong + int(session.connection().execute(_UNCOUNTED, {"since": first + _BESIDE}).scalar_one())
