"""Whom an alert is for, in SQL: those where it goes, those the story began with, or those who were handed a mistake.

The statements read the same on SQLite and PostgreSQL. Households are `h`, people `p`, their addresses `a`.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from grannsamverkan.domain.alerts import SEQUELS, Alert, AlertClass, alert, passes_level


class Base(StrEnum):
    """What decides whom it is for."""

    PLACES = "places"
    AUDIENCE = "audience"
    HANDED = "handed"


@dataclass(frozen=True)
class Whom:
    """`of_alert_id`: whose audience, or whose copies, it goes by. `is_urgent`: also for those who want nothing else."""

    base: Base
    alert_id: int
    of_alert_id: int
    is_urgent: bool

    @property
    def facts(self) -> dict[str, int]:
        """What the statements ask for."""
        return {"alert_id": self.alert_id, "of_alert_id": self.of_alert_id, "is_urgent": int(self.is_urgent)}


def whom_of(session: Session, row: Alert) -> Whom:
    """A follow-up and an all-clear go to the audience that the story began with, and as far as its first message; a
    correction to those who were handed what it corrects, whatever they have wished for since but silence."""
    row_id = row.id or 0
    if row.alert_class is AlertClass.CORRECTION:
        return Whom(Base.HANDED, row_id, row.about_id or 0, is_urgent=True)
    if row.alert_class in SEQUELS:
        first = alert(session, row.story_id or 0)
        return Whom(Base.AUDIENCE, row_id, first.id or 0, passes_level(first.alert_class))
    return Whom(Base.PLACES, row_id, row_id, passes_level(row.alert_class))


# The provider has it, or nobody can say that it has not. (5 is failed: then only what was handed over before.)
HANDED = """
    (fd.handed_over_at IS NOT NULL OR fd.state = 7 OR (fd.state IN (6, 8) AND fd.attempts > 0))
"""

_MEANT = {
    # A household is meant when its network is a target whole, or when its stairwell, street or building is.
    Base.PLACES: """
    h.left_at IS NULL AND EXISTS (
        SELECT 1 FROM alert_target t
        WHERE t.alert_id = :of_alert_id AND t.network_id = h.network_id
          AND (t.unit_id IS NULL OR t.unit_id = h.unit_id
               OR t.unit_id = (SELECT u.parent_id FROM unit u WHERE u.id = h.unit_id)))
""",
    Base.AUDIENCE: """
    h.left_at IS NULL AND EXISTS (
        SELECT 1 FROM audience f WHERE f.alert_id = :of_alert_id AND f.household_id = h.id)
""",
    Base.HANDED: f"""
    h.left_at IS NULL AND EXISTS (
        SELECT 1 FROM audience_address fa
        JOIN delivery fd ON fd.alert_id = fa.alert_id AND fd.channel = fa.channel AND fd.lookup = fa.lookup
        WHERE fa.alert_id = :of_alert_id AND fa.household_id = h.id AND {HANDED})
""",  # noqa: S608 - only constants of this file are put together
}

# An address that its owner has confirmed and chosen is open when they want what this is, and somebody is there.
_WANTED = "a.dead_since IS NULL AND (p.level <> 'ongoing' OR :is_urgent = 1)"
_OPEN = {
    Base.PLACES: _WANTED,
    Base.AUDIENCE: _WANTED,
    Base.HANDED: f"""
    EXISTS (SELECT 1 FROM delivery fd WHERE fd.alert_id = :of_alert_id AND fd.channel = a.channel
                                        AND fd.lookup = a.lookup AND {HANDED})
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

# The same with every address, to tell why a household is left out; outer, so that none falls away.
ALL_ADDRESSES = """
    LEFT JOIN household_member m ON m.household_id = h.id AND m.until IS NULL
    LEFT JOIN person p ON p.id = m.person_id
    LEFT JOIN contact_address a ON a.person_id = p.id AND a.confirmed_at IS NOT NULL
    LEFT JOIN consent c ON c.person_id = p.id AND c.channel = a.channel AND c.withdrawn_at IS NULL
    LEFT JOIN stop_entry s ON s.channel = a.channel AND s.lookup = a.lookup
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


def is_meant(base: Base) -> str:
    """The condition on a household."""
    return _MEANT[base]


def is_open(base: Base) -> str:
    """The condition on one of ADDRESSES."""
    return f"s.since IS NULL AND {_OPEN[base]}"


def nobody_reached(base: Base) -> str:
    """The condition on all of a household's ALL_ADDRESSES together: none of them is one that a copy goes to."""
    return f"""
    MAX(CASE WHEN c.id IS NOT NULL AND s.since IS NULL AND (p.paused_until IS NULL OR p.paused_until <= :now)
              AND {_OPEN[base]} THEN 1 ELSE 0 END) = 0
"""
