"""Who gets an alert: frozen once, in slices, each one transaction that is safe to repeat.

The three statements read the same on SQLite and PostgreSQL. The check page counts with the same conditions (reach.py),
so that its numbers are those that are sent.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, text
from sqlmodel import Session

from grannsamverkan.domain.alerts import Alert, passes_level
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden, next_hour

# A household is meant when its network is a target whole, or when its stairwell, street or building is.
MEANT = """
    h.left_at IS NULL AND EXISTS (
        SELECT 1 FROM alert_target t
        WHERE t.alert_id = :alert_id AND t.network_id = h.network_id
          AND (t.unit_id IS NULL OR t.unit_id = h.unit_id
               OR t.unit_id = (SELECT u.parent_id FROM unit u WHERE u.id = h.unit_id)))
"""

# An address is open when its owner lives there, has confirmed it, is not paused, wants warnings and not only what is
# under way (unless this is), has chosen the channel, and nobody has said stop.
OPEN_ADDRESSES = """
    JOIN household_member m ON m.household_id = h.id AND m.until IS NULL
    JOIN person p ON p.id = m.person_id AND (p.paused_until IS NULL OR p.paused_until <= :now)
         AND (p.level <> 'ongoing' OR :is_urgent = 1)
    JOIN contact_address a ON a.person_id = p.id AND a.dead_since IS NULL AND a.confirmed_at IS NOT NULL
    JOIN consent c ON c.person_id = p.id AND c.channel = a.channel AND c.withdrawn_at IS NULL
    LEFT JOIN stop_entry s ON s.channel = a.channel AND s.lookup = a.lookup
"""

# The same with every address, open or not, to tell why a household is left out; outer, so that none falls away.
ALL_ADDRESSES = """
    LEFT JOIN household_member m ON m.household_id = h.id AND m.until IS NULL
    LEFT JOIN person p ON p.id = m.person_id
    LEFT JOIN contact_address a ON a.person_id = p.id AND a.confirmed_at IS NOT NULL
    LEFT JOIN consent c ON c.person_id = p.id AND c.channel = a.channel AND c.withdrawn_at IS NULL
    LEFT JOIN stop_entry s ON s.channel = a.channel AND s.lookup = a.lookup
"""
NOBODY_REACHED = """
    MAX(CASE WHEN c.id IS NOT NULL AND s.since IS NULL AND a.dead_since IS NULL
              AND (p.paused_until IS NULL OR p.paused_until <= :now) AND (p.level <> 'ongoing' OR :is_urgent = 1)
             THEN 1 ELSE 0 END) = 0
"""
WHY_LEFT_OUT = """
    CASE WHEN MAX(CASE WHEN p.paused_until > :now THEN 1 ELSE 0 END) = 1 THEN 'paused'
         WHEN MAX(CASE WHEN s.since IS NOT NULL OR (a.id IS NOT NULL AND c.id IS NULL) THEN 1 ELSE 0 END) = 1
              THEN 'stopped'
         WHEN MAX(CASE WHEN p.level = 'ongoing' AND :is_urgent = 0 AND c.id IS NOT NULL THEN 1 ELSE 0 END) = 1
              THEN 'level'
         WHEN MAX(CASE WHEN a.dead_since IS NOT NULL THEN 1 ELSE 0 END) = 1 THEN 'dead'
         ELSE 'paper' END
"""

_SLICE_END = text(f"""
    SELECT h.id FROM household h WHERE h.id > :after_id AND {MEANT} ORDER BY h.id LIMIT 1 OFFSET :skip
""")  # noqa: S608 - only constants of this file are put together
_LAST = text(f"SELECT MAX(h.id) FROM household h WHERE h.id > :after_id AND {MEANT}")  # noqa: S608

_AUDIENCE = text(f"""
    INSERT INTO audience (alert_id, household_id, network_id, unit_id)
    SELECT :alert_id, h.id, h.network_id, h.unit_id FROM household h
    WHERE h.id > :after_id AND h.id <= :last_id AND {MEANT}
    ON CONFLICT DO NOTHING
""")  # noqa: S608

_ADDRESSES = text(f"""
    INSERT INTO audience_address (alert_id, household_id, channel, lookup)
    SELECT DISTINCT h.alert_id, h.household_id, a.channel, a.lookup
    FROM (SELECT alert_id, household_id, household_id AS id FROM audience
          WHERE alert_id = :alert_id AND household_id > :after_id AND household_id <= :last_id) h
    {OPEN_ADDRESSES}
    WHERE s.since IS NULL
    ON CONFLICT DO NOTHING
""")  # noqa: S608

_DELIVERIES = text("""
    INSERT INTO delivery (alert_id, channel, address_id, lookup, state, attempts)
    SELECT aa.alert_id, aa.channel, MIN(a.id), aa.lookup, 0, 0
    FROM audience_address aa
    JOIN household_member m ON m.household_id = aa.household_id AND m.until IS NULL
    JOIN contact_address a ON a.person_id = m.person_id AND a.channel = aa.channel AND a.lookup = aa.lookup
    WHERE aa.alert_id = :alert_id AND aa.household_id > :after_id AND aa.household_id <= :last_id
    GROUP BY aa.alert_id, aa.channel, aa.lookup
    ON CONFLICT DO NOTHING
