"""Telephone numbers as Swedes write them, and how they are shown and masked.

Validity is judged here, at the doors. A number already stored is never judged again on its way out.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from grannsamverkan.foundation.errors import Refused


class PhoneKind(StrEnum):
    """What can be done with a number: only MOBILE, and OTHER_COUNTRY where the settings allow it, takes an SMS."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    OTHER_COUNTRY = "other_country"


@dataclass(frozen=True)
class Phone:
    """A number that can be reached: `e164` as +46701740605."""

    e164: str
    kind: PhoneKind


_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_EXCEL_POWER = re.compile(r"(?<!\d)\d++(?:[.,]\d*+)?e\+?\d+", re.IGNORECASE)
_EXCEL_FRACTION = re.compile(r"\+?(?<!\d)\d{7,}+[.,]0+")
_NO_DIGIT = re.compile(r"\D+")
_USUAL_MOBILE = re.compile(r"(?:\+46|0)[- ]?(7[02369](?:[- ]?\d){7})", re.ASCII)
_EMERGENCY = frozenset({"112", "11414", "11313", "1177", "90000"})
_SWEDISH_MOBILE_DIGITS = 9  # after the 0: series 70, 72, 73, 76 or 79, then seven (PTS numbering plan)
_SHORTEST_OF_TWO = 8  # two groups of at least this many digits are two numbers, since one has at most 14 with 0046
_ACCEPTED = {
    PhoneNumberType.MOBILE: PhoneKind.MOBILE,
    PhoneNumberType.FIXED_LINE: PhoneKind.LANDLINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: PhoneKind.MOBILE,
    PhoneNumberType.VOIP: PhoneKind.LANDLINE,
    PhoneNumberType.PERSONAL_NUMBER: PhoneKind.LANDLINE,
    PhoneNumberType.UAN: PhoneKind.LANDLINE,
}


def read_phone(text: str) -> Phone:
    """The number somebody typed or a register held, in any Swedish spelling.

    Refused with one of: phone_empty, phone_not_a_number, phone_excel_mangled, phone_two_numbers, phone_emergency,
    phone_too_short, phone_too_long, phone_premium, phone_service_number, phone_unknown_series. No fact ever holds the
    number itself. Letters are never read as digits; a note before or after the number ("(Anna)") is left out.
    """
    written = _without_wrapping(text)
    if not written:
        raise Refused("phone_empty")
    usual = _USUAL_MOBILE.fullmatch(written)
    if usual:  # by far the most: the same answer in a tenth of the time
        return Phone("+46" + _NO_DIGIT.sub("", usual[1]), PhoneKind.MOBILE)
    if _EXCEL_POWER.fullmatch(written) or _EXCEL_FRACTION.fullmatch(written):
        raise Refused("phone_excel_mangled")
    spaced = _without_notes(written)
    _refuse_two_numbers(spaced)
    digits = _NO_DIGIT.sub("", spaced)
    if digits in _EMERGENCY:
        raise Refused("phone_emergency")
    number = _parsed(_international(spaced, digits), len(digits))
    return _judged(number)


def show(e164: str) -> str:
    """As a Swede writes it: 070-174 06 05, 08-465 004 00; other countries as +45 32 12 34 56. Never refuses."""
    swedish = e164.removeprefix("+46")
    if swedish != e164 and swedish.startswith("7") and len(swedish) >= _SWEDISH_MOBILE_DIGITS:
        return f"0{swedish[:2]}-{swedish[2:5]} {_in_pairs(swedish[5:])}"
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = number.country_code == phonenumbers.country_code_for_region("SE")
    style = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def mask(e164: str) -> str:
    """For screens, prints and errors: 070-••• •• 05, enough to recognise one's own and no more."""
    shown = show(e164)
    kept = re.match(r"\+\d+(?= )|\d{2,4}(?=-)", shown)
    start = kept.end() if kept else 0
    end = max(len(shown) - 2, start)
    return shown[:start] + re.sub(r"\d", "•", shown[start:end]) + shown[end:]


