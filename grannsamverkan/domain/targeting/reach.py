"""Before sending: how many households an alert would reach, by which channel, and who is left out, and why.

Counted with the very conditions that fan-out uses.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import TextClause, bindparam, text
from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.targeting.tables import Audience
from grannsamverkan.domain.targeting.whom import (
    ADDRESSES,
    ALL_ADDRESSES,
    REASONS,
    SPOKEN,
    Base,
    Whom,
    is_meant,
    is_open,
    reads_others,
    standing,
    statement,
    whom_of,
    whom_planned,
)
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.ports import ChannelKind


@dataclass(frozen=True)
class Reach:
    """Households in all; copies and households by channel; households with no copy by reason (see REASONS).

    `in_language`: of the copies, those in another language than Swedish.
    """

    households: int
    copies: dict[ChannelKind, int] = field(default_factory=dict)
    by_channel: dict[ChannelKind, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    in_language: dict[str, dict[ChannelKind, int]] = field(default_factory=dict)

    def copies_in(self, language: str, channel: ChannelKind) -> int:
        """How many copies go in this language by this channel."""
        if language != SWEDISH:
            return self.in_language.get(language, {}).get(channel, 0)
        others = sum(copies.get(channel, 0) for copies in self.in_language.values())
        return self.copies.get(channel, 0) - others

    @property
    def reached(self) -> int:
        return self.households - sum(self.left_out.values())


@cache
def _counted(base: Base) -> TextClause:
    """The addresses of everybody whom it is meant for are gone through once: copies and households by channel, and the
    number of households with each standing."""
    return statement(f"""
    WITH met AS (
        SELECT h.id AS household_id, a.channel, a.lookup, {standing(base, of_all=True)} AS standing FROM household h
        {ALL_ADDRESSES}
        WHERE {is_meant(base)})
    SELECT 'copies' AS what, channel AS which, COUNT(*) AS number
    FROM (SELECT DISTINCT channel, lookup FROM met WHERE standing = 0) copies GROUP BY channel
    UNION ALL
    SELECT 'by_channel', channel, COUNT(*)
    FROM (SELECT DISTINCT channel, household_id FROM met WHERE standing = 0) reached GROUP BY channel
    UNION ALL
    SELECT 'standing', standing, COUNT(*)
    FROM (SELECT MIN(standing) AS standing FROM met GROUP BY household_id) homes GROUP BY standing
""")  # noqa: S608 - only constants of this room are put together


@cache
def _in_language(base: Base) -> TextClause:
    return statement(f"""
    SELECT spoken.language, a.channel, COUNT(DISTINCT a.lookup) FROM household h
    {ADDRESSES}
    JOIN ({SPOKEN}) spoken ON spoken.channel = a.channel AND spoken.lookup = a.lookup AND spoken.language <> 'sv'
    WHERE {is_open(base)} AND {is_meant(base)}
    GROUP BY spoken.language, a.channel
""")  # noqa: S608


def had_enough(session: Session, alert: Alert, *, since: datetime, most: int) -> int:
    """How many of the households that the alert is meant for have had this many warnings since then, or more."""
    whom = whom_of(session, alert, now=since)
    where = {**whom.facts, "since": since, "most": most}
    return session.connection().execute(_had_enough(whom.base), where).scalar_one()  # type: ignore[no-any-return]


@cache
def _had_enough(base: Base) -> TextClause:
    return text(f"""
    SELECT COUNT(*) FROM (
        SELECT f.household_id FROM audience f
        JOIN alert w ON w.id = f.alert_id AND w.alert_class IN ('ongoing', 'warning') AND w.release_at > :since
        JOIN household h ON h.id = f.household_id
        WHERE f.left_out IS NULL AND {is_meant(base)}
        GROUP BY f.household_id HAVING COUNT(*) >= :most) warned
""").bindparams(bindparam("since", type_=UtcDateTime))  # noqa: S608 - only constants of this room are put together


def is_remembered(session: Session, alert_id: int) -> bool:
    """Whether it is still known whom the alert was for: nothing can follow it once that is forgotten."""
    return session.exec(select(Audience.household_id).where(Audience.alert_id == alert_id).limit(1)).first() is not None


def meant(session: Session, household_ids: Iterable[int]) -> frozenset[int]:
    """Those of these households that a warning has been for."""
    wanted = list(household_ids)
    rows = select(Audience.household_id).where(col(Audience.household_id).in_(wanted)).distinct()
    return frozenset(session.exec(rows))


def reach(session: Session, alert: Alert, *, now: datetime) -> Reach:
    """What the alert would reach if it were released now."""
    return _reach(session, whom_of(session, alert, now=now), now)


def reach_planned(
    session: Session,
    municipality_code: str,
    network_kind: NetworkKind | None,
    card_key: str,
    *,
    now: datetime,
    about_alert_id: int | None = None,
) -> Reach:
    """What a card would reach if it went out now; after a warning, of those whom that was for."""
    whom = whom_planned(session, municipality_code, network_kind, card_key, now=now, about_alert_id=about_alert_id)
    return _reach(session, whom, now)


def _reach(session: Session, whom: Whom, now: datetime) -> Reach:
    connection, where = session.connection(), {**whom.facts, "now": now}
    found: dict[str, dict[int, int]] = {"copies": {}, "by_channel": {}, "standing": {}}
    for what, which, number in connection.execute(_counted(whom.base), where):
        found[what][which] = number
    in_language: dict[str, dict[ChannelKind, int]] = {}
    spoken = connection.execute(_in_language(whom.base), where).all() if reads_others(session) else ()
    for language, channel, copies in spoken:
        in_language.setdefault(language, {})[ChannelKind(channel)] = copies
    standings = found["standing"]
    return Reach(
        households=sum(standings.values()),
        copies={ChannelKind(channel): copies for channel, copies in found["copies"].items()},
        by_channel={ChannelKind(channel): homes for channel, homes in found["by_channel"].items()},
        left_out={REASONS[number - 1]: homes for number, homes in sorted(standings.items()) if number},
        in_language=in_language,
    )
