"""What a free text must not carry into a warning: anything that points out a person, a household or a way to be lured.

Only hard identifiers are judged here. The words found go back to the writer and nowhere else.
"""

import re
import unicodedata
from dataclasses import dataclass

FREE_TEXT_MAX_CHARS = 200


@dataclass(frozen=True)
class Finding:
    """`code` is one of GUARD_CODES; `words` the stretch of the text it is about, empty for too_long."""

    code: str
    words: str


_TWO_DAYS = r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"  # coordination numbers add 60 to the day
_PERSONAL_NUMBER = re.compile(
    r"(?<!\d)(?!07[02369]\d{7}(?!\d))"  # ten digits from 070 on are a telephone number
    rf"(?:(?:19|20)\d\d|\d\d)[- ]?(?:0[1-9]|1[0-2])[- ]?{_TWO_DAYS}\s?[-+ ]?\s?(?:\d{{4}}|[xX*]{{4}})(?![\dxX*])"
)
_EMAIL = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|\bsnabel-?a\b)\s?[\w-]+(?:\s?\.\s?[\w-]+)+", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?:\s?//|www\s?\.)\s?\S+"
    r"|\b[\w-]+(?:\.|\s(?:punkt|dot)\s)(?:se|com|nu|org|net|info|eu|io|ly|me|app|dk|no|fi|de|uk|example)\b(?:/\S*)?",
    re.IGNORECASE,
)
# Plates: three letters without I, Q, V and å ä ö, two digits, a digit or a letter (Transportstyrelsen).
_PLATE_UPPER = re.compile(
    r"(?<![A-Za-zÅÄÖåäö])[A-HJ-PR-UW-Z](?:[ -]?[A-HJ-PR-UW-Z]){2}[ -]?\d[ -]?\d[ -]?[\dA-HJ-PR-UW-Z]\b"
)
_PLATE_LOWER = re.compile(r"(?<![a-zåäö])([a-hj-pr-uw-z]{3})([ -]?)\d\d[\da-hj-pr-uw-z]\b", re.IGNORECASE)
_EVERYDAY = frozenset(
    {"att", "den", "dem", "det", "dom", "ett", "hem", "hon", "hus", "kan", "kom", "lag", "man", "med", "men", "mer"}
    | {"mot", "nej", "ner", "nog", "och", "oss", "per", "rum", "sen", "ser", "ska", "som", "tar", "tog", "ton", "tre"}
    | {"typ", "upp", "ute", "bra", "bus", "dag", "fem", "sex", "sju", "tur", "par", "hel", "bor", "bot", "fel", "ljus"}
)
# Times and dates look like telephone numbers to a machine.
_CLOCK_TIME = r"(?:[01]?\d|2[0-4])[.:]?[0-5]\d"
_TIMES = re.compile(
    rf"(?:\bkl(?:ockan)?\.?\s*)?(?<![\d.]){_CLOCK_TIME}\s*(?:-|och|till)\s*(?:kl\.?\s*)?{_CLOCK_TIME}(?![\d.]\d|\d|\s\d\d)"
    r"|(?<![\d-])20\d\d-\d\d-\d\d(?![\d-])"
    r"|(?<![\d/])(?:[12]?\d|3[01]|0\d)/(?:0?[1-9]|1[0-2])(?:[ -/](?:20)?2\d)?(?![\d/]|\s\d\d)"
)
_PHONE = re.compile(
    r"(?<![\d])(?:\+|\(?\+?0)[\d\s().\-/]{5,}\d"  # 070-..., +46 ..., 0046 ..., (08) ...
    r"|(?<!\d)\d{2,4}[ -]\d{2,3}[ -]\d{2}(?:[ -]\d{2})?(?!\d)"  # 174 06 05
    r"|(?<!\d)\d{7,13}(?!\d)"
)
_PHONE_LEAST_DIGITS = 7
_STREET_END = (
    "gata|gatan|gatans|gat|väg|vägen|vägens|gränd|gränden|stig|stigen|torg|torget|allé|allén|alle|allen|backe|backen|"
    "ringen|slingan|slinga|kroken|leden|esplanaden|gången|plan|platsen|vången|svängen|stråket|bron|kajen|rundan|kullen"
)
_HOUSE_NUMBER = re.compile(
    rf"\b(?!(?:riks|läns|europa)?väg\s)(?:[\wéÉ-]*(?:{_STREET_END}))\s?,?\s(?:nr\.?\s|nummer\s)?\d{{1,4}}\s?[A-Za-z]?(?![\wåäö:/.]\d|\w)"
    r"|\b(?:hus(?:et)?|port(?:en)?|uppgång(?:en)?|trappa(?:n)?|lägenhet(?:en)?|lgh|villa(?:n)?|tomt(?:en)?)"
    r"\s?\.?\s(?:nr\.?\s|nummer\s)?\d{1,4}\s?[A-Z]?\b"
    r"|\b(?:husnummer|husnr|gatunummer|lägenhetsnummer|lgh-?nr)\b\.?\s?\d*",
    re.IGNORECASE,
)

