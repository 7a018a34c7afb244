"""What must not stand in a register: personal numbers, and that somebody lives with a protected identity."""

import re
import unicodedata

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.phone import read_phone

# A personal number, or one of those given to people who are not registered (day + 60, or a letter among the last
# four), with or without its century and however it is parted.
_NUMBER = re.compile(
    r"(?<!\d)(?P<century>1[89]|20)?(?P<year>\d\d)[-. /]?(?P<month>\d\d)[-. /]?(?P<day>\d\d)"
    r"(?P<gap> ?[-+]? ?)(?P<last>\d{4}|[A-Za-zÅÄÖåäö]\d{3})(?!\d)"
)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_PROTECTED = re.compile(
    r"skydda[dt]|skydd av person|sekretess|kvarskriv|fingera[dt]|protected (?:id|person|address|registr)"
)
_NOT = re.compile(r"\b(?:ej|icke|inte|ingen|inget|utan|no|not)\b")
_ANSWERS_NO = frozenset({"", "-", "0", "n", "nej", "ej", "inte", "ingen", "inget", "no", "false", "falskt"})


def is_personal_number(cell: str) -> bool:
    """Whether the cell is one and nothing else."""
    kept, number = without_personal_numbers(cell)
    return number == 1 and not kept


def without_personal_numbers(cell: str) -> tuple[str, int]:
    """The cell without any personal number in it, and how many there were."""
    if sum(char.isdigit() for char in cell) < 9:
        return cell, 0
    plain = unicodedata.normalize("NFKC", cell).translate(_DASHES)
    found = [match for match in _NUMBER.finditer(plain) if _is_meant(match)]
    if not found:
        return cell, 0
    for match in reversed(found):
        plain = f"{plain[: match.start()]} {plain[match.end() :]}"
    return " ".join(plain.split()).strip(" ,;:()"), len(found)


def _is_meant(match: re.Match[str]) -> bool:
    """A date and the right check digit. Where the form itself says so, a wrong digit is a slip of somebody's pen;
    where it could as well be a telephone number, it is one."""
    month, day = int(match["month"]), int(match["day"])
    if month > 12 or not (day <= 31 or 60 <= day <= 91):
        return False
    sign = match["gap"].strip()
    is_dated = month > 0 and day % 60 > 0
    if match["century"]:
        return is_dated
    if not match["last"].isdecimal():
        return is_dated and bool(sign)
    if _checks(match["year"] + match["month"] + match["day"] + match["last"]):
        return bool(sign) or not _is_phone(match[0])
    return bool(sign) and is_dated and not _is_phone(match[0])


def _checks(digits: str) -> bool:
    """The Luhn sum of ten digits."""
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(digits))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _is_phone(text: str) -> bool:
    if not text.startswith("0"):
        return False
    try:
        read_phone(text)
    except Refused:
        return False
    return True


def marks_protection(cell: str, *, in_own_column: bool = False) -> bool:
    """Whether a cell says that somebody has a protected identity; in a column for that, anything but a no says so."""
    text = unicodedata.normalize("NFKC", cell).casefold().strip()
    if in_own_column:
        return text not in _ANSWERS_NO and not _NOT.match(text)
    return _PROTECTED.search(text) is not None and not _NOT.match(text)
