"""The rules that every tip must keep, whoever wrote it, checked on its words in each language.

What may not be said stands in `refused.toml`: no ad, no fear, no promise, nobody's looks and nobody's fault.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grannsamverkan.domain.advice.card_types import LANGUAGES, Card, CardTexts
from grannsamverkan.domain.advice.catalogue import sources
from grannsamverkan.domain.places import longest_name
from grannsamverkan.foundation.plain_words import (
    FEW_WORDS,
    MOST_LIX,
    MOST_WORDS,
    has_link,
    has_number,
    has_reserved_words,
    lix,
    sentences,
    shouted,
)
from grannsamverkan.foundation.sms_text import parts_of, prepare

TITLE_MAX_CHARS = 60
PARAGRAPHS = (2, 4)
PARAGRAPH_MAX_CHARS = 300
NOTICE_LINES = (3, 6)
NOTICE_LINE_MAX_CHARS = 90
KEY_MAX_CHARS = 40
_LARGEST_NUMBER = 999_999
_LONGEST_SENTENCE = 2 * MOST_WORDS
_CAPITALS_ALLOWED = frozenset({"GPS", "STOPP", "PAUS", "DNA"})

_KEY = re.compile(r"[a-z0-9]++(?:-[a-z0-9]++)*+")
_OUR_NUMBERS = re.compile(r"(?<!\d)(?:112|114 14|7726)(?!\d)")
_PERCENT_OR_MONEY = re.compile(r"\d ?(?:%|:-|€|\$|£)|[€$£] ?\d")
_REFUSED = tomllib.loads(Path(__file__).with_name("refused.toml").read_text("utf-8"))


def _as_pattern(words: str) -> str:
    """One entry of the file: `*` for any ending, `!` before a word that makes it harmless."""
    said, _mark, unless = words.partition(" !")
    pattern = re.escape(said).replace(r"\*", r"\w*").replace(r"\ ", r"\s")
    return rf"{pattern}\b" + (rf"(?!\s{re.escape(unless)}\b)" if unless else "")


_WORDS = {
    (language, rule): re.compile(r"\b(?:" + "|".join(map(_as_pattern, entries)) + ")", re.IGNORECASE)
    for language in LANGUAGES
    for rule, entries in _REFUSED[language].items()
}
_TRADERS = re.compile(r"\b(?:" + "|".join(map(_as_pattern, _REFUSED["traders"])) + ")|[®™]|\\bAB\\b")


@dataclass(frozen=True)
class Fault:
    """A rule that is broken: in which language and form ("" where it is the card's), and by which words."""

    code: str
    language: str = ""
    form: str = ""
    words: str = ""


def lint(card: Card) -> list[Fault]:
    """Every rule that the card breaks; an empty list is a sound one.

    Of the card: bad_key, no_source, unknown_source, language_missing; of its texts those of `lint_texts`.
    """
    found = [] if _KEY.fullmatch(card.key) and len(card.key) <= KEY_MAX_CHARS else [Fault("bad_key", words=card.key)]
    found += [] if card.sources else [Fault("no_source")]
    found += [Fault("unknown_source", words=key) for key in card.sources if key not in sources()]
    for language in LANGUAGES:
        texts = card.texts.get(language)
        found += lint_texts(texts, language) if texts else [Fault("language_missing", language)]
    return found


def lint_texts(texts: CardTexts, language: str) -> list[Fault]:
    """Every rule that the words break.

    missing, too_long, too_few, too_many; not_gsm7, two_parts; hard_to_read, long_sentence; link, other_number,
    capitals, reserved_words, trader, price, fear, promise, looks, guilt, office.
    """
    return [*_shape(texts, language), *_sms(texts, language), *_prose(texts, language), *_words(texts, language)]


def forms_of(texts: CardTexts) -> dict[str, str]:
    """Each form's words as one text."""
    return {
        "title": texts.title,
        "sms": texts.sms,
        "mail": "\n".join(texts.mail),
        "notice": "\n".join(texts.notice),
    }


def framed_sms(sender_name: str, sms: str, number: int) -> str:
    """Grannsamverkan Höör: … Nr 0231, as it is sent: exchanged for the letters of an SMS."""
    return prepare(f"{sender_name}: {sms} Nr {number:04d}").text


def longest_sms(sms: str) -> str:
    """With the longest sender and number there can be."""
    return framed_sms(f"Grannsamverkan {longest_name()}", sms, _LARGEST_NUMBER)


def _shape(texts: CardTexts, language: str) -> Iterator[Fault]:
    for form, text in forms_of(texts).items():
        if not text.strip():
            yield Fault("missing", language, form)
    if len(texts.title) > TITLE_MAX_CHARS:
        yield Fault("too_long", language, "title", texts.title)
    for form, parts, (least, most), longest in (
        ("mail", texts.mail, PARAGRAPHS, PARAGRAPH_MAX_CHARS),
        ("notice", texts.notice, NOTICE_LINES, NOTICE_LINE_MAX_CHARS),
    ):
        if 0 < len(parts) < least:
            yield Fault("too_few", language, form)
        if len(parts) > most:
            yield Fault("too_many", language, form)
        yield from (Fault("too_long", language, form, part) for part in parts if len(part) > longest)


def _sms(texts: CardTexts, language: str) -> Iterator[Fault]:
    counted = parts_of(longest_sms(texts.sms))
    if counted.encoding != "GSM-7":
        yield Fault("not_gsm7", language, "sms")
    elif counted.parts > 1:
        yield Fault("two_parts", language, "sms")


def _prose(texts: CardTexts, language: str) -> Iterator[Fault]:
    found = sentences("\n".join(forms_of(texts).values()))
    counted = sum(map(len, found))
    if counted >= FEW_WORDS and (lix(found) > MOST_LIX or counted / len(found) > MOST_WORDS):
        yield Fault("hard_to_read", language, words=f"{lix(found):.0f}")
    for form, text in forms_of(texts).items():
        for sentence in sentences(text):
            if len(sentence) > _LONGEST_SENTENCE:
                yield Fault("long_sentence", language, form, " ".join(sentence))


def _words(texts: CardTexts, language: str) -> Iterator[Fault]:
    for form, text in forms_of(texts).items():
        if has_link(text):
            yield Fault("link", language, form)
        if has_number(_OUR_NUMBERS.sub("#", text)):
            yield Fault("other_number", language, form)
        if has_reserved_words(text):
            yield Fault("reserved_words", language, form)
        yield from (Fault("capitals", language, form, word) for word in shouted(text, _CAPITALS_ALLOWED))
        yield from (Fault("trader", language, form, hit[0]) for hit in _TRADERS.finditer(text))
        yield from (Fault("price", language, form, hit[0]) for hit in _PERCENT_OR_MONEY.finditer(text))
        for (of_language, rule), pattern in _WORDS.items():
            if of_language == language:
                yield from (Fault(rule, language, form, hit[0]) for hit in pattern.finditer(text))
