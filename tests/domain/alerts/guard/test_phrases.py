"""The small language of the rules, and that every rule is written in it."""

import pytest

from grannsamverkan.domain.alerts.guard.folding import fold
from grannsamverkan.domain.alerts.guard.lexicon import word_class
from grannsamverkan.domain.alerts.guard.phrases import Phrase, matches, rules
from grannsamverkan.domain.alerts.guard.tokens import words_of

SECTIONS = (
    *(f"looks_{part}" for part in ("noun", "age", "body", "clothes", "origin", "language")),
    *("guilt", "absence", "vehicle"),
)


def found(phrase: Phrase, text: str) -> list[str]:
    words = words_of(fold(text))
    return [text[words.tokens[one.start].start : words.tokens[one.end - 1].end] for one in matches(words, [phrase])]


@pytest.mark.parametrize(
    ("pattern", "text", "runs"),
    [
        ("en|ett bil", "En bil, ett bil, bil", ["En bil", "ett bil"]),
        ("en? stor? bil", "en bil och stor bil", ["en bil", "stor bil"]),
        ("bil <any>{0,2} röd", "bil är helt röd; bil är inte alls röd", ["bil är helt röd"]),
        ("bortrest*", "bortrest bortresta borta", ["bortrest", "bortresta"]),
        ("*årsåldern", "i trettioårsåldern", ["trettioårsåldern"]),
        ("<num> år", "40 år, fyra år", ["40 år"]),
        ("<cap> såg", "Anna såg, han såg", ["Anna såg"]),
        ("^ borta", "borta nu. Borta igen, inte borta", ["borta", "Borta"]),
        ("borta $", "borta nu. de är borta.", ["borta"]),
        ("ord <any> ord", "ord. ord", []),
        ("en <sexed>", "En äldre, en kvinna", ["en kvinna"]),
        ("äldre", "aldre man", ["aldre"]),
        ("bort-rest|bortrest", "bort-rest", ["bort-rest"]),
        ("man", "en m4n", ["m4n"]),
    ],
)
def test_runs(pattern: str, text: str, runs: list[str]) -> None:
    assert found(Phrase(pattern), text) == runs


def test_what_must_not_stand_beside() -> None:
    assert found(Phrase("år gammal", after="<num>"), "40 år gammal, år gammal") == ["år gammal"]
    assert found(Phrase("kriminella", before="nätverk"), "kriminella nätverk, kriminella") == ["kriminella"]
    assert found(Phrase("bortrest", near="du"), "Om du någon gång är bortrest. Han är bortrest.") == ["bortrest"]
    assert found(Phrase("bortrest", near="du"), "du " + "och " * 6 + "bortrest") == ["bortrest"]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_rule_can_be_read(section: str) -> None:
    words = words_of(fold("En man med hund sprang. Vi är borta v 28, och bilen var röd!"))
    assert len(rules(section)) >= 3
    list(matches(words, rules(section)))


def test_a_class_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        word_class("sparrow")
    with pytest.raises(KeyError):
        rules("sparrow")
