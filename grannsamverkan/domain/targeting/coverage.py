"""Which tips reached how many households, and how many had none: counted from what is kept of who was given what.

Given means sent: what became of the copies is known for as long as they are, and stands with each message.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlmodel import Session

from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.database import UtcDateTime

_SINCE = bindparam("since", type_=UtcDateTime)

_TIPS = text("SELECT id, card_key FROM alert WHERE municipality_code = :code AND alert_class = 'advice'")
# What each tip that went out was given to: by network first, in the order that the rows lie in, and only those sums are
# put together by kind.
_GIVEN = (
    text("""
    SELECT given.alert_id, w.kind, SUM(given.homes), SUM(given.by_sms), SUM(given.by_email), MAX(given.newest) AS newest
    FROM (
        SELECT g.alert_id, g.network_id, COUNT(*) AS homes, SUM(CASE WHEN g.by_sms THEN 1 ELSE 0 END) AS by_sms,
               SUM(CASE WHEN g.by_email THEN 1 ELSE 0 END) AS by_email, MAX(g.given_at) AS newest
        FROM advice_given g
        WHERE g.alert_id IN :tips AND g.given_at >= :since
        GROUP BY g.alert_id, g.network_id) given
    JOIN watch_network w ON w.id = given.network_id
    GROUP BY given.alert_id, w.kind
""")
    .bindparams(_SINCE, bindparam("tips", expanding=True))
    .columns(newest=UtcDateTime())
)
# The same of cards that went out more than once, each home once.
_AGAIN = (
    text("""
    SELECT g.card_key, w.kind, COUNT(DISTINCT g.household_id),
           COUNT(DISTINCT CASE WHEN g.by_sms THEN g.household_id END),
           COUNT(DISTINCT CASE WHEN g.by_email THEN g.household_id END), MAX(g.given_at) AS newest
    FROM advice_given g
    JOIN watch_network w ON w.id = g.network_id
    WHERE g.alert_id IN :tips AND g.given_at >= :since
    GROUP BY g.card_key, w.kind
""")
    .bindparams(_SINCE, bindparam("tips", expanding=True))
    .columns(newest=UtcDateTime())
)

# Homes of networks that are under way: those in all; those that had no tip, and of these those that no copy can go to.
_UNDER_WAY = """
    FROM watch_network w
    JOIN network_state_span s ON s.network_id = w.id AND s.until IS NULL AND s.state = 'active'
    JOIN household h ON h.network_id = w.id AND h.left_at IS NULL
    WHERE w.municipality_code = :code"""
_HOMES = text(f"SELECT w.kind, COUNT(*) {_UNDER_WAY} GROUP BY w.kind")
_HAD_NONE = text(f"""
    SELECT w.kind, COUNT(*), SUM(CASE WHEN EXISTS (
        SELECT 1 FROM household_member m
        JOIN contact_address a ON a.person_id = m.person_id AND a.confirmed_at IS NOT NULL
        JOIN consent c ON c.person_id = m.person_id AND c.channel = a.channel AND c.withdrawn_at IS NULL
        WHERE m.household_id = h.id AND m.until IS NULL) THEN 0 ELSE 1 END)
    {_UNDER_WAY}
    AND NOT EXISTS (SELECT 1 FROM advice_given g WHERE g.household_id = h.id AND g.given_at >= :since)
    GROUP BY w.kind
""").bindparams(_SINCE)  # noqa: S608 - only constants of this file are put together


@dataclass(frozen=True)
class Given:
    """Households that were sent a card, of one kind of network; one that has both channels is in both."""

    card_key: str
    kind: NetworkKind
    households: int
    by_sms: int
    by_email: int
    newest: datetime


@dataclass(frozen=True)
class Homes:
    """Households of one kind of network, those without any tip, and of these those that chose no channel."""

    kind: NetworkKind
    all: int
    had_none: int
    has_no_channel: int


def given_since(session: Session, municipality_code: str, since: datetime) -> list[Given]:
    """What the municipality's households have been given since then, by card and kind."""
    connection = session.connection()
    card_of: dict[int, str] = dict(connection.execute(_TIPS, {"code": municipality_code}).tuples().all())
    gone = connection.execute(_GIVEN, {"tips": list(card_of), "since": since}).all()
    times = Counter(card_of[alert_id] for alert_id in {row.alert_id for row in gone})
    again = [alert_id for alert_id, key in card_of.items() if times[key] > 1]
    found = [_given(card_of[id], *rest) for id, *rest in gone if times[card_of[id]] == 1]
    if again:
        found += [_given(*row) for row in connection.execute(_AGAIN, {"tips": again, "since": since})]
    return found


def _given(card_key: str, kind: str, households: int, by_sms: int, by_email: int, newest: datetime) -> Given:
    return Given(card_key, NetworkKind(kind), int(households), int(by_sms), int(by_email), newest)


def homes_since(session: Session, municipality_code: str, since: datetime) -> list[Homes]:
    """How many households there are, and how many have been given no tip since then; both kinds, in their order."""
    connection, where = session.connection(), {"code": municipality_code}
    all_: dict[str, int] = dict(connection.execute(_HOMES, where).tuples().all())
    had_none = {kind: numbers for kind, *numbers in connection.execute(_HAD_NONE, {**where, "since": since})}
    return [Homes(kind, all_.get(kind, 0), *map(int, had_none.get(kind, (0, 0)))) for kind in NetworkKind]


_TO_HOMES = (
    text("""
    SELECT g.household_id, g.card_key, MAX(g.given_at) AS newest FROM advice_given g
    WHERE g.household_id IN :household_ids GROUP BY g.household_id, g.card_key
""")
    .bindparams(bindparam("household_ids", expanding=True))
    .columns(newest=UtcDateTime())
)


def given_to(session: Session, household_ids: Iterable[int]) -> list[tuple[str, datetime]]:
    """The cards that these households have been given, and when last; the newest first."""
    rows = session.connection().execute(_TO_HOMES, {"household_ids": list(household_ids) or [0]})
    newest: dict[str, datetime] = {}
    for _household_id, key, at in rows:
        newest[key] = max(at, newest.get(key, at))
    return sorted(newest.items(), key=lambda row: (row[1], row[0]), reverse=True)