_STREET = re.compile(rf"([^\W\d][\w-]*(?:{_STREET_END}))\b", re.IGNORECASE)

GUARD_CODES = ("too_long", "personal_number", "email", "url", "registration_number", "phone", "house_number")


def guard_free_text(text: str) -> list[Finding]:
    """Everything that must be taken out before the text may go with a warning; an empty list lets it pass."""
    plain = _plain(text)
    findings = [Finding("too_long", "")] if len(text.strip()) > FREE_TEXT_MAX_CHARS else []
    for code, pattern in (("personal_number", _PERSONAL_NUMBER), ("email", _EMAIL), ("url", _URL)):
        plain = _take(code, pattern, plain, findings)
    findings += [Finding("registration_number", found) for found in _plates(plain)]
    _take("house_number", _HOUSE_NUMBER, plain, findings)
    findings += [Finding("phone", found) for found in _phones(plain)]
    return findings


def personal_in(text: str) -> list[Finding]:
    """What says something about a person, wherever it is written: a meeting place may have a house number."""
    return [finding for finding in guard_free_text(text) if finding.code not in ("too_long", "house_number")]


def mended(text: str, finding: Finding) -> str:
    """The text without what the finding is about: a street keeps its name, a text that is too long its first part."""
    if finding.code == "too_long":
        return text.strip()[: FREE_TEXT_MAX_CHARS + 1].rpartition(" ")[0][:FREE_TEXT_MAX_CHARS]
    left = replacement(finding)
    plain = text if finding.words in text else _plain(text)
    return re.sub(r" +([.,;:!?])", r"\1", re.sub(r" {2,}", " ", plain.replace(finding.words, left))).strip()


def replacement(finding: Finding) -> str:
    """What may stand instead of the words found: the street without its number; nothing for all else."""
    street = _STREET.match(finding.words) if finding.code == "house_number" else None
    return street[1] if street else ""


def _take(code: str, pattern: re.Pattern[str], text: str, findings: list[Finding]) -> str:
    """The text without what was found, so that one stretch is not reported under two names."""
    findings.extend(Finding(code, found[0].strip()) for found in pattern.finditer(text))
    return pattern.sub(" ¤ ", text)


def _plates(plain: str) -> list[str]:
    upper = [found[0] for found in _PLATE_UPPER.finditer(plain)]
    lower = [
        found[0]
        for found in _PLATE_LOWER.finditer(plain)
        if found[0] not in upper and not (found[2] and found[1].lower() in _EVERYDAY)
    ]
    return upper + lower


def _phones(plain: str) -> list[str]:
    without_times = _TIMES.sub(" ¤ ", plain)
    found = [one[0].strip() for one in _PHONE.finditer(without_times)]
    return [one for one in found if sum(char.isdigit() for char in one) >= _PHONE_LEAST_DIGITS]


def _plain(text: str) -> str:
    """One kind of dash and space, no invisible characters: what hides a number from a pattern."""
    folded = unicodedata.normalize("NFKC", text)
    folded = "".join("-" if char == "\u2212" or unicodedata.category(char) == "Pd" else char for char in folded)
    return "".join(char for char in folded if unicodedata.category(char) != "Cf")
