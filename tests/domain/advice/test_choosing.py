"""Which tips are of use where and when."""

from datetime import date

import pytest

from grannsamverkan.domain import advice
from grannsamverkan.domain.advice import CardDwelling, Season, Topic
from grannsamverkan.domain.networks import NetworkKind

CARDS = list(advice.shipped().values())


@pytest.mark.parametrize(
    ("month", "seasons"),
    [
        (4, {Season.SPRING}),
        (7, {Season.SUMMER}),
        (9, set()),
        (10, {Season.DARK, Season.AUTUMN_BREAK}),
        (12, {Season.DARK, Season.CHRISTMAS}),
    ],
)
def test_seasons_by_month(month: int, seasons: set[Season]) -> None:
    assert advice.seasons_on(date(2026, month, 15)) == seasons


def test_a_home_has_what_belongs_to_it() -> None:
    flat = {card.key for card in advice.for_home(CARDS, CardDwelling.APARTMENT)}
    assert {"portkoden", "tom-forradet", "las-cykeln", "ingen-hamtar-saker"} <= flat
    assert not {"altandorren", "las-batmotorn", "tom-stugan", "ta-in-gps"} & flat
    villa = {card.key for card in advice.for_home(CARDS, CardDwelling.VILLA)}
    assert {"altandorren", "las-in-klipparen"} <= villa
    assert "portkoden" not in villa
    assert {card.topic for card in advice.for_home(CARDS, CardDwelling.BOAT)} == {Topic.BOAT}


def test_looking_for_words_and_fields_together() -> None:
    assert [card.key for card in advice.matching(CARDS, words="titthal brevinkast")] == ["forsta-veckan"]
    assert [card.key for card in advice.matching(CARDS, words="peephole week", language="en")] == ["forsta-veckan"]
    found = advice.matching(CARDS, topic=Topic.STORAGE, season=Season.DARK, dwelling=CardDwelling.STORAGE)
    assert len(found) == 3
    assert advice.matching(CARDS, words="finns inte någonstans") == []
    assert advice.matching(CARDS) == CARDS


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ("ljus-pa-baksidan", {NetworkKind.VILLA}),
        ("tom-forradet", {NetworkKind.APARTMENT}),
        ("stang-fonstren", set(NetworkKind)),
        ("las-aven-hemma", set(NetworkKind)),
        ("las-cykeln", set(NetworkKind)),
    ],
)
def test_which_networks_a_card_is_of_use_to(key: str, kinds: set[NetworkKind]) -> None:
    assert advice.kinds_for(advice.shipped()[key]) == kinds


def test_every_card_is_of_use_to_somebody() -> None:
    assert all(advice.kinds_for(card) for card in advice.shipped().values())
