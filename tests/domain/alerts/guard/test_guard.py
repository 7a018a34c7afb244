"""What may not stand in a warning is found however it is written, and ordinary sentences pass.

Words of its own, beside the labelled sentences, so that the rules are not only right about those.
"""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grannsamverkan.domain.alerts.catalogue import ADVICE_WORDS, DWELLING_WORDS, KIND_WORDS, METHOD_WORDS
from grannsamverkan.domain.alerts.guard import (
    FREE_TEXT_MAX_CHARS,
    GUARD_CODES,
    MOST_CHARS,
    RuleSet,
    guard,
    guard_free_text,
)

CAUGHT = [
    ("personal_number", ["19850101-1234", "850101-1234", "850101 1234", "8501011234", "198501011234", "850101+1234",
                         "1985-01-01-1234", "850161-1234", "850101-XXXX", "850101–1234", "1985.01.01-1234",
                         "85/01/01-1234", "8 5 0 1 0 1 - 1 2 3 4", "född 850101", "850101-1***"]),
    ("email", ["anna@hoor.example", "anna.ek+x@post.hoor.example", "anna (at) hoor.example", "a.b＠post．example",
               "anna snabel-a hoor.example", "anna[at]hoor[dot]example", "anna at hoor punkt example"]),
    ("url", ["https://hoor.example/x", "http://a", "www.hoor.example", "hoor.example", "hoor.se/tips", "hoor punkt se",
             "bit.ly/abc", "hxxps://hoor.example", "hoor[.]example", "t.me/nyby", "HOOR.SE"]),
    ("registration_number", ["ABC 123", "ABC123", "ABC12D", "abc123", "abc 123", "ABC-123", "A B C 1 2 3", "mlb 45c",
                             "T.B.C 123", "ABC123:s", "ＡＢＣ　１２３", "tbc ett två tre", "regnr slutar på 45D",
                             "personlig skylt Lasse1", "norska skyltar AB 12345"]),
    ("phone", ["070-174 06 05", "0701740605", "+46701740605", "+46 70 174 06 05", "0046701740605", "070.174.06.05",
               "(070) 174 06 05", "701740605", "174 06 05", "070–174 06 05", "07\u200b01740605", "O7O-174 06 05",
               "noll sju noll 174 06 05", "070|174|06|05", "46 70 174 06 05", "070-I74 06 05"]),
    ("house_number", ["Storgatan 5", "Storgatan 5 B", "Nybyvägen 12a", "Ekstigen nr 4", "Bokgränd 7", "lgh 1102",
                      "hus nr 4", "villan nr 9", "Björkallén 3", "husnummer 14", "Storg. 5", "Ekstigen tolv",
                      "Ekstigen4", "Ekstigen 4-8", "hörnhuset", "Nyby 3:14", "på tredje våningen", "grannen i nr 4"]),
    ("code", ["portkoden 4711", "larmkod: 4 7 1 1", "koden till grinden är 2580"]),
    ("name", ["Berit Åkesson", "berit åkesson", "familjen Wikström", "Gun-Britt", "A. Nordin", "Hos Petterssons",
              "mannen heter Zbigniew", "Svеnsson", "S v e n s s o n"]),
    ("looks", ["en man i svart jacka", "två tonåringar", "en äldre kvinna", "en 40-årig person", "i 25-årsåldern",
               "bruten svenska", "två rumänska män", "en morkhyad person", "M a n i keps", "personen bar luvtröja",
               "ca 185 cm lång", "en hemlös", "mörkklädda"]),
    ("guilt", ["tjuven bor i området", "den skyldige är känd", "vi vet vem det är", "grannens son har stulit den",
               "en misstänkt är gripen", "han har gjort det förut"]),
    ("absence", ["familjen är bortrest v. 28", "huset står tomt hela juli", "vi åker till Thailand på fredag",
                 "ägarna är på semester", "ingen är hemma förrän söndag"]),
    ("vehicle", ["en vit skåpbil", "silvrig Volvo V70", "en polskregistrerad bil", "bil med utländska skyltar"]),
]  # fmt: skip

PASSES = [
    "Någon försökte bryta upp en altandörr medan ägarna sov.",
    "Det hände mellan kl 01.00-03.00 och ingen såg något.",
    "Mellan 23:30 och 04:15 hördes buller.",
    "Upptäckt 4/3 på morgonen, två dagar efter förra gången.",
    "Tre förråd, ungefär 200 meter från skolan, och 100 liter diesel.",
    "Ring 112 om det pågår, annars 114 14.",
    "Bilarna stod längs väg 23 mot Eslöv.",
    "Den 2025-03-04 var det likadant, cirka 15 minuter.",
    "De kom med 2 bilar. Verktyg för 100 000 kr togs.",
    "Polisen har varit på plats. Titta gärna i din trädgård.",
    "Se nr 2314 för den förra varningen.",
    "Minst 3 fönster och 150 meter staket är förstörda.",
    "Gustav Adolfs torg, Karl XI:s väg och Sankt Eriksgatan saknar lampor.",
    "Är du bortrest? Be en granne ta in posten.",
    "Okänd gärningsman har slagit sönder en ruta.",
    "Varna dina äldre släktingar för falska poliser.",
    "Man ska alltid låsa dörren.",
    "Verktyg stals ur en skåpbil.",
    "Dörren är 20 år gammal, och låset är från 1985.",
    "Staketet är 180 cm högt och en svart kofot låg kvar.",
    "",
]