def _without_wrapping(text: str) -> str:
    """One width of digits, one dash, one space; without Excel's text marks and a link's tel:."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    plain = "".join(char for char in plain if unicodedata.category(char) not in ("Cf", "Cc") or char.isspace())
    plain = re.sub(r"\s+", " ", plain).strip()
    formula = re.fullmatch(r'="?([^"]*)"?', plain)
    plain = (formula[1] if formula else plain).strip(" '\"")
    return re.sub(r"^(?:tel|sms|callto):", "", plain, flags=re.IGNORECASE).strip()


def _without_notes(written: str) -> str:
    """The stretch from the first digit, or the + or ( before it, to the last; a word inside it is refused."""
    stretch = re.search(r"(?<![+(])[+(]*+\d(?:.*\d)?", written)
    if stretch is None:
        raise Refused("phone_not_a_number")
    spaced = stretch[0]
    if any(char.isalpha() for char in re.sub(r"\b(?:och|eller|samt|alt)\b", "/", spaced, flags=re.IGNORECASE)):
        raise Refused("phone_not_a_number")
    return spaced


def _refuse_two_numbers(spaced: str) -> None:
    for gap in _NO_DIGIT.finditer(spaced):
        before = sum(char.isdigit() for char in spaced[: gap.start()])
        after = sum(char.isdigit() for char in spaced[gap.end() :])
        if before >= _SHORTEST_OF_TWO and after >= _SHORTEST_OF_TWO:
            raise Refused("phone_two_numbers")


def _international(spaced: str, digits: str) -> str:
    """+46 and the rest; a register that lost the first 0 or the + is helped where only one reading is possible."""
    if spaced.lstrip("(").startswith("+"):
        foreign = digits
    elif digits.startswith("00"):
        foreign = digits[2:]
    elif digits.startswith("46") and len(digits) >= len("46") + _SWEDISH_MOBILE_DIGITS:
        foreign = digits
    else:
        return "+46" + digits.removeprefix("0")
    return "+46" + foreign[2:].removeprefix("0") if foreign.startswith("46") else "+" + foreign


def _parsed(international: str, digit_count: int) -> PhoneNumber:
    try:
        return phonenumbers.parse(international, None)
    except phonenumbers.NumberParseException as problem:
        code = {
            problem.TOO_LONG: "phone_too_long",
            problem.TOO_SHORT_NSN: "phone_too_short",
            problem.TOO_SHORT_AFTER_IDD: "phone_too_short",
        }.get(problem.error_type, "phone_not_a_number")
    raise Refused(code, digits=digit_count)


def _judged(number: PhoneNumber) -> Phone:
    if not phonenumbers.is_valid_number(number):
        raise Refused(_why_invalid(number), digits=len(phonenumbers.national_significant_number(number)))
    use = phonenumbers.number_type(number)
    if use == PhoneNumberType.PREMIUM_RATE:
        raise Refused("phone_premium")
    if use not in _ACCEPTED:
        raise Refused("phone_service_number")
    kind = _ACCEPTED[use]
    if kind is PhoneKind.MOBILE and number.country_code != phonenumbers.country_code_for_region("SE"):
        kind = PhoneKind.OTHER_COUNTRY
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164), kind)


def _why_invalid(number: PhoneNumber) -> str:
    national = phonenumbers.national_significant_number(number)
    if number.country_code == phonenumbers.country_code_for_region("SE") and re.match(r"7[02369]", national):
        if len(national) != _SWEDISH_MOBILE_DIGITS:
            return "phone_too_short" if len(national) < _SWEDISH_MOBILE_DIGITS else "phone_too_long"
        return "phone_unknown_series"
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        return "phone_too_short"
    return "phone_too_long" if reason == ValidationResult.TOO_LONG else "phone_unknown_series"


def _in_pairs(digits: str) -> str:
    """Two and two; an odd one joins the last pair."""
    last = len(digits) - 2 - len(digits) % 2
    return " ".join([*(digits[at : at + 2] for at in range(0, last, 2)), digits[last:]])
