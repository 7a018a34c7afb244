"""Tips go out when their time has come: one step, which finds its work in the calendars of the municipalities.

Each due time is decided in one transaction: its row (whose key makes two clocks one), and the alert with its frozen
words. From there it is an alert like any other, and `flow` takes it on.
"""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlmodel import Session

from grannsamverkan import flow
from grannsamverkan.domain import advice, alerts, audit, networks, places
from grannsamverkan.domain.advice import Card, EntryState, PlanEntry, RunState
from grannsamverkan.domain.alerts import AdviceDraft, Alert
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.runtime import Runtime

log = structlog.get_logger("advice_round")


def issue_due(runtime: Runtime) -> int:
    """Every approved entry whose time has come; returns how many went out.

    What is late by more than `advice.LATE`, or is not what was approved any more, is missed: it is shown, and can be
    sent by hand.
    """
    with runtime.database.read() as session:
        due = advice.due(session, now=runtime.clock.now())
    issued = 0
    for entry_id in due:
        try:
            issued += _issue(runtime, entry_id)
        except (Conflict, Refused) as refused:  # a network has just ended, say; the others go, and this one at the next
            log.warning("advice_refused", entry_id=entry_id, why=str(refused))
    return issued


def _issue(runtime: Runtime, entry_id: int) -> int:
    """All the due times of the entry that have come; more than one only after a long time away."""
    issued = 0
    while True:
        now = runtime.clock.now()
        with runtime.database.write() as session:
            entry = advice.entry(session, entry_id, to_change=True)
            if entry.state is not EntryState.APPROVED or entry.next_at is None or entry.next_at > now:
                return issued
            issued += _decide(runtime, session, entry, now)


def _decide(runtime: Runtime, session: Session, entry: PlanEntry, now: datetime) -> bool:
    """What becomes of the next due time; True when it goes out. Whatever it is, the entry is on to the one after."""
    assert entry.next_at is not None
    due_at, card = entry.next_at, _card(session, entry)
    is_whole = card is not None and advice.holds(entry, card)
    to = networks_for(session, entry.municipality_code, entry.network_kind)
    goes = card is not None and is_whole and bool(to) and now - due_at <= advice.LATE
    fresh = advice.decide(session, entry, RunState.ISSUED if goes else RunState.MISSED, now=now)
    if fresh and goes and card is not None:
        alert = _send(runtime, session, entry, card, to, approved_by=entry.approved_by or entry.created_by, now=now)
        advice.note_issued(session, entry.id or 0, due_at, alert.id or 0)
    if is_whole:
        advice.advance(entry)
    else:
        _look_again(entry)
    return fresh and goes


def _look_again(entry: PlanEntry) -> None:
    """The card has changed, or is not used any more."""
    advice.advance(entry)
    if entry.state is not EntryState.ENDED:
        advice.void(entry)


def send_missed(runtime: Runtime, entry_id: int, due_at: datetime, *, account_id: int, content: str) -> int | None:
    """Somebody sends what was missed, as they have looked at it (`content` as for an approval); the alert's id, None
    when somebody else has done it.

    Raises:
        Conflict: the words are others by now.
        Refused: nowhere_to_go.
    """
    now = runtime.clock.now()
    with runtime.database.write() as session:
        entry = advice.entry(session, entry_id, to_change=True)
        card, to = _card(session, entry), networks_for(session, entry.municipality_code, entry.network_kind)
        if card is None or advice.content_of(entry, card) != content:
            raise Conflict("changed_meanwhile")
        if not to:
            raise Refused("nowhere_to_go")
        if not advice.take_missed(session, entry_id, due_at, account_id=account_id, now=now):
            return None
        alert = _send(runtime, session, entry, card, to, approved_by=account_id, now=now)
        advice.note_issued(session, entry_id, due_at, alert.id or 0)
        return alert.id


def networks_for(session: Session, municipality_code: str, kind: NetworkKind | None) -> list[int]:
    """Ids of the municipality's active networks, of this kind only."""
    return [
        card.id
        for card in networks.cards(session, [municipality_code])
        if card.state is NetworkState.ACTIVE and kind in (None, card.kind)
    ]


def draft_of(municipality_code: str, card: Card) -> AdviceDraft:
    """The card's words, as an alert needs them: Swedish, and the other languages that it has."""
    drafts = {
        language: AdviceDraft(municipality_code, card.key, said.title, said.sms, said.mail, language)
        for language, said in card.texts.items()
    }
    swedish = drafts.pop(SWEDISH)
    return replace(swedish, others=drafts)


def _send(
    runtime: Runtime,
    session: Session,
    entry: PlanEntry,
    card: Card,
    to: list[int],
    *,
    approved_by: int,
    now: datetime,
) -> Alert:
    settings = runtime.settings
    alert = alerts.issue_advice(
        session,
        draft_of(entry.municipality_code, card),
        places.served_municipality(session, entry.municipality_code),
        network_ids=to,
        approved_by=approved_by,
        domain=settings.email.domain,
        base_url=settings.installation.base_url,
        now=now,
    )
    audit.record(
        session,
        now=now,
        account_id=approved_by,
        act="alert.approved",
        thing="alert",
        thing_id=alert.id or 0,
        municipality_code=alert.municipality_code,
        number=alert.number or 0,
    )
    runtime.engine.enqueue(session, flow.fan_out, alert_id=alert.id or 0)
    return alert


def _card(session: Session, entry: PlanEntry) -> Card | None:
    """As the municipality has it; None when it is not used there any more."""
    try:
        return advice.card(session, entry.municipality_code, entry.card_key)
    except NotFound:
        return None
