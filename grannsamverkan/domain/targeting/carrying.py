"""One message for several tips: whom two of them are for on the same day, or who was passed by because the week was
full, gets the one in the message of the other.

Tips that are carried are fanned out first and wait. The copies of the carrier take them along as they are made, in the
same transaction; what is left then goes by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, exists, or_, text
from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts import Alert, AlertClass, AlertState
from grannsamverkan.domain.targeting.tables import Audience
from grannsamverkan.domain.targeting.whom import has_channel
from grannsamverkan.foundation.database import UtcDateTime

MOST_IN_ONE = 3  # an SMS for each
# So long copies that are to be carried wait for their carrier, should it never come.
CARRIER_COMES = timedelta(minutes=30)
# A tip that a full week kept away is still of use so long after it went to the others.
LEFT_OVER = timedelta(days=14)

_TAKE_ALONG = text("""
    UPDATE delivery SET state = 9, carried_by = k.id FROM delivery k
    WHERE delivery.alert_id IN :carried AND delivery.state = 0
      AND k.alert_id + 0 = :alert_id AND k.id > :newest_before AND k.state = 0
      AND k.channel = delivery.channel AND k.lookup = delivery.lookup
""").bindparams(bindparam("carried", expanding=True))

# A household of the slice that gets a copy now, and was passed by then only because its week was full.
_PASSED_BY = """
    FROM audience f JOIN audience_address ka ON ka.alert_id = :alert_id AND ka.household_id = f.household_id
    WHERE f.alert_id = :left_over AND f.left_out = 'enough'
      AND f.household_id > :after_id AND f.household_id <= :last_id
      AND NOT EXISTS (SELECT 1 FROM advice_given g WHERE g.household_id = f.household_id AND g.card_key = :its_card
                                                     AND g.given_at >= :given_since)
"""
# The copy comes first: it has no row of its own among the addresses yet, and so is made once.
_COPIES_LEFT_OVER = text(f"""
    INSERT INTO delivery (alert_id, channel, address_id, lookup, language, state, attempts, carried_by)
    SELECT :left_over, k.channel, k.address_id, k.lookup, k.language, 9, 0, k.id FROM delivery k
    WHERE k.alert_id + 0 = :alert_id AND k.id > :newest_before AND k.state = 0 AND (k.channel, k.lookup) IN (
        SELECT ka.channel, ka.lookup {_PASSED_BY})
    ON CONFLICT DO NOTHING
""").bindparams(bindparam("given_since", type_=UtcDateTime))  # noqa: S608 - only constants of this file are put together
_ADDRESSES_LEFT_OVER = text(f"""
    INSERT INTO audience_address (alert_id, household_id, channel, lookup, address_id)
    SELECT :left_over, ka.household_id, ka.channel, ka.lookup, ka.address_id {_PASSED_BY} AND EXISTS (
        SELECT 1 FROM delivery d WHERE d.alert_id = :left_over AND d.channel = ka.channel AND d.lookup = ka.lookup)
    ON CONFLICT DO NOTHING
""").bindparams(bindparam("given_since", type_=UtcDateTime))  # noqa: S608
_GIVEN_LEFT_OVER = text(f"""
    INSERT INTO advice_given (alert_id, household_id, card_key, given_at, network_id, by_sms, by_email)
    SELECT f.alert_id, f.household_id, :its_card, :now, f.network_id, {has_channel(1)}, {has_channel(2)}
    FROM audience f
    WHERE f.alert_id = :left_over AND f.left_out = 'enough'
      AND f.household_id > :after_id AND f.household_id <= :last_id AND ({has_channel(1)} OR {has_channel(2)})
    ON CONFLICT DO NOTHING
""").bindparams(bindparam("now", type_=UtcDateTime))  # noqa: S608


@dataclass(frozen=True)
class Along:
    """What a tip takes along: the alerts of the same day, and an older one that some were passed by with."""

    same_day: tuple[int, ...]
    left_over: tuple[int, str] | None

    def __bool__(self) -> bool:
        return bool(self.same_day or self.left_over)


NOTHING = Along((), None)


def along_with(session: Session, alert: Alert, *, now: datetime) -> Along:
    """What goes along with this alert; nothing with one that is carried itself, or is no tip."""
    if alert.alert_class is not AlertClass.ADVICE or alert.carried_by is not None:
        return NOTHING
    carried = select(Alert.id).where(Alert.carried_by == alert.id).order_by(col(Alert.id))
    same_day = tuple(one for one in session.exec(carried) if one is not None)
    return Along(same_day, _left_over(session, alert, now) if len(same_day) + 1 < MOST_IN_ONE else None)


def _left_over(session: Session, alert: Alert, now: datetime) -> tuple[int, str] | None:
    """The newest tip here that a full week kept away from somebody, with its card."""
    kept_away = exists().where(col(Audience.alert_id) == col(Alert.id), col(Audience.left_out) == "enough")
    rows = (
        select(Alert.id, Alert.card_key)
        .where(
            Alert.municipality_code == alert.municipality_code,
            Alert.alert_class == AlertClass.ADVICE,
            col(Alert.state).in_((AlertState.SENDING, AlertState.CLOSED)),
            col(Alert.fanned_out_at).is_not(None),
            col(Alert.stopped_at).is_(None),
            col(Alert.release_at) > now - LEFT_OVER,
            Alert.id != alert.id,
            or_(col(Alert.carried_by).is_(None), col(Alert.carried_by) != alert.id),
            kept_away,
        )
        .order_by(col(Alert.release_at).desc(), col(Alert.id).desc())
    )
    found = session.exec(rows).first()
    return None if found is None else (found[0] or 0, found[1] or "")


def take_along(connection: Connection, along: Along, within: dict[str, object]) -> None:
    """The new copies of the slice carry what lies ready for their addresses."""
    if along.same_day:
        connection.execute(_TAKE_ALONG, {**within, "carried": along.same_day})
    if along.left_over is not None:
        left_over, card_key = along.left_over
        where = {**within, "left_over": left_over, "its_card": card_key}
        for statement in (_COPIES_LEFT_OVER, _ADDRESSES_LEFT_OVER, _GIVEN_LEFT_OVER):
            connection.execute(statement, where)


def awaits_carried(session: Session, alert: Alert, *, now: datetime) -> bool:
    """Whether tips that this one carries are still to be fanned out; it does not wait for them for ever."""
    if alert.alert_class is not AlertClass.ADVICE or (alert.release_at or now) < now - CARRIER_COMES:
        return False
    rows = select(Alert.id).where(
        Alert.carried_by == alert.id,
        col(Alert.fanned_out_at).is_(None),
        col(Alert.state).in_((AlertState.APPROVED, AlertState.SENDING)),
    )
    return session.exec(rows.limit(1)).first() is not None


def waits_for_carrier(session: Session, alert: Alert) -> bool:
    """Whether the copies of this alert are to wait for the one that carries it."""
    if alert.carried_by is None:
        return False
    carrier = session.get(Alert, alert.carried_by)
    to_come = (AlertState.APPROVED, AlertState.SENDING)
    return carrier is not None and carrier.state in to_come and carrier.fanned_out_at is None


def carried_with(session: Session, alert_ids: Iterable[int]) -> dict[int, list[int]]:
    """Carrier → the alerts that were let go to be carried by it, of these carriers."""
    found: dict[int, list[int]] = {}
    rows = select(Alert.carried_by, Alert.id).where(col(Alert.carried_by).in_(list(alert_ids)))
    for carrier_id, alert_id in session.exec(rows.order_by(col(Alert.id))):
        found.setdefault(carrier_id or 0, []).append(alert_id or 0)
    return found
