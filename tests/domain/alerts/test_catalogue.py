"""Every choice has its words, and what is preset for a kind can be chosen for it."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from grannsamverkan.domain.alerts.catalogue import (
    ADVICE_WORDS,
    CHOICES,
    DAY_PART_WORDS,
    DWELLING_WORDS,
    KIND_WORDS,
    METHOD_WORDS,
    SOURCE_WORDS,
    Advice,
    AlertKind,
    DayPart,
    Dwelling,
    Method,
    Source,
    Words,
)
from grannsamverkan.foundation.sms_text import parts_of


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (AlertKind, KIND_WORDS),
        (Source, SOURCE_WORDS),
        (Dwelling, DWELLING_WORDS),
        (DayPart, DAY_PART_WORDS),
        (Method, METHOD_WORDS),
        (Advice, ADVICE_WORDS),
    ],
)
def test_one_table_per_enum_and_all_of_it_fits_an_sms(codes: type[StrEnum], words: Mapping[StrEnum, Words]) -> None:
    assert list(words) == list(codes)
    assert len({one.label for one in words.values()}) == len(words)
    for one in words.values():
        assert one.label
        assert parts_of(one.short + one.full + one.label).encoding == "GSM-7"
        assert len(one.short) <= 30


def test_sentences_are_sentences_and_sms_advice_are_not() -> None:
    for sentence in [one.full for table in (METHOD_WORDS, ADVICE_WORDS) for one in table.values()]:
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    for advice in ADVICE_WORDS.values():
        assert advice.short[0].islower()
        assert not advice.short.endswith(".")


def test_every_kind_offers_dwellings_methods_and_at_least_three_advice() -> None:
    assert list(CHOICES) == list(AlertKind)
    for choices in CHOICES.values():
        assert choices.preset_dwelling in choices.dwellings
        assert len(choices.preset_advice) == 3
        assert Method.UNKNOWN in choices.methods
        assert Advice.DO_NOT_FOLLOW in choices.advice
        for offered in (choices.dwellings, choices.methods, choices.advice):
            assert len(set(offered)) == len(offered)


def test_nothing_in_the_catalogue_is_out_of_reach() -> None:
    assert {one for choices in CHOICES.values() for one in choices.dwellings} == set(Dwelling)
    assert {one for choices in CHOICES.values() for one in choices.methods} == set(Method)
    assert {one for choices in CHOICES.values() for one in choices.advice} == set(Advice)
