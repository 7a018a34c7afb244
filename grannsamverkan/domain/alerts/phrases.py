"""A municipality's own words for an advice, or for how something was done, where it has written some: in the email and
on the page (full), and in the SMS (short). What the form calls them is the same everywhere.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.catalogue import ADVICE_WORDS, METHOD_WORDS, Advice, Method, Words
from grannsamverkan.domain.alerts.guard import guard_free_text
from grannsamverkan.domain.alerts.tables import PhraseEdition
from grannsamverkan.domain.alerts.tongue import as_written, say
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.sms_text import parts_of

FULL_MAX_CHARS = 160
SHORT_MAX_CHARS = 30
_LINK = re.compile(r"https?:|www\.|@|\w\.(?:se|com|nu|org|net|info|eu|io)\b", re.IGNORECASE)
_OUR_NUMBERS = re.compile(r"(?<!\d)114 14(?!\d)|(?<!\d)112(?!\d)")
_WORD = re.compile(r"[^\W\d_]{3,}")


def key_of(one: Advice | Method) -> str:
    """advice.lock"""
    return f"{'advice' if isinstance(one, Advice) else 'method'}.{one.value}"


SHIPPED: Mapping[str, Words] = MappingProxyType(
    {key_of(advice): words for advice, words in ADVICE_WORDS.items()}
    | {key_of(method): words for method, words in METHOD_WORDS.items()}
)


@dataclass(frozen=True)
class Phrases:
    """The words that hold in a municipality at a time; `own` has what differs from the shipped ones, by key."""

    own: Mapping[str, Words] = field(default_factory=dict)

    def __getitem__(self, one: Advice | Method) -> Words:
        return self.of(key_of(one))

    def of(self, key: str) -> Words:
        """The words with this key; NotFound."""
        if key not in SHIPPED:
            raise NotFound
        return self.own.get(key, SHIPPED[key])

    def said(self, one: Advice | Method, language: str) -> Words:
        """The words for a reader of this language: a municipality's own are Swedish, and stay so."""
        key, words = key_of(one), self[one]
        if language == SWEDISH:
            return words
        speak = as_written if key in self.own else say
        return replace(words, full=speak(language, words.full), short=speak(language, words.short))


AS_SHIPPED = Phrases()


@dataclass(frozen=True)
class PhraseBook:
    """Every wording that a municipality has had, the oldest first: what has gone out keeps the words it went with."""

    editions: tuple[PhraseEdition, ...]

    def at(self, moment: datetime | None) -> Phrases:
        """Those that held then; None: those that hold now."""
        own: dict[str, Words] = {}
        for row in self.editions:
            if moment is not None and row.at > moment:
                break
            if row.full is None:
                own.pop(row.phrase, None)
            elif row.phrase in SHIPPED:
                own[row.phrase] = replace(SHIPPED[row.phrase], full=row.full, short=row.short or "")
        return Phrases(own)


def phrase_book(session: Session, municipality_code: str) -> PhraseBook:
    """What the municipality has written so far."""
    rows = select(PhraseEdition).where(PhraseEdition.municipality_code == municipality_code)
    return PhraseBook(tuple(session.exec(rows.order_by(col(PhraseEdition.at), col(PhraseEdition.id)))))


def word_phrase(
    session: Session, municipality_code: str, key: str, full: str, short: str, *, account_id: int, now: datetime
) -> None:
    """From now on the phrase has these words there; the shipped ones again when they are the same.

    Raises:
        NotFound: no phrase has that key.
        Refused: what `phrase_faults` found first.
    """
    if key not in SHIPPED:
        raise NotFound
    full, short = " ".join(full.split()), " ".join(short.split())
    found = phrase_faults(key, full, short)
    if found:
        raise Refused(found[0][1], name=found[0][0])
    is_shipped = (full, short) == (SHIPPED[key].full, SHIPPED[key].short)
    _add(session, municipality_code, key, None if is_shipped else (full, short), account_id, now)


def restore_phrase(session: Session, municipality_code: str, key: str, *, account_id: int, now: datetime) -> None:
    """The shipped words again; NotFound."""
    if key not in SHIPPED:
        raise NotFound
    _add(session, municipality_code, key, None, account_id, now)


def phrase_faults(key: str, full: str, short: str) -> list[tuple[str, str]]:
    """(field, code) for each rule that the words break: full_missing, full_too_long, full_no_sentence, short_missing,
    short_too_long, short_not_gsm7, short_ending; link, other_number, capitals; what the guard on free text finds."""
    is_advice = key.startswith("advice.")
    checks = {
        ("full", "missing"): not full,
        ("full", "too_long"): len(full) > FULL_MAX_CHARS,
        ("full", "no_sentence"): bool(full) and full[-1] not in ".!?",
        # A way that has no short form is left out of the SMS; an advice is what the SMS is for.
        ("short", "missing"): is_advice and not short,
        ("short", "too_long"): len(short) > SHORT_MAX_CHARS,
        ("short", "not_gsm7"): parts_of(short).encoding != "GSM-7",
        ("short", "ending"): bool(short) and short.endswith(".") == is_advice,
    }
    found = [(name, f"{name}_{code}") for (name, code), broken in checks.items() if broken]
    return found + [(name, code) for name, text in (("full", full), ("short", short)) for code in _broken(text)]


def _broken(text: str) -> Iterable[str]:
    if _LINK.search(text):
        yield "link"
    if any(word.isupper() for word in _WORD.findall(text)):
        yield "capitals"
    if any(sign.isdigit() for sign in _OUR_NUMBERS.sub("", text)):
        yield "other_number"
    # A street's name is a name too: none belongs in words for a whole municipality.
    yield from dict.fromkeys(one.code for one in guard_free_text(text) if one.code not in ("too_long", "link"))


def _add(session: Session, code: str, key: str, words: tuple[str, str] | None, account_id: int, now: datetime) -> None:
    full, short = words or (None, None)
    session.add(
        PhraseEdition(municipality_code=code, phrase=key, full=full, short=short, account_id=account_id, at=now)
    )
    session.flush()
