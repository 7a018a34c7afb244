"""Who gets an alert: frozen once, in slices, each one transaction that is safe to repeat.

The check page counts with the same conditions (whom.py), so that its numbers are those that are sent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, TextClause, bindparam, text
from sqlmodel import Session

from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.targeting.carrying import (
    CARRIER_COMES,
    along_with,
    take_along,
    waits_for_carrier,
)
from grannsamverkan.domain.targeting.passing_on import hold_for_contact_persons
from grannsamverkan.domain.targeting.whom import (
    ADDRESSES,
    ALL_ADDRESSES,
    IS_ADVICE,
    SPOKEN,
    Base,
    has_channel,
    is_meant,
    is_open,
    reads_others,
    statement,
    whom_of,
    why_left_out,
)
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden, next_hour

CORRECTS_AFTER = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class _Statements:
    """The statements that differ with what decides whom an alert is for."""

    audience: TextClause
    addresses: TextClause
    left_out: TextClause


@cache
def _statements(base: Base) -> _Statements:
    condition = is_meant(base)
    return _Statements(
        audience=statement(f"""
    INSERT INTO audience (alert_id, household_id, network_id, unit_id)
    SELECT :alert_id, h.id, h.network_id, h.unit_id FROM household h
    WHERE h.id > :after_id AND {condition} ORDER BY h.id LIMIT :size
    ON CONFLICT DO NOTHING
"""),  # noqa: S608 - only constants of this room are put together
        addresses=statement(f"""
    INSERT INTO audience_address (alert_id, household_id, channel, lookup, address_id)
    SELECT h.alert_id, h.household_id, a.channel, a.lookup, MIN(a.id)
    FROM (SELECT alert_id, household_id, household_id AS id FROM audience
          WHERE alert_id = :alert_id AND household_id > :after_id AND household_id <= :last_id) h
    {ADDRESSES}
    WHERE {is_open(base)}
    GROUP BY h.alert_id, h.household_id, a.channel, a.lookup
    ON CONFLICT DO NOTHING
"""),  # noqa: S608
        # NOT IN is looked up in a hash. PostgreSQL's statistics know nothing of an alert that is being fanned out: for
        # NOT EXISTS it takes both tables for a row long, and each household then reads the addresses of all.
        left_out=statement(f"""
    UPDATE audience SET left_out = (
        SELECT {why_left_out(base)} FROM (SELECT audience.household_id AS id) h {ALL_ADDRESSES} GROUP BY h.id)
    WHERE alert_id = :alert_id AND household_id > :after_id AND household_id <= :last_id
      AND household_id NOT IN (SELECT aa.household_id FROM audience_address aa WHERE aa.alert_id = :alert_id
                                  AND aa.household_id > :after_id AND aa.household_id <= :last_id)
"""),  # noqa: S608
    )


_TAKEN = text("""
    SELECT COUNT(*), MAX(household_id) FROM audience WHERE alert_id = :alert_id AND household_id > :after_id
""")

# `alert_id + 0` here and below: a slice's copies are found by their ids, since the index on the alert would lead
# through all copies of the slices before it.
_DELIVERIES = text("""
    INSERT INTO delivery (alert_id, channel, address_id, lookup, state, attempts)
    SELECT aa.alert_id, aa.channel, MIN(aa.address_id), aa.lookup, 0, 0 FROM audience_address aa
    WHERE aa.alert_id = :alert_id AND aa.household_id > :after_id AND aa.household_id <= :last_id
    GROUP BY aa.alert_id, aa.channel, aa.lookup
    ON CONFLICT DO NOTHING
""")

# Few read anything but Swedish: only their copies are touched.
_IN_THEIR_LANGUAGE = text(f"""
    UPDATE delivery SET language = spoken.language FROM ({SPOKEN}) spoken
    WHERE delivery.alert_id + 0 = :alert_id AND delivery.id > :newest_before
      AND delivery.channel = spoken.channel AND delivery.lookup = spoken.lookup AND spoken.language <> 'sv'
""")  # noqa: S608 - only constants of this room are put together

# What a household has been given is remembered for longer than its copies are. Whoever is not left out has an address.
# One is looked up for each household: a join over the slice has been seen to go through all of them for each.
_GIVEN = statement(f"""
    INSERT INTO advice_given (alert_id, household_id, card_key, given_at, network_id, by_sms, by_email)
    SELECT f.alert_id, f.household_id, :card_key, :now, f.network_id, {has_channel(1)}, {has_channel(2)}
    FROM audience f
    WHERE f.alert_id = :alert_id AND f.household_id > :after_id AND f.household_id <= :last_id AND f.left_out IS NULL
    ON CONFLICT DO NOTHING
""")  # noqa: S608 - only constants of this room are put together

_BATCHES = text("""
    INSERT INTO batch (alert_id, channel, first_id, last_id, priority, not_before, token, tries)
    SELECT :alert_id, channel, MIN(id), MAX(id), :priority, :now, 0, 0
    FROM (SELECT id, channel, (ROW_NUMBER() OVER (PARTITION BY channel ORDER BY id) - 1) / :batch_size AS part
          FROM delivery WHERE alert_id + 0 = :alert_id AND id > :newest_before) numbered
    GROUP BY channel, part
    ORDER BY MIN(id)
