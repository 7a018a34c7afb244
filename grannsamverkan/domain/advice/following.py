"""A tip after a burglary: the card that fits how it was done, proposed to whoever plans the year's tips.

A proposal is a line of the year, in draft: nothing goes before somebody has approved it, and a warning has one at most.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from grannsamverkan.domain.advice.calendar import Rule, RuleKind, next_after
from grannsamverkan.domain.advice.catalogue import shipped
from grannsamverkan.domain.advice.tables import EntryState, MethodCard, PlanEntry, PlanRun
from grannsamverkan.foundation.database import add_once
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.swedish import in_sweden

UNKNOWN = "unknown"
# By how it was done, as alerts name it; a card that helps against just that.
FITTING: Mapping[str, str] = {
    "door_broken": "godkanda-las",
    "window_forced": "godkanda-las",
    "window_smashed": "larm-som-hors",
    "terrace_door": "altandorren",
    "unlocked_door": "las-aven-hemma",
    "lock_cut": "forradsgangen",
    "entrance_open": "fraga-i-trapphuset",
    "tricked_in": "be-om-legitimation",
    "marks": "tecken-vid-dorren",
    UNKNOWN: "ga-ett-varv",
}
_HOUR = 18
_WAITS = timedelta(days=10)  # a proposal that nobody has answered so long after its day is of no use any more


@dataclass(frozen=True)
class Meant:
    """Whom a run was for, beside its networks: the audience of a warning, or those who joined in a time."""

    about_alert_id: int | None
    joined_after: datetime | None
    joined_until: datetime | None


def meant_by(session: Session, alert_id: int) -> Meant | None:
    """What the run was for that became this alert; None when there is no such run."""
    rows = (
        select(PlanEntry.about_alert_id, PlanRun.joined_after, PlanRun.joined_until)
        .join(PlanEntry, col(PlanEntry.id) == col(PlanRun.entry_id))
        .where(PlanRun.alert_id == alert_id)
    )
    found = session.exec(rows).first()
    return Meant(*found) if found is not None else None


def fitting(session: Session, municipality_code: str) -> dict[str, str | None]:
    """Which card follows which method here; None where the municipality wants none."""
    rows = session.exec(select(MethodCard).where(MethodCard.municipality_code == municipality_code))
    own = {row.method: row.card_key for row in rows}
    return {method: own.get(method, key) for method, key in FITTING.items()}


def set_fitting(session: Session, municipality_code: str, method: str, card_key: str | None) -> bool:
    """This card follows that method here from now on; False when it does already.

    Raises:
        NotFound: there is no such method or card.
    """
    if method not in FITTING or (card_key is not None and card_key not in shipped()):
        raise NotFound
    if fitting(session, municipality_code)[method] == card_key:
        return False
    session.execute(
        delete(MethodCard).where(
            col(MethodCard.municipality_code) == municipality_code, col(MethodCard.method) == method
        )
    )
    if card_key != FITTING[method]:
        session.add(MethodCard(municipality_code=municipality_code, method=method, card_key=card_key))
    session.flush()
    return True


def followed(session: Session, alert_ids: Iterable[int]) -> frozenset[int]:
    """Those of these warnings that a tip has been proposed after."""
    rows = select(PlanEntry.about_alert_id).where(col(PlanEntry.about_alert_id).in_(list(alert_ids)))
    return frozenset(one for one in session.exec(rows) if one is not None)


def propose(
    session: Session,
    municipality_code: str,
    alert_id: int,
    methods: Iterable[str],
    *,
    on: date,
    account_id: int,
    now: datetime,
) -> int | None:
    """A draft for the evening of that day, with the card that fits the first method that has one; its id. None when
    none fits, or when the warning has its proposal already, also when two clocks make it at once."""
    cards = fitting(session, municipality_code)
    key = next((cards[one] for one in [*methods, UNKNOWN] if cards.get(one)), None)
    if key is None:
        return None
    rule = Rule(RuleKind.ONCE, hour=_HOUR, on=max(on, in_sweden(now).date() + timedelta(days=1)))
    row = PlanEntry(
        municipality_code=municipality_code,
        card_key=key,
        rule=rule.as_json(),
        state=EntryState.DRAFT,
        created_by=account_id,
        created_at=now,
        about_alert_id=alert_id,
        next_at=next_after(rule, now),
    )
    return add_once(session, row)


def proposals(session: Session, municipality_codes: Iterable[str]) -> list[PlanEntry]:
    """What waits for somebody's yes after a warning, the oldest first."""
    rows = select(PlanEntry).where(
        col(PlanEntry.municipality_code).in_(list(municipality_codes)),
        PlanEntry.state == EntryState.DRAFT,
        col(PlanEntry.about_alert_id).is_not(None),
    )
    return list(session.exec(rows.order_by(col(PlanEntry.id))))


def end_old_proposals(session: Session, municipality_code: str, *, now: datetime) -> int:
    """Those whose day is long past end; returns how many."""
    before = in_sweden(now).date() - _WAITS
    old = [row for row in proposals(session, [municipality_code]) if (Rule.from_json(row.rule).on or before) < before]
    for row in old:
        row.state, row.version = EntryState.ENDED, row.version + 1
    session.flush()
    return len(old)
