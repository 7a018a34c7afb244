"""The shipped catalogue: whole in both languages, every card sound, every fact with its source."""

import pytest

from grannsamverkan.domain import advice
from grannsamverkan.domain.advice import LANGUAGES, Card, CardDwelling, Season, Topic
from grannsamverkan.domain.advice.linter import lint, longest_sms
from grannsamverkan.foundation.sms_text import parts_of

LEAST_CARDS = 72


def test_there_is_advice_for_every_home_season_and_topic() -> None:
    cards = advice.shipped().values()
    assert len(cards) >= LEAST_CARDS
    assert {card.topic for card in cards} == set(Topic)
    assert {season for card in cards for season in card.seasons} == set(Season)
    assert {dwelling for card in cards for dwelling in card.dwellings} == set(CardDwelling)


@pytest.mark.parametrize("card", advice.shipped().values(), ids=lambda card: card.key)
def test_every_card_keeps_every_rule(card: Card) -> None:
    assert lint(card) == []
    assert set(card.texts) == set(LANGUAGES)


def test_every_sms_is_one_part_with_the_longest_sender_and_number() -> None:
    for card in advice.shipped().values():
        for texts in card.texts.values():
            counted = parts_of(longest_sms(texts.sms))
            assert (counted.encoding, counted.parts) == ("GSM-7", 1), card.key
    assert longest_sms("x").startswith("Grannsamverkan Skinnskatteberg: x Nr 999999")


def test_no_two_cards_say_the_same() -> None:
    for language in LANGUAGES:
        texts = [card.texts[language] for card in advice.shipped().values()]
        assert len({one.title for one in texts}) == len({one.sms for one in texts}) == len(texts)


def test_no_source_is_kept_in_vain() -> None:
    used = {key for card in advice.shipped().values() for key in card.sources}
    assert used == set(advice.sources())
    assert all(source.url.startswith(("https://", "http://", "")) for source in advice.sources().values())
