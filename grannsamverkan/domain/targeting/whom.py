"""Whom an alert is for, in SQL: those where it goes, those the story began with, or those who were handed a mistake.
Advice goes to places too, or to some of the homes there, but past those that have had it lately, or enough of anything
this week.

The statements read the same on SQLite and PostgreSQL. Households are `h`, people `p`, their addresses `a`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import TextClause, bindparam, text
from sqlmodel import Session

from grannsamverkan.domain.advice import Meant, meant_by
from grannsamverkan.domain.alerts import Alert, AlertClass, alert, passes_level, takes_place
from grannsamverkan.domain.networks import NetworkKind, active_on
from grannsamverkan.domain.places import Rules, rules
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.swedish import in_sweden

_WEEK = timedelta(days=7)
_TIMES = ("now", "given_since", "week_begins", "joined_after", "joined_until")


class Base(StrEnum):
    """What decides whom it is for."""

    PLACES = "places"
    AUDIENCE = "audience"
    HANDED = "handed"
    ADVISED = "advised"
    WELCOMED = "welcomed"  # as ADVISED, of these who joined in a time
    FOLLOWED = "followed"  # as ADVISED, of these the audience of a warning
    PLANNED = "planned"  # as ADVISED, before there is an alert
    PLANNED_AFTER = "planned_after"  # as FOLLOWED, before there is an alert


@dataclass(frozen=True)
class Whom:
    """`of_alert_id`: whose audience, or whose copies, it goes by. `is_urgent`: also for those who want nothing else.
    `more`: what the statements ask for of advice.
    """

    base: Base
    alert_id: int
    of_alert_id: int
    is_urgent: bool
    more: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def facts(self) -> dict[str, object]:
        """What the statements ask for."""
        ids = {"alert_id": self.alert_id, "of_alert_id": self.of_alert_id, "is_urgent": int(self.is_urgent)}
        return {**ids, **self.more}


def whom_of(session: Session, row: Alert, *, now: datetime) -> Whom:
    """A follow-up, an all-clear and a reminder go to the audience that the story began with, and as far as its first
    message; a correction, and that something is moved or called off, to those who were handed what it is about,
    whatever they have wished for since but silence."""
    row_id = row.id or 0
    if row.alert_class is AlertClass.ADVICE:
        more = _of_advice(row.card_key or "", rules(session, row.municipality_code), now, row.carried_by or row_id)
        return _advised(meant_by(session, row_id), row_id, more)
    if takes_place(row):
        return Whom(Base.HANDED, row_id, row.about_id or 0, is_urgent=True)
    if row.story_id is not None:
        first = alert(session, row.story_id or 0)
        return Whom(Base.AUDIENCE, row_id, first.id or 0, passes_level(first.alert_class))
    return Whom(Base.PLACES, row_id, row_id, passes_level(row.alert_class))


def _advised(meant: Meant | None, alert_id: int, more: Mapping[str, object]) -> Whom:
    if meant is not None and meant.about_alert_id is not None:
        return Whom(Base.FOLLOWED, alert_id, meant.about_alert_id, is_urgent=False, more=more)
    if meant is not None and meant.joined_until is not None:
        joined = {"joined_after": meant.joined_after, "joined_until": meant.joined_until}
        return Whom(Base.WELCOMED, alert_id, alert_id, is_urgent=False, more={**more, **joined})
    return Whom(Base.ADVISED, alert_id, alert_id, is_urgent=False, more=more)


def whom_planned(
    session: Session,
    municipality_code: str,
    network_kind: NetworkKind | None,
    card_key: str,
    *,
    now: datetime,
    about_alert_id: int | None = None,
) -> Whom:
    """Whom a card would be for if it went out then: the municipality's active networks, of this kind only, and of these
    the homes that a warning was for."""
    meant = active_on(session, now, [municipality_code], kind=network_kind)
    more = {**_of_advice(card_key, rules(session, municipality_code), now, 0), "networks": meant}
    base = Base.PLANNED if about_alert_id is None else Base.PLANNED_AFTER
    return Whom(base, 0, about_alert_id or 0, is_urgent=False, more=more)


def _of_advice(card_key: str, local: Rules, now: datetime, message: int) -> dict[str, object]:
    """What is asked of each household before it is given advice; `message` is what it goes in."""
    return {
        "message": message,
        "card_key": card_key,
        "given_since": again_after(now, local.advice_again_months),
        "week_begins": now - _WEEK,
        "most_a_week": local.messages_a_week,
    }


def again_after(now: datetime, months: int) -> datetime:
    """Who was given advice before this may be given it again. Whole months count: the first Tuesday of October may be
    some days earlier in one year than in the one before."""
    here = in_sweden(now)
    month = here.year * 12 + here.month - 1 - (months - 1)
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=STOCKHOLM).astimezone(UTC)


def statement(sql: str) -> TextClause:
    """The SQL with its times bound as the columns store them, and `networks` as many ids."""
    found = text(sql)
    named = [bindparam(name, type_=UtcDateTime) for name in _TIMES if f":{name}" in sql]
    if ":networks" in sql:
        named.append(bindparam("networks", expanding=True))
    return found.bindparams(*named) if named else found


# The provider has it, or nobody can say that it has not. (5 is failed: then only what was handed over before.)
HANDED = """
    (fd.handed_over_at IS NOT NULL OR fd.state = 7 OR (fd.state IN (6, 8) AND fd.attempts > 0))