""").bindparams(bindparam("now", type_=UtcDateTime))

# Copies that wait for a phone that somebody who wants SMS there has asked to be left in peace now, and until which
# hour. By the number, and not by whose row the copy was made from: a phone may be written down with several people.
_IN_QUIET_HOURS = """
    FROM delivery d
    JOIN contact_address a ON a.channel = d.channel AND a.lookup = d.lookup AND a.confirmed_at IS NOT NULL
    JOIN consent c ON c.person_id = a.person_id AND c.channel = a.channel AND c.withdrawn_at IS NULL
    JOIN person p ON p.id = a.person_id
    WHERE d.alert_id + 0 = :alert_id AND d.channel + 0 = :sms AND d.id BETWEEN :first_id AND :last_id
      AND d.state IN (0, 1)
      AND p.quiet_to IS NOT NULL AND ((p.quiet_from < p.quiet_to AND :hour >= p.quiet_from AND :hour < p.quiet_to)
          OR (p.quiet_from > p.quiet_to AND (:hour >= p.quiet_from OR :hour < p.quiet_to)))
"""
_QUIET_ENDS = text(f"SELECT DISTINCT p.quiet_to {_IN_QUIET_HOURS}")
_WAIT_OUT = text(f"""
    UPDATE delivery SET not_before = :until
    WHERE id IN (SELECT d.id {_IN_QUIET_HOURS} AND p.quiet_to = :ends) AND (not_before IS NULL OR not_before < :until)
""").bindparams(bindparam("until", type_=UtcDateTime))  # noqa: S608

_NO_END = 2**62
# Whose copy of the mistake is neither answered nor given up, and was called only now: their correction waits, so that
# it cannot come before it.
_ON_ITS_WAY = """
    FROM delivery fd WHERE fd.alert_id = :of_alert_id AND fd.state = 3 AND fd.called_at > :since
"""
_LAST_CALLED = (
    text(f"SELECT MAX(fd.called_at) AS last_called {_ON_ITS_WAY}")
    .bindparams(bindparam("since", type_=UtcDateTime))
    .columns(last_called=UtcDateTime())
)
_WAIT_FOR_IT = text(f"""
    UPDATE delivery SET not_before = :until
    WHERE alert_id + 0 = :alert_id AND id > :newest_before AND (not_before IS NULL OR not_before < :until)
      AND EXISTS (SELECT 1 {_ON_ITS_WAY} AND fd.channel = delivery.channel AND fd.lookup = delivery.lookup)
""").bindparams(bindparam("until", type_=UtcDateTime), bindparam("since", type_=UtcDateTime))  # noqa: S608

_NEWEST = text("SELECT COALESCE(MAX(id), 0) FROM delivery")


@dataclass(frozen=True, slots=True)
class Slice:
    """Households with ids in after_id..last_id are taken; `more` when there may be others after them. `wakes`: a copy
    of an earlier slice has nothing more to wait for, so that its batch is to be looked at now."""

    after_id: int
    last_id: int
    more: bool
    wakes: bool = False


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
    whom = whom_of(session, alert, now=now)
    statements, connection = _statements(whom.base), session.connection()
    where = {**whom.facts, "after_id": after_id, "now": now}
    connection.execute(statements.audience, {**where, "size": size})
    taken, last = connection.execute(_TAKEN, where).one()
    if not taken:
        return Slice(after_id, after_id, more=False)
    within = {**where, "last_id": last}
    newest = connection.execute(_NEWEST).scalar_one()
    for one in (statements.addresses, _DELIVERIES, statements.left_out):
        connection.execute(one, within)
    if whom.base in IS_ADVICE:
        connection.execute(_GIVEN, within)
    of_slice = {**whom.facts, "newest_before": newest}
    if reads_others(session):
        connection.execute(_IN_THEIR_LANGUAGE, of_slice)
    if heeds_quiet_hours:
        heed_quiet_hours(session, whom.alert_id, first_id=newest + 1, last_id=_NO_END, now=now)
    if whom.base is Base.HANDED:
        _let_the_mistake_arrive(connection, of_slice, now)
    wakes = hold_for_contact_persons(session, whom.alert_id, newest_before=newest, after_id=after_id, now=now)
    if along := along_with(session, alert, now=now):
        take_along(connection, along, {**within, "newest_before": newest})
    go_at = now + CARRIER_COMES if waits_for_carrier(session, alert) else now
    connection.execute(
        _BATCHES,
        {**of_slice, "batch_size": batch_size, "priority": priority, "now": go_at},
    )
    return Slice(after_id, last, more=taken >= size, wakes=wakes)


def heed_quiet_hours(session: Session, alert_id: int, *, first_id: int, last_id: int, now: datetime) -> None:
    """Of these copies, SMS to people in their quiet hours wait until these are over; what is no longer valid then is
    not sent. Asked at fan-out, and again before each hand-over, since a copy may have waited for a provider."""
    here, connection = in_sweden(now), session.connection()
    where = {"alert_id": alert_id, "first_id": first_id, "last_id": last_id, "sms": int(ChannelKind.SMS)}
    ends = connection.execute(_QUIET_ENDS, {**where, "hour": here.hour}).scalars().all()
    for until, hour in sorted((next_hour(here, hour), hour) for hour in ends):  # of several, the last counts
        connection.execute(_WAIT_OUT, {**where, "hour": here.hour, "ends": hour, "until": until})


def _let_the_mistake_arrive(connection: Connection, of_slice: dict[str, object], now: datetime) -> None:
    """A correction that overtook what it corrects would itself be put right by the mistake: it waits until the last of
    the copies that are on their way has had its time."""
    where = {**of_slice, "since": now - CORRECTS_AFTER}
    last_called = connection.execute(_LAST_CALLED, where).scalar()
    if last_called is not None:
        connection.execute(_WAIT_FOR_IT, {**where, "until": last_called + CORRECTS_AFTER})
