"""The cards as a municipality has them: the shipped ones, with its own words where it has written some."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.advice.cards import Card, CardTexts
from grannsamverkan.domain.advice.catalogue import shipped
from grannsamverkan.domain.advice.tables import CardEdition
from grannsamverkan.foundation.errors import NotFound


def cards(session: Session, municipality_code: str, *, with_disabled: bool = False) -> list[Card]:
    """Every card that is in use there, in the order of the catalogue."""
    editions = _newest(session, municipality_code)
    return [
        _as_edited(card, editions.get(key))
        for key, card in shipped().items()
        if with_disabled or key not in editions or not editions[key].is_disabled
    ]


def card(session: Session, municipality_code: str, key: str) -> Card:
    """The card as it is in use there; NotFound, also when it has been taken out of use."""
    found = next((one for one in cards(session, municipality_code) if one.key == key), None)
    if found is None:
        raise NotFound
    return found


def _newest(session: Session, municipality_code: str) -> dict[str, CardEdition]:
    newest = (
        select(func.max(CardEdition.id))
        .where(CardEdition.municipality_code == municipality_code)
        .group_by(col(CardEdition.card_key))
    )
    return {row.card_key: row for row in session.exec(select(CardEdition).where(col(CardEdition.id).in_(newest)))}


def _as_edited(card: Card, edition: CardEdition | None) -> Card:
    if edition is None or edition.texts is None:
        return card
    texts = {language: _texts(row) for language, row in edition.texts.items()}
    return replace(card, texts=MappingProxyType({**card.texts, **texts}))


def _texts(row: Mapping[str, Any]) -> CardTexts:
    return CardTexts(row["title"], row["sms"], tuple(row["mail"]), tuple(row["notice"]))