"""

# A household is meant when its network is a target whole, or when its stairwell, street or building is.
_IN_PLACES = """
    h.left_at IS NULL AND EXISTS (
        SELECT 1 FROM alert_target t
        WHERE t.alert_id = :of_alert_id AND t.network_id = h.network_id
          AND (t.unit_id IS NULL OR t.unit_id = h.unit_id
               OR t.unit_id = (SELECT u.parent_id FROM unit u WHERE u.id = h.unit_id)))
"""
_IN_AUDIENCE = """
    h.left_at IS NULL AND EXISTS (
        SELECT 1 FROM audience f WHERE f.alert_id = :of_alert_id AND f.household_id = h.id)
"""
_IN_PLANNED = "h.left_at IS NULL AND h.network_id IN :networks"
# Nobody there has belonged to a household before: who moves to another street is no newcomer.
_JUST_JOINED = """
    h.joined_at > :joined_after AND h.joined_at <= :joined_until AND NOT EXISTS (
        SELECT 1 FROM household_member m JOIN household_member e
            ON e.person_id = m.person_id AND e.household_id <> m.household_id AND e.since < m.since
        WHERE m.household_id = h.id AND m.until IS NULL)
"""
# To the networks that the tip goes to, and there only to the homes that the warning was for.
_AFTER_WARNING = f"""
    {_IN_AUDIENCE} AND EXISTS (
        SELECT 1 FROM alert_target t WHERE t.alert_id = :alert_id AND t.network_id = h.network_id)
"""  # noqa: S608 - only constants of this file are put together
_MEANT = {
    Base.PLACES: _IN_PLACES,
    Base.ADVISED: _IN_PLACES,
    Base.WELCOMED: f"{_IN_PLACES} AND {_JUST_JOINED}",
    Base.FOLLOWED: _AFTER_WARNING,
    Base.PLANNED: _IN_PLANNED,
    Base.PLANNED_AFTER: f"{_IN_PLANNED} AND {_IN_AUDIENCE}",
    Base.AUDIENCE: _IN_AUDIENCE,
    Base.HANDED: f"""
    h.left_at IS NULL AND EXISTS (
        SELECT 1 FROM audience_address fa WHERE fa.alert_id = :of_alert_id AND fa.household_id = h.id AND (
            SELECT {HANDED} FROM delivery fd
            WHERE fd.alert_id = fa.alert_id AND fd.channel = fa.channel AND fd.lookup = fa.lookup))
""",  # noqa: S608 - only constants of this file are put together
}

# An address that its owner has confirmed and chosen is open when they want what this is, and somebody is there.
_WANTED = "a.dead_since IS NULL AND (p.level <> 'ongoing' OR :is_urgent = 1)"
# Somebody there has been given this lately; their home has had enough of anything this week. What goes in one message
# counts as one.
_GIVEN = """
    EXISTS (SELECT 1 FROM advice_given g WHERE g.household_id = h.id AND g.card_key = :card_key
                                           AND g.given_at >= :given_since AND g.alert_id <> :alert_id)
"""
_HAD = """
    alert wa JOIN audience fa ON fa.alert_id = wa.id
    WHERE wa.release_at > :week_begins AND COALESCE(wa.carried_by, wa.id) <> :message AND fa.left_out IS NULL
"""
_MESSAGES = "COUNT(DISTINCT COALESCE(wa.carried_by, wa.id))"
_ENOUGH = f"(SELECT {_MESSAGES} FROM {_HAD} AND fa.household_id = h.id) >= :most_a_week"  # noqa: S608
# The same, found once for all: where every household is gone through, that is quicker by far.
_AMONG_ENOUGH = f"""
    h.id IN (SELECT fa.household_id FROM {_HAD} GROUP BY fa.household_id HAVING {_MESSAGES} >= :most_a_week)
"""  # noqa: S608
_ADVISED = f"{_WANTED} AND NOT {_GIVEN} AND NOT {_ENOUGH}"
IS_ADVICE = frozenset({Base.ADVISED, Base.WELCOMED, Base.FOLLOWED, Base.PLANNED, Base.PLANNED_AFTER})
_OPEN = {
    **dict.fromkeys(IS_ADVICE, _ADVISED),
    Base.PLACES: _WANTED,
    Base.AUDIENCE: _WANTED,
    # A value and no EXISTS: that would become a join, in which PostgreSQL goes through all copies of an alert whose
    # rows its statistics do not know yet, once for each address.
    Base.HANDED: f"""
    (SELECT {HANDED} FROM delivery fd
     WHERE fd.alert_id = :of_alert_id AND fd.channel = a.channel AND fd.lookup = a.lookup)