@pytest.mark.parametrize(("code", "written"), [(code, one) for code, many in CAUGHT for one in many])
@pytest.mark.parametrize("sentence", ["{}", "Inbrott sågs, se {} i natt.", "Hör av dig om du vet mer: {}"])
def test_what_points_out_is_found(code: str, written: str, sentence: str) -> None:
    if code in ("looks", "guilt", "absence", "vehicle", "name", "registration_number") and sentence != "{}":
        sentence = "Så var det. {}"  # a sentence of its own, as it would be
    assert code in {finding.code for finding in guard_free_text(sentence.format(written))}


@pytest.mark.parametrize("sentence", PASSES)
def test_ordinary_sentences_pass(sentence: str) -> None:
    assert guard_free_text(sentence) == []


def test_what_the_product_itself_writes_passes() -> None:
    """Every sentence a warning is made of may also be typed."""
    said = [
        *(words.full for words in ADVICE_WORDS.values()),
        *(words.full for words in METHOD_WORDS.values()),
        *(f"{kind.full} {place.full}" for kind in KIND_WORDS.values() for place in DWELLING_WORDS.values()),
    ]
    assert [(text, found[0].code) for text in said if (found := guard_free_text(text[:FREE_TEXT_MAX_CHARS]))] == []


def test_landlines_are_telephones_too() -> None:
    area, subscriber = "0413", "0" * 5
    assert [one.code for one in guard_free_text(f"Ring {area}-{subscriber} i kväll.")] == ["phone"]


def test_the_writer_is_told_which_words_it_is_about() -> None:
    text = "Ring 07\u200b0-174 06 05 när bilen ABC 123 syns."
    assert [(one.code, one.words) for one in guard_free_text(text)] == [
        ("phone", "07\u200b0-174 06 05"),
        ("registration_number", "ABC 123"),
    ]
    assert all(text[one.start : one.end] == one.words for one in guard_free_text(text))


def test_one_stretch_is_told_once() -> None:
    assert [one.code for one in guard_free_text("Mejla 850101-1234@post.example nu")] == ["email"]
    assert [one.code for one in guard_free_text("b o r t r e s t v 28, bortrest v 29")].count("absence") <= 2


def test_length() -> None:
    assert guard_free_text("å " * (FREE_TEXT_MAX_CHARS // 2)) == []
    assert [one.code for one in guard_free_text("å" * (FREE_TEXT_MAX_CHARS + 1))] == ["too_long"]


def test_names_of_the_municipalitys_own_may_stand() -> None:
    text = "Inbrott i Hus 2 och på Elsas Äng. Elsa såg det."  # the meadow is a place in anybody's eyes
    assert {one.words for one in guard_free_text(text)} == {"Hus 2", "Elsa"}
    allowed = ["hus 2", ""]
    assert [one.words for one in guard_free_text(text, allowed)] == ["Elsa"]
    assert [one.words for one in guard_free_text("Inbrott i Hus 24", ["Hus 2"])] == ["Hus 24"]


def test_a_note_may_name_a_house_and_a_host_but_no_number_of_theirs() -> None:
    text = "Hemma hos Anna Ek, Nybyvägen 12, 070-174 06 05"
    assert [one.code for one in guard(text, RuleSet.NOTE)] == ["phone"]
    assert {one.code for one in guard(text, RuleSet.SHARED)} == {"phone", "name"}
    assert {one.code for one in guard(text, RuleSet.ALERT)} == {"phone", "name", "house_number"}


def test_codes_are_the_published_ones() -> None:
    assert {code for code, _ in CAUGHT} | {"too_long"} == set(GUARD_CODES)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
def test_whatever_is_written_the_findings_lie_in_it(text: str) -> None:
    for finding in guard(text, RuleSet.ALERT):
        assert text[finding.start : finding.end] == finding.words != ""
        assert finding.cut_start <= finding.cut_end <= len(text)


@pytest.mark.parametrize(
    "piece", ["a ", "1 ", "en man ", "070-", "å\u030a", "\u0301", "bortrest ", "@", "noll", "Anna "]
)
def test_no_text_keeps_the_guard_busy(piece: str) -> None:
    guard("en man", RuleSet.ALERT)
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    guard(text, RuleSet.ALERT)
    assert time.process_time() - began < 2
    assert len(text) > MOST_CHARS
