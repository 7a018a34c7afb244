"""The catalogue as a municipality has it: shipped cards, in its own words where it has written some, without those that
it has taken out of use. Each change is a row, and the newest one counts."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.advice.card_types import LANGUAGES, Card, CardTexts
from grannsamverkan.domain.advice.catalogue import shipped
from grannsamverkan.domain.advice.linter import lint_texts
from grannsamverkan.domain.advice.tables import CardEdition
from grannsamverkan.foundation.errors import NotFound, Refused


def cards(session: Session, municipality_code: str, *, with_disabled: bool = False) -> list[Card]:
    """The municipality's cards, in the order of the catalogue; two queries."""
    newest = select(func.max(CardEdition.id)).where(CardEdition.municipality_code == municipality_code)
    rows = session.exec(select(CardEdition).where(col(CardEdition.id).in_(newest.group_by(col(CardEdition.card_key)))))
    own = {row.card_key: row for row in rows}
    found = [_as_edited(card, own.get(card.key)) for card in shipped().values()]
    return [card for card in found if with_disabled or not card.is_disabled]


def card(session: Session, municipality_code: str, key: str, *, with_disabled: bool = False) -> Card:
    """One of them; NotFound for a key that there is none of, and for one out of use."""
    if key not in shipped():
        raise NotFound
    found = _as_edited(shipped()[key], _newest(session, municipality_code, key))
    if found.is_disabled and not with_disabled:
        raise NotFound
    return found


def card_history(session: Session, municipality_code: str, key: str) -> list[CardEdition]:
    """What has been done to the card here, the newest first."""
    asked = select(CardEdition).where(CardEdition.municipality_code == municipality_code, CardEdition.card_key == key)
    return list(session.exec(asked.order_by(col(CardEdition.id).desc())))


def edit_card(
    session: Session,
    municipality_code: str,
    key: str,
    texts: Mapping[str, CardTexts],
    *,
    account_id: int,
    now: datetime,
) -> bool:
    """Say it in these words from now on; False when they are those that it has already.

    Raises:
        NotFound: there is no such card.
        Refused: card_faults (number): the words break a rule.
    """
    faults = sum(len(lint_texts(texts[language], language)) for language in LANGUAGES)
    if faults:
        raise Refused("card_faults", number=faults)
    before = card(session, municipality_code, key, with_disabled=True)
    if dict(before.texts) == dict(texts):
        return False
    is_shipped = dict(shipped()[key].texts) == dict(texts)
    kept = None if is_shipped else {language: asdict(texts[language]) for language in LANGUAGES}
    _add(session, municipality_code, key, kept, before.is_disabled, account_id, now)
    return True


def restore_card(
    session: Session, municipality_code: str, key: str, edition_id: int | None, *, account_id: int, now: datetime
) -> bool:
    """Take back the words of an earlier edition of this municipality, or the shipped ones (None).

    Raises:
        NotFound: there is no such card, or no such edition of it here.
    """
    before = card(session, municipality_code, key, with_disabled=True)
    rows = card_history(session, municipality_code, key)
    if edition_id is None:
        wanted = None
    else:
        row = next((row for row in rows if row.id == edition_id), None)
        if row is None:
            raise NotFound
        wanted = row.texts
    if wanted == (rows[0].texts if rows else None):
        return False
    _add(session, municipality_code, key, wanted, before.is_disabled, account_id, now)
    return True


def set_disabled(
    session: Session, municipality_code: str, key: str, *, is_disabled: bool, account_id: int, now: datetime
) -> bool:
    """Take the card out of use here, or into use again; its words stay. False when it is so already; NotFound."""
    before = card(session, municipality_code, key, with_disabled=True)
    if before.is_disabled == is_disabled:
        return False
    row = _newest(session, municipality_code, key)
    _add(session, municipality_code, key, row.texts if row else None, is_disabled, account_id, now)
    return True


def _newest(session: Session, municipality_code: str, key: str) -> CardEdition | None:
    return next(iter(card_history(session, municipality_code, key)), None)


def _add(
    session: Session,
    municipality_code: str,
    key: str,
    texts: dict[str, Any] | None,
    is_disabled: bool,
    account_id: int,
    now: datetime,
) -> None:
    row = CardEdition(
        municipality_code=municipality_code,
        card_key=key,
        texts=texts,
        is_disabled=is_disabled,
        account_id=account_id,
        at=now,
    )
    session.add(row)
    session.flush()


def _as_edited(card: Card, row: CardEdition | None) -> Card:
    if row is None:
        return card
    texts = {language: _texts(row.texts[language]) for language in LANGUAGES} if row.texts else card.texts
    return replace(card, texts=texts, is_own=row.texts is not None, is_disabled=row.is_disabled)


def _texts(kept: dict[str, Any]) -> CardTexts:
    return CardTexts(kept["title"], kept["sms"], tuple(kept["mail"]), tuple(kept["notice"]))
