"""Which tips reached how many households, and how many had none: counted from what is kept of who was given what.

Given means sent: what became of the copies is known for as long as they are, and stands with each message.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlmodel import Session

from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.database import UtcDateTime

_SINCE = bindparam("since", type_=UtcDateTime)

# What each tip that went out was given to, in the order that the rows lie in: nothing has to be sorted.
_ALERTS = (
    text("""
    SELECT x.card_key, SUM(CASE WHEN w.kind = 'villa' THEN 1 ELSE 0 END), COUNT(*),
           SUM(CASE WHEN g.by_sms AND w.kind = 'villa' THEN 1 ELSE 0 END), SUM(CASE WHEN g.by_sms THEN 1 ELSE 0 END),
           SUM(CASE WHEN g.by_email AND w.kind = 'villa' THEN 1 ELSE 0 END),
           SUM(CASE WHEN g.by_email THEN 1 ELSE 0 END),
           MAX(g.given_at) AS newest
    FROM alert x
    JOIN advice_given g ON g.alert_id = x.id AND g.given_at >= :since
    JOIN watch_network w ON w.id = g.network_id
    WHERE x.municipality_code = :code AND x.alert_class = 'advice'
    GROUP BY x.id
""")
    .bindparams(_SINCE)
    .columns(newest=UtcDateTime())
)
# The same of cards that went out more than once, each home once.
_AGAIN = (
    text("""
    SELECT g.card_key, w.kind, COUNT(DISTINCT g.household_id),
           COUNT(DISTINCT CASE WHEN g.by_sms THEN g.household_id END),
           COUNT(DISTINCT CASE WHEN g.by_email THEN g.household_id END), MAX(g.given_at) AS newest
    FROM alert x
    JOIN advice_given g ON g.alert_id = x.id AND g.given_at >= :since
    JOIN watch_network w ON w.id = g.network_id
    WHERE x.municipality_code = :code AND x.alert_class = 'advice' AND x.card_key IN :cards
    GROUP BY g.card_key, w.kind
""")
    .bindparams(_SINCE, bindparam("cards", expanding=True))
    .columns(newest=UtcDateTime())
)

# Homes of networks that are under way: those in all, those that had no tip, and of these those that no copy can go to,
# which only they are asked.
_HAD_ONE = "EXISTS (SELECT 1 FROM advice_given g WHERE g.household_id = h.id AND g.given_at >= :since)"
_HOMES = text(f"""
    SELECT kind, COUNT(*), SUM(had_none), SUM(has_no_channel)
    FROM (
        SELECT w.kind AS kind,
               CASE WHEN {_HAD_ONE} THEN 0 ELSE 1 END AS had_none,
               CASE WHEN {_HAD_ONE} OR EXISTS (
                   SELECT 1 FROM household_member m
                   JOIN contact_address a ON a.person_id = m.person_id AND a.confirmed_at IS NOT NULL
                   JOIN consent c ON c.person_id = m.person_id AND c.channel = a.channel AND c.withdrawn_at IS NULL
                   WHERE m.household_id = h.id AND m.until IS NULL) THEN 0 ELSE 1 END AS has_no_channel
        FROM watch_network w
        JOIN network_state_span s ON s.network_id = w.id AND s.until IS NULL AND s.state = 'active'
        JOIN household h ON h.network_id = w.id AND h.left_at IS NULL
        WHERE w.municipality_code = :code) homes
    GROUP BY kind
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
    where, connection = {"code": municipality_code, "since": since}, session.connection()
    gone = connection.execute(_ALERTS, where).all()
    times = Counter(row.card_key for row in gone)
    again = [key for key, number in times.items() if number > 1]
    found = [one for row in gone if times[row.card_key] == 1 for one in _by_kind(*row)]
    if again:
        rows = connection.execute(_AGAIN, {**where, "cards": again})
        found += [Given(key, NetworkKind(kind), *numbers) for key, kind, *numbers in rows]
    return found


def _by_kind(
    card_key: str,
    villas: int,
    all_: int,
    sms_villas: int,
    sms_all: int,
    mail_villas: int,
    mail_all: int,
    newest: datetime,
) -> Iterator[Given]:
    """A tip's numbers of villas and of all, as those of each kind that had it."""
    rest = all_ - villas
    numbers = {
        NetworkKind.VILLA: (villas, sms_villas, mail_villas),
        NetworkKind.APARTMENT: (rest, sms_all - sms_villas, mail_all - mail_villas),
    }
    for kind, (households, by_sms, by_email) in numbers.items():
        if households:
            yield Given(card_key, kind, int(households), int(by_sms), int(by_email), newest)


def homes_since(session: Session, municipality_code: str, since: datetime) -> list[Homes]:
    """How many households there are, and how many have been given no tip since then; both kinds, in their order."""
    rows = session.connection().execute(_HOMES, {"code": municipality_code, "since": since})
    found = {NetworkKind(kind): Homes(NetworkKind(kind), *map(int, numbers)) for kind, *numbers in rows}
    return [found.get(kind, Homes(kind, 0, 0, 0)) for kind in NetworkKind]


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
