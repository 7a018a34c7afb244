"""A municipality's year: entries are drafted, approved, put off and ended, and each due time is decided once.

An approval holds for the very words, time and audience that were looked at: whatever changes, somebody looks again.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, or_, text, update
from sqlmodel import Session, col, select

from grannsamverkan.domain.advice.calendar import Rule, RuleKind, next_after
from grannsamverkan.domain.advice.calendar_words import read_rule
from grannsamverkan.domain.advice.card_types import Card
from grannsamverkan.domain.advice.tables import AdviceGiven, EntryState, PlanEntry, PlanRun, RunState
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused

# Later than this it comes out of the blue: then it is missed, and somebody decides whether it goes.
LATE = timedelta(hours=12)
# The year that most plans begin with: what the season asks for, before the weeks in which it is needed.
PRESET: tuple[tuple[str, str, NetworkKind | None], ...] = (
    ("las-cykeln", "andra tisdagen i april kl 18", None),
    ("stang-fonstren", "sista tisdagen i maj kl 18", None),
    ("inventarielista", "andra tisdagen i september kl 18", None),
    ("hostlov", "tisdagen i veckan före vecka 44 kl 18", NetworkKind.VILLA),
    ("tom-forradet", "tisdagen i veckan före vecka 44 kl 18", NetworkKind.APARTMENT),
    ("ljus-pa-baksidan", "andra tisdagen i november kl 18", NetworkKind.VILLA),
    ("lampor-med-timer", "andra tisdagen i november kl 18", NetworkKind.APARTMENT),
    ("hjalp-over-jul", "första tisdagen i december kl 18", None),
)

# What those who have just joined are best told first. More than three in a row are too many.
WELCOME: tuple[tuple[str, str], ...] = (
    ("las-aven-hemma", "3 dagar efter att någon har gått med kl 18"),
    ("skriv-upp-och-ring", "14 dagar efter att någon har gått med kl 18"),
    ("ga-ett-varv", "30 dagar efter att någon har gått med kl 18"),
)
MOST_WELCOMES = 3
STILL_NEW = timedelta(days=14)  # a welcome that is later than this by more than a clock can be does not go

_TIMES = ("due_at", "decided_at", "joined_after", "joined_until")
_DECIDE = text("""
    INSERT INTO plan_run (entry_id, due_at, state, decided_at, account_id, joined_after, joined_until)
    VALUES (:entry_id, :due_at, :state, :decided_at, :account_id, :joined_after, :joined_until)
    ON CONFLICT DO NOTHING
""").bindparams(*(bindparam(name, type_=UtcDateTime) for name in _TIMES))


def entry(session: Session, entry_id: int, *, to_change: bool = False) -> PlanEntry:
    """The entry; NotFound. `to_change` locks its row."""
    found = session.get(PlanEntry, entry_id, with_for_update=True if to_change else None)
    if found is None:
        raise NotFound
    return found


def entries(session: Session, municipality_code: str) -> list[PlanEntry]:
    """The municipality's entries, what is due first first; what has ended last."""
    rows = session.exec(select(PlanEntry).where(PlanEntry.municipality_code == municipality_code)).all()
    return sorted(rows, key=lambda row: (row.state is EntryState.ENDED, row.next_at is None, row.next_at, row.id))


def is_on_calendar(row: PlanEntry) -> bool:
    """Whether it is a line of the year: not for newcomers, and not after a warning."""
    return row.about_alert_id is None and not is_welcome(row)


def is_welcome(row: PlanEntry) -> bool:
    """Whether it goes to those who have just joined."""
    return rule_of(row).kind is RuleKind.JOINED


def planned_in(session: Session) -> frozenset[str]:
    """Codes of the municipalities that have planned anything."""
    return frozenset(session.exec(select(PlanEntry.municipality_code).distinct()))


def rule_of(row: PlanEntry) -> Rule:
    """When it is due."""
    return Rule.from_json(row.rule)