""")

_LEFT_OUT = text(f"""
    UPDATE audience SET left_out = (
        SELECT {WHY_LEFT_OUT} FROM (SELECT audience.household_id AS id) h {ALL_ADDRESSES} GROUP BY h.id)
    WHERE alert_id = :alert_id AND household_id > :after_id AND household_id <= :last_id
      AND NOT EXISTS (SELECT 1 FROM audience_address aa
                      WHERE aa.alert_id = audience.alert_id AND aa.household_id = audience.household_id)
""").bindparams(bindparam("now", type_=UtcDateTime))  # noqa: S608

_BATCHES = text("""
    INSERT INTO batch (alert_id, channel, first_id, last_id, priority, not_before, token, tries)
    SELECT :alert_id, channel, MIN(id), MAX(id), :priority, :now, 0, 0
    FROM (SELECT id, channel, (ROW_NUMBER() OVER (PARTITION BY channel ORDER BY id) - 1) / :batch_size AS part
          FROM delivery WHERE alert_id = :alert_id AND id > :newest_before) numbered
    GROUP BY channel, part
    ORDER BY MIN(id)
""").bindparams(bindparam("now", type_=UtcDateTime))

# Whose phone is to be left in peace now, and until which hour: their copies wait.
_IN_QUIET_HOURS = """
    FROM contact_address a JOIN person p ON p.id = a.person_id
    WHERE p.quiet_to IS NOT NULL AND ((p.quiet_from < p.quiet_to AND :hour >= p.quiet_from AND :hour < p.quiet_to)
          OR (p.quiet_from > p.quiet_to AND (:hour >= p.quiet_from OR :hour < p.quiet_to)))
"""
_QUIET_ENDS = text(f"""
    SELECT DISTINCT q.quiet_to FROM delivery d JOIN (SELECT a.id, p.quiet_to {_IN_QUIET_HOURS}) q ON q.id = d.address_id
    WHERE d.alert_id = :alert_id AND d.channel = :sms AND d.id > :newest_before
""")  # noqa: S608
_WAIT_OUT = text(f"""
    UPDATE delivery SET not_before = :until
    WHERE alert_id = :alert_id AND channel = :sms AND id > :newest_before
      AND address_id IN (SELECT a.id {_IN_QUIET_HOURS} AND p.quiet_to = :ends)
""").bindparams(bindparam("until", type_=UtcDateTime))  # noqa: S608

_NEWEST = text("SELECT COALESCE(MAX(id), 0) FROM delivery WHERE alert_id = :alert_id")


@dataclass(frozen=True, slots=True)
class Slice:
    """Households with ids in after_id..last_id are taken; `more` when there may be others after them."""

    after_id: int
    last_id: int
    more: bool


def take_slice(
    session: Session,
    alert: Alert,
    *,
    after_id: int,
    size: int,
    batch_size: int,
    priority: int,
    heeds_quiet_hours: bool,
    now: datetime,
) -> Slice:
    """Freeze the next `size` households that the alert is meant for, with their deliveries and batches.

    All in the session's transaction: a crash leaves the slice wholly done or not at all; done twice, it adds nothing.
    """
    alert_id, whom = alert.id or 0, {"is_urgent": int(passes_level(alert.alert_class))}
    where = {"alert_id": alert_id, "after_id": after_id}
    end = session.connection().execute(_SLICE_END, {**where, "skip": size - 1}).scalar()
    last = end if end is not None else session.connection().execute(_LAST, where).scalar()
    if last is None:
        return Slice(after_id, after_id, more=False)
    within = {**where, "last_id": last}
    connection = session.connection()
    newest = connection.execute(_NEWEST, {"alert_id": alert_id}).scalar_one()
    connection.execute(_AUDIENCE, within)
    connection.execute(_ADDRESSES.bindparams(bindparam("now", type_=UtcDateTime)), {**within, **whom, "now": now})
    connection.execute(_DELIVERIES, within)
    connection.execute(_LEFT_OUT, {**within, **whom, "now": now})
    if heeds_quiet_hours:
        _heed_quiet_hours(connection, {"alert_id": alert_id, "newest_before": newest, "sms": int(ChannelKind.SMS)}, now)
    connection.execute(
        _BATCHES,
        {"alert_id": alert_id, "newest_before": newest, "batch_size": batch_size, "priority": priority, "now": now},
    )
    return Slice(after_id, last, more=end is not None)


def _heed_quiet_hours(connection: Connection, of_slice: dict[str, int], now: datetime) -> None:
    """SMS to people in their quiet hours wait until these are over; what is no longer valid then is not sent."""
    here = in_sweden(now)
    where = {**of_slice, "hour": here.hour}
    for ends in connection.execute(_QUIET_ENDS, where).scalars().all():
        connection.execute(_WAIT_OUT, {**where, "ends": ends, "until": next_hour(now, ends)})
