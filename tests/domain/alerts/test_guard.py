"""What may not stand in a warning is found however it is written, and ordinary sentences pass."""

import pytest

from grannsamverkan.domain.alerts.guard import FREE_TEXT_MAX_CHARS, GUARD_CODES, Finding, guard_free_text

CAUGHT = [
    ("personal_number", ["19850101-1234", "850101-1234", "850101 1234", "8501011234", "198501011234", "850101+1234",
                         "1985-01-01-1234", "850161-1234", "850101-XXXX", "850101–1234"]),
    ("email", ["anna@hoor.example", "anna.ek+x@post.hoor.example", "anna (at) hoor.example",
               "anna snabel-a hoor.example"]),
    ("url", ["https://hoor.example/x", "http://a", "www.hoor.example", "hoor.example", "hoor.se/tips", "hoor punkt se",
             "bit.ly/abc"]),
    ("registration_number", ["ABC 123", "ABC123", "ABC12D", "abc123", "abc 123", "ABC-123", "A B C 1 2 3", "mlb 45c"]),
    ("phone", ["070-174 06 05", "0701740605", "+46701740605", "+46 70 174 06 05", "0046701740605", "070.174.06.05",
               "(070) 174 06 05", "701740605", "174 06 05", "070–174 06 05", "07\u200b01740605"]),
    ("house_number", ["Storgatan 5", "Storgatan 5 B", "Nybyvägen 12a", "Ekstigen nr 4", "Bokgränd 7", "lgh 1102",
                      "hus nr 4", "villan nr 9", "Björkallén 3", "husnummer 14"]),
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
    "",
]


@pytest.mark.parametrize(("code", "written"), [(code, one) for code, many in CAUGHT for one in many])
@pytest.mark.parametrize("sentence", ["{}", "Inbrott sågs, se {} i natt.", "Hör av dig om du vet mer: {}"])
def test_hard_identifiers_are_found(code: str, written: str, sentence: str) -> None:
    assert code in {finding.code for finding in guard_free_text(sentence.format(written))}


@pytest.mark.parametrize("sentence", PASSES)
def test_ordinary_sentences_pass(sentence: str) -> None:
    assert guard_free_text(sentence) == []


def test_the_writer_is_told_what_it_is_about() -> None:
    assert guard_free_text("Bilen ABC 123 stod där.") == [Finding("registration_number", "ABC 123")]


def test_length() -> None:
    assert guard_free_text("a " * (FREE_TEXT_MAX_CHARS // 2)) == []
    assert guard_free_text("a" * (FREE_TEXT_MAX_CHARS + 1)) == [Finding("too_long", "")]


def test_codes_are_the_published_ones() -> None:
    assert {code for code, _ in CAUGHT} | {"too_long"} == set(GUARD_CODES)
