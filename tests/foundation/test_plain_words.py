"""The measure of how easy a text is, and what is looked for in messages."""

import pytest

from grannsamverkan.foundation.plain_words import (
    has_link,
    has_number,
    has_reserved_words,
    lix,
    sentences,
    shouted,
    words_of,
)


def test_lix_is_words_a_sentence_and_long_words_of_a_hundred() -> None:
    found = sentences("Lås dörren. Grannarna hjälper gärna till.")
    assert found == [["Lås", "dörren"], ["Grannarna", "hjälper", "gärna", "till"]]
    assert lix(found) == pytest.approx(6 / 2 + 100 * 2 / 6)
    assert lix([]) == 0


def test_a_line_is_a_sentence_and_an_address_is_none() -> None:
    assert sentences("Se https://gs.example/x\nSkriv till a@gs.example") == [["Se"], ["Skriv", "till"]]
    assert words_of("E-post: år 2026") == ["E-post", "år"]


@pytest.mark.parametrize("text", ["se hoor.example", "www.x", "http:", "a@b"])
def test_a_link(text: str) -> None:
    assert has_link(text)
    assert not has_link("Lås. Stäng.se efter"[:12])


def test_numbers_capitals_and_what_only_others_may_say() -> None:
    assert has_number("ring 0413-280")
    assert not has_number("ring 112")
    assert shouted("LÅS dörren med GPS", {"GPS"}) == ["LÅS"]
    assert has_reserved_words("Detta är ett VMA")
    assert not has_reserved_words("Ring polisen: 112")
