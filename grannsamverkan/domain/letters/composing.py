"""The letter about a month: composed from its numbers, tips of the season and meetings to come; approved as looked at,
and then never changed."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from grannsamverkan.domain import advice, lifecycle, networks
from grannsamverkan.domain.advice import Card
from grannsamverkan.domain.letters.counts import counts_of, shown_counts
from grannsamverkan.domain.letters.months import month_after, read_month
from grannsamverkan.domain.letters.tables import Letter, LetterState
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.database import add_once
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused

MOST_CARDS = 3
GREETING_MAX_CHARS = 400
MONTHS_AHEAD = timedelta(days=62)  # meetings further away are another letter's
_MOST_MEETINGS = 12
_GREETING = "Hej! Här är månadens brev från grannsamverkan. Ge det gärna vidare till dina grannar."


def draft(session: Session, municipality_code: str, month: str, *, account_id: int, now: datetime) -> Letter:
    """The month's letter, begun when there is none: with a greeting and tips of the season to come."""
    found = _of_month(session, municipality_code, month)
    if found is None:
        row = Letter(
            municipality_code=municipality_code,
            month=month,
            greeting=_GREETING,
            card_keys=[card.key for card in in_season(session, municipality_code, month)[:MOST_CARDS]],
            created_by=account_id,
            created_at=now,
        )
        add_once(session, row)
        found = _of_month(session, municipality_code, month)
    assert found is not None
    return found


def in_season(session: Session, municipality_code: str, month: str) -> list[Card]:
    """The municipality's cards that are of use in the month after this one: one of each topic before a second of
    any."""
    seasons = advice.seasons_on(month_after(read_month(month)))
    fits = [card for card in advice.cards(session, municipality_code) if card.seasons & seasons]
    topics: dict[str, int] = {}
    ranked = []
    for place, card in enumerate(fits):
        ranked.append((topics.setdefault(card.topic, 0), place, card))
        topics[card.topic] += 1
    return [card for _rank, _place, card in sorted(ranked, key=lambda one: one[:2])]


def letter(session: Session, municipality_code: str, month: str, *, to_change: bool = False) -> Letter:
    """NotFound. `to_change` locks its row."""
    found = _of_month(session, municipality_code, month)
    if found is None:
        raise NotFound
    if to_change:
        session.refresh(found, with_for_update=True)
    return found


def letters(session: Session, municipality_code: str) -> list[Letter]:
    """The newest month first."""
    rows = select(Letter).where(Letter.municipality_code == municipality_code)
    return list(session.exec(rows.order_by(col(Letter.month).desc())))


def approved(session: Session, municipality_code: str, month: str) -> Letter:
    """The letter as everybody may read it; NotFound, also for a draft."""
    found = letter(session, municipality_code, month)
    if found.state is not LetterState.APPROVED:
        raise NotFound
    return found


def newest_approved(session: Session, municipality_code: str) -> Letter | None:
    """Of the newest month."""
    return next((row for row in letters(session, municipality_code) if row.state is LetterState.APPROVED), None)


def change(session: Session, row: Letter, *, greeting: str, card_keys: Sequence[str], version: int) -> None:
    """Another greeting, other tips.

    Raises:
        Conflict: it was changed since `version`, or has been approved.
        Refused: letter_cards (most), letter_greeting (most).
    """
    if row.state is not LetterState.DRAFT or row.version != version:
        raise Conflict("changed_meanwhile")
    known = {card.key for card in advice.cards(session, row.municipality_code)}
    if len(card_keys) > MOST_CARDS or not known.issuperset(card_keys):
        raise Refused("letter_cards", most=MOST_CARDS)
    if len(greeting) > GREETING_MAX_CHARS:
        raise Refused("letter_greeting", most=GREETING_MAX_CHARS)
    row.greeting, row.card_keys, row.version = greeting, list(dict.fromkeys(card_keys)), row.version + 1
    session.flush()


def content_of(session: Session, row: Letter, *, smallest: int, now: datetime) -> dict[str, Any]:
    """What the letter says: as approved, else as it would be approved now. Plain values, Swedish, and the tips in the
    other languages too."""
    if row.content is not None:
        return row.content
    cards = {card.key: card for card in advice.cards(session, row.municipality_code)}
    shown = shown_counts(counts_of(session, row.municipality_code, row.month), smallest=smallest)
    return {
        "month": row.month,
        "greeting": row.greeting,
        "smallest": smallest,
        "areas": [[area, list(numbers)] for area, numbers in shown.areas],
        "together": [list(one) for one in shown.together] if shown.areas else [],
        "tips": [_tip(cards[key]) for key in row.card_keys if key in cards],
        "meetings": _meetings(session, row.municipality_code, now),
    }


def _tip(card: Card) -> dict[str, Any]:
    said = {language: {"title": texts.title, "words": texts.mail[0]} for language, texts in card.texts.items()}
    return {"key": card.key, **said.pop(SWEDISH), "others": said}


def _meetings(session: Session, municipality_code: str, now: datetime) -> list[dict[str, str]]:
    names = {card.id: card.name for card in networks.cards(session, [municipality_code])}
    coming = lifecycle.coming_meetings(session, names, after=now, until=now + MONTHS_AHEAD)
    return [
        {"at": one.starts_at.isoformat(), "kind": one.kind.value, "network": names[one.network_id]}
        for one in coming[:_MOST_MEETINGS]
    ]


def content_hash(content: dict[str, Any]) -> str:
    """What an approval is bound to."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def approve(session: Session, row: Letter, *, content: str, smallest: int, account_id: int, now: datetime) -> bool:
    """It is the month's letter, exactly as looked at (`content`, its hash). False when it was approved so before.

    Conflict: it is another by now.
    """
    said = content_of(session, row, smallest=smallest, now=now)
    if content_hash(said) != content:
        raise Conflict("changed_meanwhile")
    if row.state is LetterState.APPROVED:
        return False
    row.state, row.content, row.approval_hash = LetterState.APPROVED, said, content
    row.approved_by, row.approved_at, row.version = account_id, now, row.version + 1
    session.flush()
    return True


def _of_month(session: Session, municipality_code: str, month: str) -> Letter | None:
    rows: Iterable[Letter] = session.exec(
        select(Letter).where(Letter.municipality_code == municipality_code, Letter.month == month)
    )
    return next(iter(rows), None)
