"""Registration plates of vehicles: Swedish ones wherever they stand, others where a plate is spoken of."""

import re
from collections.abc import Iterator

from grannsamverkan.domain.alerts.guard.folding import Folded
from grannsamverkan.domain.alerts.guard.hits import Hit
from grannsamverkan.domain.alerts.guard.lexicon import word_class

# Three letters without I, Q, V and å ä ö, two digits, a digit or a letter (Transportstyrelsen).
_L = "A-HJ-PR-UW-Z"
_UPPER = re.compile(
    rf"(?<![A-Za-zÅÄÖåäö\d])([{_L}])[ .-]?([{_L}])[ .-]?([{_L}])[ .,/_-]{{0,2}}\d[ -]?\d[ -]?(?:\d|[{_L}](?![a-zåäö]))"
    r"(?!\w|:\d|[.,]\d)"
)
_LOWER = re.compile(
    rf"(?<![^\W_])([{_L}]{{3}})([ .,/_-]?)\d ?\d ?(?:\d|[{_L}])"
    r"(?![\w%]|:\d|[.,]\d| ?(?:kr|kronor|meter|m|liter|st|gånger|år)\b)",
    re.IGNORECASE,
)
_LOWER_APART = re.compile(rf"(?<!\w)[{_L}] [{_L}] [{_L}] \d ?\d ?(?:\d|[{_L}])(?!\w)", re.IGNORECASE)

_SPEAKS = (
    r"(?i:\breg(?:istrerings)?\.? ?-?(?:nr|nummer|numret|skylt|plåt)\w{0,6}|\breg[nm]{0,2}r\b|\bregist?r?eringsn\w{0,8}"
    r"|\breg\b"
    r"|nummer(?:plåt|skylt)\w{0,4}|skylt(?:en|ar|arna)?\b|\bplåt(?:en|ar|arna)?\b|registrerad\w{0,2}\b"
    r"|\bbil(?:en)?s? ?(?:nr|nummer|numret)\b|\bn(?:umme)?r(?:et)? på (?:bilen|släpet|mopeden|skylten)\b"
    r"|\bnumret (?:börja|sluta)\w{1,2}\b)"
)
_SPOKEN_OF = re.compile(
    _SPEAKS
    + r"[^\n!?\d]{0,30}?(?<!\w)((?!(?:SSF|BRF|EN|GPS|SMS|LED|TV|OBS)\b)(?:[A-ZÅÄÖ]{2,7}(?:[ -]?\d{1,6})?[A-ZÅÄÖ]?"
    r"|[A-ZÅÄÖ]{1,3}[ -]?[A-ZÅÄÖ]{0,2} ?\d[\d ]{1,6}\d|\d{2,3} ?[A-Z]{2,3}|[A-Z] [A-Z] [A-Z]"
    r"|[A-ZÅÄÖ]{1,4}\d{1,4}[A-Z]{0,2}))(?!\w)"
)
_PERSONAL = re.compile(
    r"\bpersonlig\w{0,2} (?:reg)?-?(?:registrerings)?(?:skylt|plåt)\w{0,3}[ :'\"]{0,3}(\w{2,8})", re.IGNORECASE
)
_PART = re.compile(
    r"(?:\bslutsiffr\w{0,4}"
    r"|(?:\breg\w{0,20}|skylt\w{0,3}|\bplåt\w{0,3}|\bnumret)[^\d\n.!?]{0,20}(?:börja|sluta)\w{1,2} (?:på|med))"
    r" (\w{1,4})",
    re.IGNORECASE,
)
_OF_VEHICLE = re.compile(r"(?i:\b(?:mc|moped(?:en)?|bil(?:en)?|släp(?:et)?)) ([A-Z]{3} ?\d{2}[A-Z]?)(?!\w)")
_VEHICLE_NEAR = re.compile(r"\b(?:moped|bil|släp|mc|fordon|traktor|skylt|reg|husvagn|plåt)", re.IGNORECASE)
_CALLED = re.compile(
    r"(?:reg\w{0,20}|skylt\w{0,5}|plåt\w{0,4}) ?(?:nr|nummer|är|var|hade|med|:|\.| ){0,4}$", re.IGNORECASE
)
_ROOM = 30


def plates(folded: Folded) -> Iterator[Hit]:
    """Everything that is or may be the plate of a vehicle."""
    text = folded.text
    taken: list[tuple[int, int]] = []
    shouted = text.upper() == text
    for pattern in (_UPPER, _LOWER_APART, _LOWER):
        for found in pattern.finditer(text):
            if not _is_word(text, found, is_sign=pattern is _UPPER and not shouted):
                _take(taken, found.span())
    for pattern in (_PERSONAL, _PART, *(() if shouted else (_SPOKEN_OF, _OF_VEHICLE))):
        for found in pattern.finditer(text):
            _take(taken, found.span(1))
    yield from (Hit("registration_number", start, end) for start, end in sorted(taken))


def _is_word(text: str, found: re.Match[str], *, is_sign: bool) -> bool:
    """Whether the letters are an everyday word or a known abbreviation before a number, and no plate."""
    letters = "".join(char for char in found[0] if char.isalpha())[:3].lower()
    if word_class("acronym").has(letters):
        return True
    if is_sign or " " not in found[0] or not word_class("three_letters").has(letters):
        return False
    before, after = text[max(0, found.start() - _ROOM) : found.start()], text[found.end() : found.end() + _ROOM]
    if _CALLED.search(before):
        return False
    return found[0][-1].isdigit() or not (_VEHICLE_NEAR.search(before) or _VEHICLE_NEAR.search(after))


def _take(taken: list[tuple[int, int]], span: tuple[int, int]) -> None:
    if not any(start < span[1] and span[0] < end for start, end in taken):
        taken.append(span)
