"""Which cards are of use to whom and when, and which ones somebody is looking for."""

from collections.abc import Iterable
from datetime import date

from grannsamverkan.domain.advice.card_types import Card, CardDwelling, Season, Topic
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.swedish import plain_key

_MONTHS: dict[Season, frozenset[int]] = {
    Season.SPRING: frozenset({4, 5}),
    Season.SUMMER: frozenset({6, 7, 8}),
    Season.DARK: frozenset({10, 11, 12, 1, 2, 3}),
    Season.AUTUMN_BREAK: frozenset({10}),
    Season.CHRISTMAS: frozenset({12}),
}

# What belongs to each kind of home, beside what is for all homes.
HOMES: dict[CardDwelling, frozenset[CardDwelling]] = {
    CardDwelling.VILLA: frozenset({CardDwelling.VILLA, CardDwelling.GARDEN, CardDwelling.CAR, CardDwelling.CYCLE}),
    CardDwelling.APARTMENT: frozenset(
        {CardDwelling.APARTMENT, CardDwelling.STORAGE, CardDwelling.CAR, CardDwelling.CYCLE}
    ),
    CardDwelling.COTTAGE: frozenset({CardDwelling.COTTAGE, CardDwelling.GARDEN, CardDwelling.BOAT}),
    CardDwelling.FARM: frozenset(
        {CardDwelling.FARM, CardDwelling.VILLA, CardDwelling.GARDEN, CardDwelling.CAR, CardDwelling.CYCLE}
    ),
}


_HOMES_OF: dict[NetworkKind, frozenset[CardDwelling]] = {
    NetworkKind.VILLA: HOMES[CardDwelling.VILLA] | HOMES[CardDwelling.FARM],
    NetworkKind.APARTMENT: HOMES[CardDwelling.APARTMENT],
}
# Somebody in any home may have these too.
_ANYBODYS = HOMES[CardDwelling.COTTAGE] - {CardDwelling.GARDEN}


def kinds_for(card: Card) -> frozenset[NetworkKind]:
    """The kinds of networks whose homes a card is of use to."""
    return frozenset(kind for kind, homes in _HOMES_OF.items() if card.is_for(*homes, *_ANYBODYS))


def seasons_on(day: date) -> frozenset[Season]:
    """The seasons of the calendar that a day lies in: none in September."""
    return frozenset(season for season, months in _MONTHS.items() if day.month in months)


def for_home(cards: Iterable[Card], home: CardDwelling) -> list[Card]:
    """Those for a kind of home and what usually belongs to it; for a thing of its own (a boat) those about it."""
    belongs = HOMES.get(home)
    if belongs is None:
        return [card for card in cards if home in card.dwellings]
    return [card for card in cards if card.is_for(*belongs)]


def matching(
    cards: Iterable[Card],
    *,
    words: str = "",
    language: str = "sv",
    topic: Topic | None = None,
    season: Season | None = None,
    dwelling: CardDwelling | None = None,
) -> list[Card]:
    """Those that fit everything that is asked for. Words are looked for in any order, with or without å, ä and ö."""
    wanted = plain_key(words).split()
    return [
        card
        for card in cards
        if topic in (None, card.topic)
        and (season is None or season in card.seasons)
        and (dwelling is None or dwelling in card.dwellings)
        and all(word in _said(card, language) for word in wanted)
    ]


def _said(card: Card, language: str) -> str:
    texts = card.texts[language]
    return plain_key(" ".join((texts.title, texts.sms, *texts.mail, *texts.notice)))
