"""The rules that every message by SMS must keep, checked on the finished text whoever wrote it."""

import re

from grannsamverkan.domain.alerts.catalogue import ADVICE_WORDS, KIND_WORDS
from grannsamverkan.domain.alerts.classes import NOTHING_HAPPENED, SEQUELS, AlertClass
from grannsamverkan.domain.alerts.tongue import say
from grannsamverkan.domain.alerts.wording import MOST_PARTS
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.plain_words import has_link, has_number, has_reserved_words, shouted
from grannsamverkan.foundation.sms_text import parts_of

_CAPITALS_ALLOWED = frozenset({"RÄTTELSE", "CORRECTION", "TEST"})
_NUMBER = re.compile(r"\bNr \d{4,}$")
_DAY = re.compile(r"\b\d{1,2}/\d{1,2}\b|\b\d{1,2} [A-Z][a-z]{2}\b")
_ABOUT = re.compile(r"\b(?:av|of) nr \d{4,}\.|\(nr \d{4,}\)")
_OUR_NUMBERS = re.compile(r"\b[Nn]r \d{4,}|(?<!\d)114 14(?!\d)|(?<!\d)112(?!\d)|\b\d{1,2}/\d{1,2}\b|\b\d{2}\.\d{2}\b")
_SENDER = re.compile(r"(?:TEST \w+ )?Grannsamverkan \S")


def lint_sms(text: str, alert_class: AlertClass = AlertClass.WARNING, language: str = SWEDISH) -> list[str]:
    """The codes of the rules a message in this language breaks; an empty list is a sound one.

    sender_missing, hazard_missing, place_missing, time_missing, acts_missing, about_missing, no_112, no_114_14,
    number_missing, not_as_trial, link, other_number, capitals, reserved_words, not_gsm7, too_many_parts. A sequel names
    the message in which what, where, when and what to do stand. A drill is told by its first word, and nothing else
    has that word.
    """
    counted = parts_of(text)
    goes_on, happened = alert_class in SEQUELS, alert_class not in NOTHING_HAPPENED
    is_drill, is_invitation = alert_class is AlertClass.DRILL, alert_class is AlertClass.INVITATION
    checks = {
        "sender_missing": not _SENDER.match(text),
        "hazard_missing": happened and not goes_on and not _has_hazard(text, language),
        "place_missing": happened and not goes_on and not _has_place(text),
        "time_missing": not is_drill and not goes_on and not _DAY.search(text),
        "acts_missing": happened and not goes_on and not _has_acts(text, language),
        "about_missing": goes_on and not _ABOUT.search(text),
        "no_112": not is_invitation and not re.search(r"(?<!\d)112(?!\d)", text),
        "no_114_14": not is_invitation and not re.search(r"(?<!\d)114 14(?!\d)", text),
        "not_as_trial": is_drill != text.startswith("TEST "),
        "number_missing": not _NUMBER.search(text),
        "link": has_link(text),
        "other_number": has_number(_OUR_NUMBERS.sub("#", text)),
        "capitals": bool(shouted(text, _CAPITALS_ALLOWED)),
        "reserved_words": has_reserved_words(text),
        "not_gsm7": counted.encoding != "GSM-7",
        "too_many_parts": counted.parts > MOST_PARTS,
    }
    return [code for code, broken in checks.items() if broken]


def _first_sentence(text: str) -> str:
    return text.partition(": ")[2].partition(". ")[0]


def _has_hazard(text: str, language: str) -> bool:
    said = _first_sentence(text)
    known = (one for words in KIND_WORDS.values() for one in (words.short, words.attempt_short))
    return said.startswith(tuple(say(language, one) for one in known))


def _has_place(text: str) -> bool:
    """Between the hazard and the time there is a stretch of its own."""
    said = [part.strip() for part in _first_sentence(text).split(",")]
    return any(part and not _DAY.search(part) for part in said[1:])


def _has_acts(text: str, language: str) -> bool:
    lowered = text.partition(". ")[2].lower()
    return any(say(language, words.short) in lowered for words in ADVICE_WORDS.values())