def add_entry(
    session: Session,
    municipality_code: str,
    card_key: str,
    rule: Rule,
    *,
    network_kind: NetworkKind | None = None,
    account_id: int,
    now: datetime,
) -> PlanEntry:
    """A draft. Refused: never_due, welcome_full."""
    _keep_few_welcomes(session, municipality_code, rule)
    row = PlanEntry(
        municipality_code=municipality_code,
        card_key=card_key,
        rule=rule.as_json(),
        network_kind=network_kind,
        state=EntryState.DRAFT,
        created_by=account_id,
        created_at=now,
        next_at=_next(rule, now),
    )
    session.add(row)
    session.flush()
    return row


def add_preset(session: Session, municipality_code: str, *, account_id: int, now: datetime) -> int:
    """The preset year as drafts, without what is planned already; returns how many."""
    rows = [row for row in entries(session, municipality_code) if row.state is not EntryState.ENDED]
    planned = {row.card_key for row in rows if is_on_calendar(row)}
    wanted = [(key, read_rule(words), kind) for key, words, kind in PRESET if key not in planned]
    for key, rule, kind in wanted:
        add_entry(session, municipality_code, key, rule, network_kind=kind, account_id=account_id, now=now)
    return len(wanted)


def add_welcome(session: Session, municipality_code: str, *, account_id: int, now: datetime) -> int:
    """The preset for newcomers as drafts, where there is none for them yet; returns how many."""
    if _welcomes(session, municipality_code):
        return 0
    for key, words in WELCOME:
        add_entry(session, municipality_code, key, read_rule(words), account_id=account_id, now=now)
    return len(WELCOME)


def _welcomes(session: Session, municipality_code: str) -> list[PlanEntry]:
    rows = entries(session, municipality_code)
    return [row for row in rows if row.state is not EntryState.ENDED and is_welcome(row)]


def _keep_few_welcomes(session: Session, municipality_code: str, rule: Rule, *, but_id: int | None = None) -> None:
    if rule.kind is not RuleKind.JOINED:
        return
    if sum(row.id != but_id for row in _welcomes(session, municipality_code)) >= MOST_WELCOMES:
        raise Refused("welcome_full", most=MOST_WELCOMES)


def change_entry(
    session: Session,
    row: PlanEntry,
    *,
    card_key: str,
    rule: Rule,
    network_kind: NetworkKind | None,
    version: int,
    now: datetime,
) -> None:
    """Another card, time or audience: it is a draft again. Conflict when it was changed since `version`.
    Refused: never_due, welcome_full."""
    _keep(row, version)
    _keep_few_welcomes(session, row.municipality_code, rule, but_id=row.id)
    row.card_key, row.rule, row.network_kind = card_key, rule.as_json(), network_kind
    row.next_at = _next(rule, now)
    _to_draft(row)
    session.flush()


def content_of(row: PlanEntry, card: Card) -> str:
    """What an approval is bound to: every word that goes out, when, and to whom."""
    said = card.texts["sv"]
    about = [] if row.about_alert_id is None else [row.about_alert_id]
    words = [said.title, said.sms, *said.mail]
    content = [row.municipality_code, card.key, *words, row.rule, row.network_kind, *about]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def holds(row: PlanEntry, card: Card) -> bool:
    """Whether what was approved is what would go out."""
    return row.approval_hash is not None and row.approval_hash == content_of(row, card)


def approve_entry(
    session: Session, row: PlanEntry, card: Card, *, content: str, account_id: int, now: datetime
) -> bool:
    """Let it go at every due time from now on, exactly as looked at. False when it was approved so before.

    One for newcomers goes to those who join from the first approval on; one after a warning whose day has passed goes
    now. Conflict when it is another by now, or has ended. Refused: never_due.
    """
    if row.state is EntryState.ENDED or content != content_of(row, card):
        raise Conflict("changed_meanwhile")
    if row.state is not EntryState.DRAFT and row.approval_hash == content:
        return False
    row.next_at = now if _has_waited(row, now) else _next(rule_of(row), now)
    if is_welcome(row) and row.joiners_until is None:
        row.joiners_until = now
    row.state, row.approval_hash, row.approved_by, row.approved_at = EntryState.APPROVED, content, account_id, now
    row.version += 1
    session.flush()
    return True


