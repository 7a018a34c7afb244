"""Two hops: in some networks a warning goes to the contact persons first, and to the neighbours when one of them has
passed it on, or by itself when nobody has in time.

The neighbours' copies are made with all the others and only wait (`not_before`), so that passing on makes no copy, a
STOPP meanwhile is heeded like any other, and going by itself needs nobody to remember it.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import TextClause, bindparam, text, update
from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts import Alert, AlertClass, Source
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.domain.targeting.tables import Forwarding
from grannsamverkan.domain.targeting.whom import ADDRESSES, Base, is_meant, is_open, whom_of
from grannsamverkan.foundation.database import Among, UtcDateTime

_CONTACT_PERSON_LIVES_THERE = """
    EXISTS (SELECT 1 FROM household_member cm JOIN contact_person cp ON cp.person_id = cm.person_id
            WHERE cm.household_id = {household} AND cm.until IS NULL
              AND cp.until IS NULL AND cp.network_id = {network})
"""

# Phones and mailboxes that wait for nobody: of a household in another network, of a contact person's own.
_AT_ONCE = f"""
    SELECT aa.channel, aa.lookup FROM audience_address aa
    JOIN audience f ON f.alert_id = aa.alert_id AND f.household_id = aa.household_id
    WHERE aa.alert_id = :alert_id AND aa.household_id > :after_id AND (
        f.network_id NOT IN (
            SELECT w.network_id FROM forwarding w WHERE w.alert_id = :alert_id AND w.forwarded_at IS NULL)
        OR {_CONTACT_PERSON_LIVES_THERE.format(household="f.household_id", network="f.network_id")})
"""  # noqa: S608
_IN_NETWORK = """
    SELECT aa.channel, aa.lookup FROM audience f
    JOIN audience_address aa ON aa.alert_id = f.alert_id AND aa.household_id = f.household_id
    WHERE f.alert_id = :alert_id AND f.network_id = :network_id
"""
_HOLD = text(f"""
    UPDATE delivery SET not_before = :direct_at
    WHERE alert_id + 0 = :alert_id AND id > :newest_before AND state IN (0, 1)
      AND (not_before IS NULL OR not_before < :direct_at)
      AND (channel, lookup) IN ({_IN_NETWORK}) AND (channel, lookup) NOT IN ({_AT_ONCE})
""").bindparams(bindparam("direct_at", type_=UtcDateTime))  # noqa: S608 - only constants are put together
_FREE = text(f"""
    UPDATE delivery SET not_before = NULL
    WHERE alert_id = :alert_id AND state IN (0, 1) AND not_before > :now AND (channel, lookup) IN ({_IN_NETWORK})
""").bindparams(bindparam("now", type_=UtcDateTime))  # noqa: S608
_FREE_SHARED = text(f"""
    UPDATE delivery SET not_before = NULL
    WHERE alert_id = :alert_id AND id <= :newest_before AND state IN (0, 1) AND not_before > :now
      AND (channel, lookup) IN ({_AT_ONCE})
""").bindparams(bindparam("now", type_=UtcDateTime))  # noqa: S608


def networks_via_contact_persons(session: Session, alert: Alert) -> list[WatchNetwork]:
    """The networks of a warning in which contact persons pass it on. Everything else goes straight to everybody: what
    is under way cannot wait, what follows a warning goes to those who know of it, and a contact person who writes has
    passed it on by that."""
    if alert.alert_class is not AlertClass.WARNING or alert.source == Source.CONTACT_PERSON:
        return []
    rows = text("SELECT DISTINCT t.network_id FROM alert_target t WHERE t.alert_id = :alert_id")
    ids = session.connection().execute(rows, {"alert_id": alert.id}).scalars().all()
    via = select(WatchNetwork).where(Among(col(WatchNetwork.id), ids), col(WatchNetwork.via_contact_person).is_(True))
    return list(session.exec(via.order_by(col(WatchNetwork.id))))


def forwardings(session: Session, alert_id: int) -> list[Forwarding]:
    """Where the alert went to contact persons first."""
    rows = select(Forwarding).where(Forwarding.alert_id == alert_id)
    return list(session.exec(rows.order_by(col(Forwarding.network_id))))


def forwardings_to(session: Session, network_id: int) -> list[Forwarding]:
    """Every alert that went to this network's contact persons first."""
    return list(session.exec(select(Forwarding).where(Forwarding.network_id == network_id)))


def waiting_in(session: Session, network_ids: Iterable[int], *, now: datetime) -> list[Forwarding]:
    """What waits for the contact persons of these networks."""
    rows = select(Forwarding).where(
        Among(col(Forwarding.network_id), network_ids),
        col(Forwarding.forwarded_at).is_(None),
        col(Forwarding.direct_at) > now,
    )
    return list(session.exec(rows.order_by(col(Forwarding.alert_id))))


def hold_for_contact_persons(
    session: Session, alert_id: int, *, newest_before: int, after_id: int, now: datetime
) -> bool:
    """The slice's copies (those after `newest_before`) wait where contact persons pass on. True when a copy of an
    earlier slice need not wait after all, since somebody of this slice shares the phone: then wake the batches."""
    rows = [row for row in forwardings(session, alert_id) if row.forwarded_at is None and row.direct_at > now]
    if not rows:
        return False
    connection, where = session.connection(), {"alert_id": alert_id, "newest_before": newest_before}
    for row in sorted(rows, key=lambda one: one.direct_at, reverse=True):  # of several, the first counts
        held = {**where, "after_id": 0, "network_id": row.network_id, "direct_at": row.direct_at}
        connection.execute(_HOLD, held)
    freed = connection.execute(_FREE_SHARED, {**where, "after_id": after_id, "now": now})
    return freed.rowcount > 0


def pass_on(
    session: Session,
    alert_id: int,
    network_id: int,
    *,
    role_id: int,
    account_id: int | None,
    now: datetime,
) -> bool:
    """A contact person passes it on: the copies of that network wait no more. True when this call did it.

    Lock the alert's row, then its open batches (`deliveries.wake`) first.
    """
    mine = update(Forwarding).where(
        col(Forwarding.alert_id) == alert_id,
        col(Forwarding.network_id) == network_id,
        col(Forwarding.forwarded_at).is_(None),
        col(Forwarding.direct_at) > now,
    )
    values = {"forwarded_at": now, "role_id": role_id, "account_id": account_id}
    if session.execute(mine.values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.connection().execute(_FREE, {"alert_id": alert_id, "network_id": network_id, "now": now})
    return True


def households_via(session: Session, alert: Alert, *, now: datetime) -> dict[int, int]:
    """How many households in each of the networks would wait for a contact person; those who live with one do not."""
    ids = [row.id or 0 for row in networks_via_contact_persons(session, alert)]
    if not ids:
        return {}
    whom = whom_of(session, alert, now=now)
    rows = session.connection().execute(_via(), {**whom.facts, "now": now}).all()
    return {network_id: households for network_id, households in rows if network_id in ids}


@cache
def _via() -> TextClause:
    base = Base.PLACES
    return text(f"""
    SELECT h.network_id, COUNT(DISTINCT h.id) FROM household h
    {ADDRESSES}
    WHERE {is_open(base)} AND {is_meant(base)}
      AND NOT {_CONTACT_PERSON_LIVES_THERE.format(household="h.id", network="h.network_id")}
    GROUP BY h.network_id
""").bindparams(bindparam("now", type_=UtcDateTime))  # noqa: S608
