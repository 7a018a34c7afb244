"""What a text becomes as an SMS, against worked examples and against a second, naive way of counting."""

import json
import os
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grannsamverkan.foundation.sms_text import as_json, encoding_of, parts_of, prepare, split_in_parts

# Written out by code point row by row from the table in 3GPP TS 23.038, so that it shares nothing with the module.
BASIC_ROWS = (
    "@£$¥èéùìòÇ\nØø\rÅå", "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ", " !\"#¤%&'()*+,-./", "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO", "PQRSTUVWXYZÄÖÑÜ§", "¿abcdefghijklmno", "pqrstuvwxyzäöñüà",
)  # fmt: skip
ESCAPED = "\f^{}\\[~]|€"
WARNING = "Grannsamverkan Höör: Inbrott i villa, Nyby, natt till tis 4/3. Lås, tänd ute, se till grannen."


def naive(text: str) -> tuple[str, int, int]:
    """Encoding, parts and length by writing real septets or UTF-16 bytes and cutting them as a network would."""
    if all(any(c in row for row in BASIC_ROWS) or c in ESCAPED for c in text):
        units = ["E" + "x" if c in ESCAPED else "x" for c in text]
        encoding, alone, joined = "GSM-7", 160, 153
    else:
        units = ["x" * (len(c.encode("utf-16-be", "surrogatepass")) // 2) for c in text]
        encoding, alone, joined = "UCS-2", 70, 67
    stream = "".join(units)
    if len(stream) <= alone:
        return encoding, 1 if text else 0, len(stream)
    parts = 0
    while units:
        parts += 1
        taken = ""
        while units and len(taken + units[0]) <= joined:
            taken += units.pop(0)
    return encoding, parts, len(stream)


FIREFIGHTER = "\U0001f469\u200d\U0001f692"
odd = st.sampled_from([*ESCAPED, "å", "a\u030a", *"–”…\u00a0\u200báč😜", FIREFIGHTER])
plain = st.sampled_from("abcåäö ÅÄÖ.,19é")
near_the_edge = st.builds(
    lambda lead, fill, tail: "a" * lead + fill + "b" * tail,
    st.integers(60, 320), odd, st.integers(0, 160),
)  # fmt: skip
texts = st.one_of(st.text(max_size=400), st.lists(odd | plain, max_size=350).map("".join), near_the_edge)


@settings(max_examples=300, deadline=None)
@given(texts)
@example("a" * 152 + "€" + "a" * 152)
@example("😜" * 34 + "a" * 67)
@example("")
def test_count_agrees_with_a_second_implementation(text: str) -> None:
    counted = parts_of(text)
    assert (counted.encoding, counted.parts, counted.length) == naive(text)
    assert "".join(split_in_parts(text)) == text
    assert 0 <= counted.room <= 160


@pytest.mark.long
def test_a_hundred_thousand_texts_are_counted_alike() -> None:
    draw = random.Random(2314)
    every = [*"".join(BASIC_ROWS), *ESCAPED, *"ąč–”…😜", "a\u030a", FIREFIGHTER]
    for _ in range(100_000):
        signs = draw.choice(("abcåäö ", "".join(BASIC_ROWS), [*"abcåäö ", *ESCAPED], every))
        text = "".join(draw.choices(signs, k=draw.choice((draw.randrange(0, 500), *range(66, 72), 153, 160, 161, 306))))
        counted = parts_of(text)
        assert (counted.encoding, counted.parts, counted.length) == naive(text)
        prepared = prepare(text)
        assert (prepared.encoding, prepared.parts, prepared.length) == naive(prepared.text)


@settings(max_examples=150, deadline=None)
@given(texts)
def test_prepared_text_is_what_is_counted_and_every_change_is_told(text: str) -> None:
    prepared = prepare(text)
    assert (prepared.encoding, prepared.parts, prepared.length) == naive(prepared.text)
    for one in prepared.replaced:
        assert prepared.text[one.position : one.position + len(one.became)] == one.became
    untold = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    assert len(prepared.text) == len(untold) + sum(len(one.became) - len(one.was) for one in prepared.replaced)
    json.dumps(as_json(prepared), ensure_ascii=False).encode()


@settings(max_examples=100, deadline=None)
@given(st.lists(odd | plain, max_size=200).map("".join))
def test_preparing_twice_changes_nothing_more(text: str) -> None:
    once = prepare(text).text
    again = prepare(once)
    assert (again.text, again.replaced) == (once, ())


@pytest.mark.parametrize(
    ("text", "encoding", "parts", "length", "room"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("å" * 160, "GSM-7", 1, 160, 0),
        ("å" * 161, "GSM-7", 2, 161, 145),
        ("x" * 306, "GSM-7", 2, 306, 0),
        ("x" * 307, "GSM-7", 3, 307, 152),
        ("x" * 459, "GSM-7", 3, 459, 0),
        ("x" * 460, "GSM-7", 4, 460, 152),
        ("€" * 80, "GSM-7", 1, 160, 0),
        ("x" * 152 + "€" + "x" * 152, "GSM-7", 3, 306, 152),
        ("x" * 151 + "€" + "x" * 153, "GSM-7", 2, 306, 0),
        ("č" * 70, "UCS-2", 1, 70, 0),
        ("č" * 71, "UCS-2", 2, 71, 63),
        ("č" * 134, "UCS-2", 2, 134, 0),
        ("č" * 202, "UCS-2", 4, 202, 66),
        ("😜" * 35, "UCS-2", 1, 70, 0),
        ("č" * 66 + "😜" + "č" * 66, "UCS-2", 3, 134, 66),
    ],
)
def test_parts_at_every_edge(text: str, encoding: str, parts: int, length: int, room: int) -> None:
    counted = parts_of(text)
    assert (counted.encoding, counted.parts, counted.length, counted.room) == (encoding, parts, length, room)


def test_swedish_letters_and_those_of_the_neighbours_cost_one_septet_each() -> None:
    letters = "åäöÅÄÖéÉüÜèàæÆøØñÑß§Ç@#¤!?"
    assert parts_of(letters).length == len(letters)
    assert encoding_of(letters) == "GSM-7"


@pytest.mark.parametrize("char", "–—”“’‘…•½°×`´«»→\u00a0\u200b\u2011áóúíëïçêâôÀÈđŋšŧžðþł😜")
def test_one_odd_character_makes_all_ucs2_unless_it_is_exchanged(char: str) -> None:
    assert encoding_of(WARNING + char) == "UCS-2"
    assert prepare(WARNING + char).encoding == ("UCS-2" if char == "😜" else "GSM-7")


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("23–05 — ”lås” ‘nu’…", "23-05 - \"lås\" 'nu'..."),
        ("Anna\u00a0Ek\u2009\u202f!", "Anna Ek  !"),
        ("In\u200bbro\u00adtt\ufeff", "Inbrott"),
        ("• lås • tänd", "- lås - tänd"),
        ("José Muñoz, Đorđe, Čárda", "José Muñoz, Dorde, Carda"),
        ("2½ km, ½ dag, 40 m²", "2 1/2 km, 1/2 dag, 40 m2"),
        ("ﬁska Ａ１２", "fiska A12"),
        ("rad 1\r\nrad 2\rrad 3\u2028rad 4", "rad 1\nrad 2\nrad 3\nrad 4"),
        ("a\tb\x00c", "a bc"),
        ("x\u0302y", "xy"),
        ("\ud800a", "a"),
    ],
)
def test_fair_replacements(text: str, sent: str) -> None:
    prepared = prepare(text)
    assert prepared.text == sent
    assert prepared.encoding == "GSM-7"


