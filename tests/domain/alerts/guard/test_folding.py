"""However a text is written, rules read one plain form, and know where each stretch stands in the writer's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grannsamverkan.domain.alerts.guard.folding import fold, joined, with_digits


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("０７０－１７４", "070-174"),
        ("07\u200b01\u00ad74", "070174"),
        ("la\u030ast o\u0308ppet", "låst öppet"),
        ("070\u2011174\u201306\u221205", "070-174-06-05"),
        ("Sv\u0435nsson \u0391nna", "Svensson Anna"),
        ("Kvarngatan\u00a03", "Kvarngatan 3"),
        ("”hej” ‘hej’", "\"hej\" 'hej'"),
        ("a＠b．example", "a@b.example"),
    ],
)
def test_one_plain_form(written: str, read: str) -> None:
    assert fold(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ring noll sju noll 174", "ring 0 7 0 174"),
        ("Ringnollsjunoll 174", "Ring070 174"),
        ("noll sju noll, ett sju fyra", "0 7 0, 1 7 4"),
        ("O7O-174 och 07o1", "070-174 och 0701"),
        ("070-I74 06 l5", "070-174 06 15"),
        ("Nio av tio, tre förråd", "Nio av tio, tre förråd"),
        ("sju sorter, 3 trevliga", "sju sorter, 3 trevliga"),
    ],
)
def test_said_digits_and_letters_for_digits(written: str, read: str) -> None:
    assert with_digits(fold(written)).text == read


def test_spaced_letters_are_put_together() -> None:
    folded = fold("han är b o r t a nu")
    spaced = joined(folded)
    assert spaced is not None
    assert spaced.text == "han är borta nu"
    at = spaced.text.index("borta")
    assert folded.original[slice(*spaced.span(at, at + 5))] == "b o r t a"
    assert joined(fold("i a b och så")) is not None
    assert joined(fold("en å ö")) is None


@given(st.text(max_size=60))
def test_every_plain_character_stands_for_a_stretch_of_the_original(text: str) -> None:
    for view in (fold(text), with_digits(fold(text))):
        assert len(view.text) == len(view.starts) == len(view.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))