""",  # noqa: S608
}

# The addresses of those who live there, are not paused and have chosen the channel; `s` when somebody has said stop.
ADDRESSES = """
    JOIN household_member m ON m.household_id = h.id AND m.until IS NULL
    JOIN person p ON p.id = m.person_id AND (p.paused_until IS NULL OR p.paused_until <= :now)
    JOIN contact_address a ON a.person_id = p.id AND a.confirmed_at IS NOT NULL
    JOIN consent c ON c.person_id = p.id AND c.channel = a.channel AND c.withdrawn_at IS NULL
    LEFT JOIN stop_entry s ON s.channel = a.channel AND s.lookup = a.lookup
"""

# Addresses that somebody reads another language at, and the language of a copy there. By the address, and not by whose
# row a copy is made from: whoever has proven that it is theirs decides, else all who have it; Swedish when they differ.
SPOKEN = """
    SELECT x.channel, x.lookup, CASE
        WHEN MIN(px.language) = MAX(px.language) THEN MIN(px.language)
        WHEN MIN(CASE WHEN x.proven_at IS NOT NULL THEN px.language END)
           = MAX(CASE WHEN x.proven_at IS NOT NULL THEN px.language END)
             THEN MIN(CASE WHEN x.proven_at IS NOT NULL THEN px.language END)
        ELSE 'sv' END AS language
    FROM contact_address x JOIN person px ON px.id = x.person_id
    WHERE x.confirmed_at IS NOT NULL AND x.lookup IN (
        SELECT y.lookup FROM person py JOIN contact_address y ON y.person_id = py.id WHERE py.language <> 'sv')
    GROUP BY x.channel, x.lookup
"""

# Where everybody reads Swedish, nothing more has to be asked.
_READS_OTHERS = text("SELECT 1 FROM person WHERE language <> 'sv' LIMIT 1")

# The same with every address, to tell why a household is left out; outer, so that none falls away.
ALL_ADDRESSES = """
    LEFT JOIN household_member m ON m.household_id = h.id AND m.until IS NULL
    LEFT JOIN person p ON p.id = m.person_id
    LEFT JOIN contact_address a ON a.person_id = p.id AND a.confirmed_at IS NOT NULL
    LEFT JOIN consent c ON c.person_id = p.id AND c.channel = a.channel AND c.withdrawn_at IS NULL
    LEFT JOIN stop_entry s ON s.channel = a.channel AND s.lookup = a.lookup
"""
# Why a household gets no copy. `level`: they want only what is under way. `given`, `enough`: of advice, they have had
# it lately, or enough this week. `dead`: its numbers and mailboxes answer no more; `paper`: it has chosen no channel.
# These two are the contact person's to visit, the rest are left in peace. The first that holds of any of a household's
# addresses is the household's.
REASONS = ("paused", "stopped", "level", "given", "enough", "dead", "paper")
_STANDING = """
    CASE WHEN p.paused_until > :now THEN 1
         WHEN s.since IS NOT NULL OR (a.id IS NOT NULL AND c.id IS NULL) THEN 2
         WHEN p.level = 'ongoing' AND :is_urgent = 0 AND c.id IS NOT NULL THEN 3
         {or_else} END
"""
_OR_ELSE = "WHEN a.dead_since IS NOT NULL THEN 6 WHEN a.id IS NULL THEN 7 ELSE 0"
_OR_ELSE_HANDED = f"WHEN a.id IS NOT NULL AND {_OPEN[Base.HANDED]} THEN 0 WHEN a.dead_since IS NOT NULL THEN 6 ELSE 7"


def reads_others(session: Session) -> bool:
    """Whether anybody at all reads another language than Swedish."""
    return session.connection().execute(_READS_OTHERS).first() is not None


def is_meant(base: Base) -> str:
    """The condition on a household."""
    return _MEANT[base]


def standing(base: Base, *, of_all: bool = False) -> str:
    """Of one of ALL_ADDRESSES: 0 when a copy goes there, else the place in REASONS, from 1, of why none does. `of_all`:
    every household that is meant is asked about, and not some of them."""
    if base is Base.HANDED:
        return _STANDING.format(or_else=_OR_ELSE_HANDED)
    if base not in IS_ADVICE:
        return _STANDING.format(or_else=_OR_ELSE)
    enough = _AMONG_ENOUGH if of_all else _ENOUGH
    return _STANDING.format(or_else=f"WHEN {_GIVEN} THEN 4 WHEN {enough} THEN 5 {_OR_ELSE}")


def why_left_out(base: Base) -> str:
    """Why a household, in ALL_ADDRESSES grouped by `h.id`, gets no copy: one of REASONS."""
    named = " ".join(f"WHEN {number} THEN '{reason}'" for number, reason in enumerate(REASONS, 1))
    return f"CASE MIN({standing(base)}) {named} ELSE 'paper' END"


def is_open(base: Base) -> str:
    """The condition on one of ADDRESSES."""
    return f"s.since IS NULL AND {_OPEN[base]}"


def has_channel(channel: int) -> str:
    """Whether the household `f` of an audience has an address there."""
    return f"""EXISTS (SELECT 1 FROM audience_address fa WHERE fa.alert_id = f.alert_id
                                           AND fa.household_id = f.household_id AND fa.channel = {channel})"""  # noqa: S608