def test_decomposed_letters_are_composed_without_being_called_a_change() -> None:
    decomposed = unicodedata.normalize("NFD", WARNING)
    assert parts_of(decomposed).encoding == "UCS-2"
    prepared = prepare(decomposed)
    assert (prepared.text, prepared.replaced, prepared.parts) == (WARNING, (), 1)


def test_what_has_no_fair_replacement_stays_whole() -> None:
    for kept in ("😜", "\U0001f469\u200d\U0001f692", "☎\ufe0f", "Київ", "日本"):
        prepared = prepare(f"hej {kept}")
        assert prepared.text == f"hej {kept}"
        assert prepared.encoding == "UCS-2"


def test_json_for_the_command() -> None:
    assert as_json(prepare("lås – nu\u200b…")) == {
        "encoding": "GSM-7",
        "parts": 1,
        "length": 11,
        "replaced": [
            {"was": "–", "became": "-", "position": 4},
            {"was": "\u200b", "became": "", "position": 8},
            {"was": "…", "became": "...", "position": 8},
        ],
        "text": "lås - nu...",
    }


@pytest.mark.skipif("GRANNSAMVERKAN_TEST_DATA" not in os.environ, reason="no folder with reference material")
def test_vectors_of_another_calculator() -> None:
    vectors = Path(os.environ["GRANNSAMVERKAN_TEST_DATA"]) / "sms" / "segment_vectors.json"
    cases = json.loads(vectors.read_text(encoding="utf-8"))["cases"]
    assert len(cases) >= 40
    for case in cases:
        counted = parts_of(case["body"])
        assert (counted.encoding, counted.parts) == (case["encoding"], case["segments"]), case["name"]
