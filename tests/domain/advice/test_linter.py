"""Each rule of a tip can be broken, and is then named; so fifty sentences that a tip must never have."""

from dataclasses import replace

import pytest

from grannsamverkan.domain import advice
from grannsamverkan.domain.advice import CardTexts
from grannsamverkan.domain.advice.linter import forms_of, lint, lint_texts

CARD = advice.shipped()["las-cykeln"]
SV, EN = CARD.texts["sv"], CARD.texts["en"]


def codes(texts: CardTexts, language: str = "sv") -> set[str]:
    return {fault.code for fault in lint_texts(texts, language)}


def with_mail(sentence: str, texts: CardTexts = SV) -> CardTexts:
    return replace(texts, mail=(*texts.mail[:-1], sentence))


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Låset kostar 399 kr.", "price"),
        ("Just nu 20 % på alla lås.", "price"),
        ("Låset är billigt.", "price"),
        ("Du får det gratis.", "price"),
        ("Passa på: kampanj hela veckan.", "price"),
        ("Skriv koden för rabatt.", "price"),
        ("Ett lås för 499:- räcker.", "price"),
        ("Det är prisvärda lås.", "price"),
        ("Köp låset på Clas Ohlson.", "trader"),
        ("Ring Verisure om larm.", "trader"),
        ("Legitimera dig med BankID.", "trader"),
        ("Låssmeden i Höör AB hjälper dig.", "trader"),
        ("Märk med SmartDNA.", "trader"),
        ("Välj låset Stark™ i butiken.", "trader"),
        ("Du kan bli nästa på tur.", "fear"),
        ("En farlig våg av inbrott går fram.", "fear"),
        ("Var inte rädd.", "fear"),
        ("Tjuvar härjar i området.", "fear"),
        ("Allt fler drabbas.", "fear"),
        ("Det är en mardröm.", "fear"),
        ("Gör det innan det är för sent.", "fear"),
        ("Bli inte ett offer.", "fear"),
        ("Låset är helt säkert.", "promise"),
        ("Då slipper du: vi garanterar det.", "promise"),
        ("Med detta blir det inga inbrott.", "promise"),
        ("Det gör hemmet tjuvsäkert.", "promise"),
        ("Se upp med utländska besökare.", "looks"),
        ("Notera signalement och utseende.", "looks"),
        ("Håll koll på suspekta bilar.", "looks"),
        ("Då är det ditt eget fel.", "guilt"),
        ("Många slarvar med detta.", "guilt"),
        ("Var inte så naiv.", "guilt"),
        ("Vi avser att erhålla svar.", "office"),
        ("Läs mer på cykel.example idag.", "link"),
        ("Läs https://x y.", "link"),
        ("Ring 070-174 06 05 om du undrar.", "other_number"),
        ("Lås cykeln NU.", ""),
        ("LÅS cykeln.", "capitals"),
        ("Viktigt meddelande om cyklar.", "reserved_words"),
        ("Ring 112, 114 14 eller 7726.", ""),
        ("Ta hand om det du är rädd om.", ""),
        ("Lås " + "och lås " * 16 + "igen.", "long_sentence"),
        ("x" * 301, "too_long"),
    ],
)
def test_a_broken_rule_is_named(sentence: str, code: str) -> None:
    assert codes(with_mail(sentence)) == ({code} if code else set())


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("The lock costs 20 €.", "price"),
        ("You get it for free.", "price"),
        ("Buy now at a discount.", "price"),
        ("A gang could be next door: danger.", "fear"),
        ("Do not become a victim.", "fear"),
        ("Burglars are scary.", "fear"),
        ("It makes your home burglar-proof.", "promise"),
        ("We guarantee it.", "promise"),
        ("Watch out for foreigners.", "looks"),
        ("Call about suspicious people.", "looks"),
        ("It is your own fault.", "guilt"),
        ("Many are careless.", "guilt"),
        ("Buy it at IKEA.", "trader"),
    ],
)
def test_a_broken_rule_is_named_in_english(sentence: str, code: str) -> None:
    assert code in codes(with_mail(sentence, EN), "en")
    assert codes(EN, "en") == set()


def test_a_rule_is_of_its_language() -> None:
    assert codes(with_mail("Det finns ingen sale här.")) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": ""}, "missing"),
        ({"sms": " "}, "missing"),
        ({"mail": ()}, "missing"),
        ({"notice": ()}, "missing"),
        ({"title": "x" * 61}, "too_long"),
        ({"mail": ("Lås cykeln.",)}, "too_few"),
        ({"mail": ("Lås cykeln.",) * 5}, "too_many"),
        ({"notice": ("Lås cykeln.",) * 2}, "too_few"),
        ({"notice": ("Lås cykeln.",) * 7}, "too_many"),
        ({"notice": ("Lås cykeln. " * 10,) * 3}, "too_long"),
        ({"sms": "Lås cykeln. " * 10}, "two_parts"),
        ({"sms": "Lås cykeln 🔒"}, "not_gsm7"),
        (
            {"mail": ("Fastighetsförvaltningens brottsförebyggande informationsmaterial presenterar.",) * 4},
            "hard_to_read",
        ),
    ],
)
def test_a_form_that_is_wrong_is_named(change: dict[str, object], code: str) -> None:
    assert code in codes(replace(SV, **change))  # type: ignore[arg-type]


def test_what_is_wrong_with_the_card_itself() -> None:
    assert lint(CARD) == []
    for change, code in (
        ({"key": "Lås cykeln"}, "bad_key"),
        ({"key": "a" * 41}, "bad_key"),
        ({"sources": ()}, "no_source"),
        ({"sources": ("hearsay",)}, "unknown_source"),
        ({"texts": {"sv": SV}}, "language_missing"),
    ):
        assert [fault.code for fault in lint(replace(CARD, **change))] == [code]


def test_a_fault_says_where_and_which_words() -> None:
    (fault,) = lint_texts(replace(SV, title="Lås cykeln gratis"), "sv")
    assert (fault.language, fault.form, fault.words) == ("sv", "title", "gratis")
    assert list(forms_of(SV)) == ["title", "sms", "mail", "notice"]