def _has_waited(row: PlanEntry, now: datetime) -> bool:
    """Whether somebody reads a proposal only when its day has passed."""
    return row.about_alert_id is not None and next_after(rule_of(row), now) is None


def pause(session: Session, row: PlanEntry, *, version: int) -> None:
    """Nothing of it goes until it is resumed."""
    _keep(row, version)
    if row.state is EntryState.APPROVED:
        row.state, row.version = EntryState.PAUSED, row.version + 1
    session.flush()


def resume(session: Session, row: PlanEntry, *, version: int, now: datetime) -> None:
    """It goes on with the next due time that lies ahead."""
    _keep(row, version)
    if row.state is EntryState.PAUSED:
        row.state, row.version = EntryState.APPROVED, row.version + 1
        row.next_at = next_after(rule_of(row), now)
        _end_when_over(row)
    session.flush()


def end(session: Session, row: PlanEntry, *, version: int) -> None:
    """It never goes again; its history stays."""
    _keep(row, version)
    row.state, row.version, row.next_at = EntryState.ENDED, row.version + 1, None
    session.flush()


def skip_next(session: Session, row: PlanEntry, due_at: datetime, *, account_id: int, now: datetime) -> bool:
    """Let this one due time pass; False when it is not the next any more (pressed twice)."""
    if row.next_at != due_at or row.state not in (EntryState.APPROVED, EntryState.PAUSED):
        return False
    if not decide(session, row, RunState.SKIPPED, now=now, account_id=account_id):
        return False
    advance(row)
    session.flush()
    return True


def unskip(session: Session, row: PlanEntry, due_at: datetime, *, now: datetime) -> bool:
    """Take the skipping back while its time lies ahead."""
    if due_at <= now or row.state is EntryState.DRAFT:
        return False
    gone = delete(PlanRun).where(
        col(PlanRun.entry_id) == row.id, col(PlanRun.due_at) == due_at, col(PlanRun.state) == RunState.SKIPPED
    )
    if session.execute(gone).rowcount != 1:  # type: ignore[attr-defined]
        return False
    row.next_at = due_at if row.next_at is None else min(due_at, row.next_at)
    if row.state is EntryState.ENDED:
        row.state = EntryState.APPROVED
    row.version += 1
    session.flush()
    return True


# ------------------------------------------------------------------------------------------------- when it is due


def due(session: Session, *, now: datetime) -> list[int]:
    """Ids of approved entries whose time has come, those that have waited longest first."""
    rows = select(PlanEntry.id).where(PlanEntry.state == EntryState.APPROVED, col(PlanEntry.next_at) <= now)
    return [one for one in session.exec(rows.order_by(col(PlanEntry.next_at), col(PlanEntry.id))) if one is not None]


def due_together(session: Session, entry_id: int, *, until: datetime, to_change: bool = False) -> list[PlanEntry]:
    """The entry, and after it the others of its municipality that are due up to then, in the order of time. `to_change`
    locks all of them, in one order for all clocks."""
    mine = entry(session, entry_id)
    due_too = and_(
        col(PlanEntry.municipality_code) == mine.municipality_code,
        col(PlanEntry.state) == EntryState.APPROVED,
        col(PlanEntry.next_at) <= until,
    )
    rows = select(PlanEntry).where(or_(col(PlanEntry.id) == entry_id, due_too)).order_by(col(PlanEntry.id))
    if to_change:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    found = session.exec(rows).all()
    others = [row for row in found if row.id != entry_id and row.state is EntryState.APPROVED]
    return [mine, *sorted(others, key=lambda row: (row.next_at or until, row.id or 0))]


