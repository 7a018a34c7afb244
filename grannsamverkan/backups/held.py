"""A restored copy never sends again what may have been sent: it is held, and let go by a person.

What the copy had not handed over may have gone since, so it counts as unknown. What falls due between the copy and its
letting go (a tip on its day, the month's tasks, a reminder) may have gone too: before it is let go, every step that
would write such messages runs once, and what they wrote is marked in the same way.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from grannsamverkan import advice_round, rounds
from grannsamverkan.backups import journal
from grannsamverkan.domain import audit, keeping
from grannsamverkan.domain.accounts import SignInSession
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.codes import OneTimeCode
from grannsamverkan.domain.deliveries import Batch, Delivery, DeliveryState
from grannsamverkan.domain.keeping import RestoredCopy
from grannsamverkan.domain.notices import Notice, NoticeState
from grannsamverkan.domain.webhooks import CallState, WebhookCall
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.runtime import Runtime

CODE = "restored"
_MAY_HAVE_GONE = (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.CALLING, DeliveryState.CARRIED)
_WRITING: tuple[Callable[[Runtime], object], ...] = (
    advice_round.issue_due,
    rounds.plan_duties,
    rounds.keep_vacancies,
    rounds.ask_the_lost,
    rounds.keep_checks,
    rounds.welcome_imported,
)
_MOST_TURNS = 50


def held_copy(session: Session) -> RestoredCopy | None:
    """The restored copy that nobody has let go yet; None when these rows may be used."""
    copy = keeping.restored_copy(session)
    return copy if copy is not None and copy.let_go_at is None else None


def let_go(runtime: Runtime) -> dict[str, Any]:
    """A person lets the copy go. Returns what was marked as perhaps sent: how many, and the numbers of the messages.

    Raises:
        Refused: not_restored; journal_not_applied.
    """
    with runtime.database.read() as session:
        copy = held_copy(session)
    if copy is None:
        raise Refused("not_restored")
    if copy.journal_at is None:
        raise Refused("journal_not_applied")
    found: Counter[str] = Counter()
    numbers: set[int] = set()
    for _ in range(_MOST_TURNS):
        for step in _WRITING:
            step(runtime)
        with runtime.database.write() as session:
            marked = mark(session, runtime)
            numbers.update(marked.pop("numbers"))
        found.update(marked)
        if not any(marked.values()):
            break
    told = {**found, "numbers": sorted(numbers)}
    now = runtime.clock.now()
    with runtime.database.write() as session:
        keeping.open_copy(session.get_one(RestoredCopy, copy.id), told, now=now)
        facts: dict[str, Any] = dict(found)
        audit.record(session, now=now, account_id=None, act="copy.let_go", thing="installation", thing_id=0, **facts)
    return told


def mark(session: Session, runtime: Runtime) -> dict[str, Any]:
    """Everything that is not handed over counts as unknown, and nothing is left to send; how many of each."""
    now = runtime.clock.now()
    unsent = select(Alert).where(
        col(Alert.state).in_([AlertState.APPROVED, AlertState.SENDING]), col(Alert.fanned_out_at).is_(None)
    )
    stopped = list(session.exec(unsent.with_for_update()))
    waiting = col(Delivery.state).in_(_MAY_HAVE_GONE)
    of_alert = col(Delivery.alert_id) == col(Alert.id)
    concerned = set(session.exec(select(Alert.number).join(Delivery, of_alert).where(waiting).distinct()))
    for alert in stopped:
        # Let go for a later day it cannot have gone; what has begun stands as it is, on its page too.
        has_come = alert.release_at is not None and alert.release_at <= now
        alert.state = AlertState.SENDING if has_come else AlertState.DISCARDED
        alert.stopped_at, alert.fanned_out_at, alert.updated_at = now, now, now
    session.flush()
    unknown = {"state": DeliveryState.UNKNOWN, "code": CODE, "final_at": now, "carried_by": None}
    copies = _changed(session, update(Delivery).where(waiting).values(**unknown))
    done = {"done_at": now, "owner": None, "lease_until": None}
    _changed(session, update(Batch).where(col(Batch.done_at).is_(None)).values(**done))
    going = col(Notice.state).in_([NoticeState.QUEUED, NoticeState.CALLING])
    told = {"state": NoticeState.UNKNOWN, "code": CODE, "settled_at": now, "subject": "", "body": ""}
    notices = _changed(session, update(Notice).where(going).values(**told))
    called = update(WebhookCall).where(col(WebhookCall.state) == CallState.WAITING)
    calls = _changed(session, called.values(state=CallState.UNKNOWN, ended_at=now))
    return {
        "copies": copies,
        "notices": notices,
        "calls": calls,
        "alerts": len(stopped),
        "numbers": sorted({*concerned, *(alert.number for alert in stopped)} - {None}),
    }


def take_back(database: Database, file: Path | None, *, now: datetime) -> dict[str, int]:
    """What people have taken back since the copy (the journal `file` says) is taken back again; nobody is signed in,
    and no code of before opens anything. Returns how many of each kind. Refused: not_restored."""
    with database.write() as session:
        copy = held_copy(session)
        if copy is None:
            raise Refused("not_restored")
        gone = journal.apply(session, file, taken_at=copy.taken_at, now=now) if file is not None else {}
        for table in (SignInSession, OneTimeCode):
            session.execute(delete(table))
        copy.journal_at = now
    return gone


def _changed(session: Session, statement: Any) -> int:
    return session.execute(statement).rowcount  # type: ignore[attr-defined, no-any-return]