def decide(
    session: Session,
    row: PlanEntry,
    state: RunState,
    *,
    now: datetime,
    account_id: int | None = None,
    joined: tuple[datetime, datetime] | None = None,
) -> bool:
    """Write down what becomes of the entry's due time, once and for all: False when another clock has done it.
    `joined`: it is for those only who joined after the one and not later than the other."""
    session.flush()
    values = {
        "entry_id": row.id,
        "due_at": row.next_at,
        "state": state.value,
        "decided_at": now,
        "account_id": account_id,
        "joined_after": joined[0] if joined else None,
        "joined_until": joined[1] if joined else None,
    }
    return session.connection().execute(_DECIDE, values).rowcount == 1


def note_issued(session: Session, entry_id: int, due_at: datetime, alert_id: int) -> None:
    """The run's alert."""
    mine = update(PlanRun).where(col(PlanRun.entry_id) == entry_id, col(PlanRun.due_at) == due_at)
    session.execute(mine.values(alert_id=alert_id))


def take_missed(session: Session, entry_id: int, due_at: datetime, *, account_id: int, now: datetime) -> bool:
    """Somebody sends by hand what was missed: True for the first who does."""
    missed = update(PlanRun).where(
        col(PlanRun.entry_id) == entry_id, col(PlanRun.due_at) == due_at, col(PlanRun.state) == RunState.MISSED
    )
    values = {"state": RunState.ISSUED, "decided_at": now, "account_id": account_id}
    return session.execute(missed.values(**values)).rowcount == 1  # type: ignore[attr-defined, no-any-return]


def advance(row: PlanEntry) -> None:
    """On to the due time after this one; what is never due again has ended."""
    assert row.next_at is not None
    row.next_at = next_after(rule_of(row), row.next_at)
    _end_when_over(row)


def joiners(row: PlanEntry) -> tuple[datetime, datetime]:
    """Whose turn has come at the due time of one for newcomers: who joined after the one moment, and not later than the
    other. Nobody stands in two of them."""
    assert row.next_at is not None
    until = row.next_at - timedelta(days=rule_of(row).days)
    after = max(row.joiners_until or until, until - STILL_NEW)
    return min(after, until), until


def welcomed(row: PlanEntry, until: datetime) -> None:
    """All who joined up to then have had their turn."""
    row.joiners_until = max(until, row.joiners_until or until)


def void(row: PlanEntry) -> None:
    """The approval does not hold any more: somebody has to look again."""
    _to_draft(row)


def runs(session: Session, entry_ids: Iterable[int]) -> list[PlanRun]:
    """What has become of these entries' due times, the newest first."""
    rows = select(PlanRun).where(col(PlanRun.entry_id).in_(list(entry_ids)))
    return list(session.exec(rows.order_by(col(PlanRun.due_at).desc(), col(PlanRun.entry_id))))


def run(session: Session, entry_id: int, due_at: datetime) -> PlanRun:
    """NotFound."""
    found = session.get(PlanRun, (entry_id, due_at))
    if found is None:
        raise NotFound
    return found


def forget_given(session: Session, *, before: datetime) -> int:
    """Who was given what, once no rule asks for it."""
    old = delete(AdviceGiven).where(col(AdviceGiven.given_at) < before)
    return session.execute(old).rowcount  # type: ignore[attr-defined, no-any-return]


def _next(rule: Rule, now: datetime) -> datetime:
    found = next_after(rule, now)
    if found is None:
        raise Refused("never_due")
    return found


def _keep(row: PlanEntry, version: int) -> None:
    if row.version != version:
        raise Conflict("changed_meanwhile")


def _to_draft(row: PlanEntry) -> None:
    row.state, row.version = EntryState.DRAFT, row.version + 1
    row.approval_hash = row.approved_by = row.approved_at = None


def _end_when_over(row: PlanEntry) -> None:
    if row.next_at is None:
        row.state = EntryState.ENDED
