"""What the columns of a list mean: guessed from their headings, else from what stands in them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grannsamverkan.domain.membership.lists.marks import is_personal_number
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.phone import read_phone

Row = tuple[int, Sequence[str]]  # its number as a spreadsheet shows it, and its cells


class Meaning(StrEnum):
    """What a column holds. The last four are never taken in, and what stands in the last three is never stored."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    ADDRESS = "address"
    HOUSE_NUMBER = "house_number"
    FLAT = "flat"
    STAIRWELL = "stairwell"
    PHONE = "phone"
    SECOND_PHONE = "second_phone"
    LANDLINE = "landline"
    EMAIL = "email"
    CONTACT = "contact"
    CONSENT_ON = "consent_on"
    CONSENT_SOURCE = "consent_source"
    NOTHING = "nothing"
    NOTE = "note"
    PERSONAL_NUMBER = "personal_number"
    PROTECTION = "protection"


NEVER_STORED = frozenset({Meaning.NOTE, Meaning.PERSONAL_NUMBER, Meaning.PROTECTION})
PHONES = (Meaning.PHONE, Meaning.SECOND_PHONE, Meaning.LANDLINE, Meaning.CONTACT)
CHOICES = tuple(meaning for meaning in Meaning if meaning not in NEVER_STORED)

_BETWEEN = re.compile(r"[\W_]+")
_CONSENT = r"medgiv|samtyck|consent"
_WHERE = r"källa|source|\bvar\b|\bhur\b|\bfrån\b|underlag|blankett|\bhow\b|\bwhere\b"
# The first that fits decides: a "Kontaktadress - Postnummer" is a postcode before it is an address.
_HEADINGS: tuple[tuple[Meaning, str], ...] = (
    (Meaning.PERSONAL_NUMBER, r"person ?(?:nr|nummer|id\b)|personal (?:id|number)|\bpers ?nr|samordningsn|\bssn\b"),
    (Meaning.PROTECTION, r"skydd|sekretess|protected"),
    (Meaning.CONSENT_SOURCE, rf"(?:{_CONSENT}).{{0,60}}(?:{_WHERE})|(?:{_WHERE}).{{0,60}}(?:{_CONSENT})"),
    (Meaning.CONSENT_ON, _CONSENT),
    (Meaning.NOTE, r"anteckn|noter|komment|övrig|\bnotes?\b|comment|\binfo\b|anmärkn|\banm\b"),
    (Meaning.NOTHING, r"post ?(?:nr|nummer|ort|kod)|\bzip\b|\bcity\b|\btown\b|\bort\b|\bstad\b|\bland\b|country"),
    (Meaning.NOTHING, r"född|födelse|birth|\bålder\b|\bkön\b|nationalitet|kommun|medlemsn|medlem (?:sedan|t)"),
    (Meaning.NOTHING, r"\balt\b|\bc o\b|användar|faktura|\bbetal"),
    (Meaning.CONTACT, r"^nummer och mejl$"),
    (Meaning.EMAIL, r"\be ?post|\be ?mail|mejl|\bmail"),
    (Meaning.SECOND_PHONE, r"(?:mobil|telefon|tel|phone)(?:nr|nummer)? ?2\b"),
    (Meaning.SECOND_PHONE, r"(?:andra|annan|extra|second) (?:mob|tel|pho)"),
    (Meaning.LANDLINE, r"fast tele|hem ?tel|bostadstel|telefon (?:hem|bostad)|tel (?:hem|bostad)|landline|home phone"),
    (Meaning.PHONE, r"mobil|telefon|\btele?\b|\btfn\b|phone|\bcell|\bsms\b"),
    (Meaning.NAME, r"för och efternamn|first and last name"),
    (Meaning.FIRST_NAME, r"förnamn|first name|given name|tilltalsnamn"),
    (Meaning.LAST_NAME, r"efternamn|surname|last name|family name"),
    (Meaning.ADDRESS, r"^gata eller trapphus$"),
    (Meaning.NAME, r"\bnamn\b|\bname\b|^medlem$|^boende$|^hushåll$|^household$"),
    (Meaning.FLAT, r"\blgh|lägenh|\bflat\b|apartment|\bapt\b"),
    (Meaning.STAIRWELL, r"trapp|uppgång|\bport\b|\bentré|stairw|staircase|\bentrance\b"),
    (Meaning.HOUSE_NUMBER, r"hus ?n(?:r|ummer)|gatun(?:r|ummer)|house n|street n|^(?:nr|nummer|no|number)$"),
    (Meaning.ADDRESS, r"\bgata\b|gatunamn|add?ress|^street|\bväg(?:namn)?\b"),
)
_RULES = tuple((meaning, re.compile(pattern)) for meaning, pattern in _HEADINGS)
_MAIL = re.compile(r"(?<![^@\s])[^@\s]++@[^@\s]+\.[^@\s]+")
_STREET = re.compile(r"[^\W\d][^\d]{2,40} \d{1,4} ?[A-Za-z]?(?:,.*)?")
_LOOKED_AT = 50
_MOST_CELLS = 0.6
_HEADING_WITHIN = 20  # rows


@dataclass(frozen=True)
class Guess:
    """What a column seems to mean; `is_one_of_several`: others seem to mean the same, and somebody has to choose."""

    meaning: Meaning
    by_content: bool = False
    is_one_of_several: bool = False


def by_heading(heading: str) -> Meaning | None:
    """What a heading says; None for one that says nothing to us."""
    words = _BETWEEN.sub(" ", unicodedata.normalize("NFKC", heading).casefold()).strip()
    if not words:
        return None
    return next((meaning for meaning, rule in _RULES if rule.search(words)), None)


def by_content(cells: Iterable[str], *, is_headless: bool) -> Meaning | None:
    """What the cells of a column seem to be. Names and streets are only guessed where there are no headings."""
    filled = [cell for cell in cells if cell][:_LOOKED_AT]
    counted = Counter(_kind_of(cell) for cell in filled)
    for meaning, number in counted.most_common(1):
        is_usual = number >= _MOST_CELLS * len(filled)
        if meaning is not None and is_usual and (is_headless or meaning not in (Meaning.NAME, Meaning.ADDRESS)):
            return meaning
    return None


def _kind_of(cell: str) -> Meaning | None:
    if is_personal_number(cell):
        return Meaning.PERSONAL_NUMBER
    if _MAIL.fullmatch(cell):
        return Meaning.EMAIL
    if _is_phone(cell):
        return Meaning.PHONE
    if _STREET.fullmatch(cell):
        return Meaning.ADDRESS
    if len(cell.split()) in (2, 3) and all(char.isalpha() or char in " -'." for char in cell) and cell[0].isupper():
        return Meaning.NAME
    return None


def _is_phone(cell: str) -> bool:
    digits = sum(char.isdigit() for char in cell)
    if not 7 <= digits <= 14 or any(char.isalpha() for char in cell):
        return False
    try:
        read_phone(cell)
    except Refused:
        return False
    return True


def guess(headings: Sequence[str], rows: Sequence[Row]) -> list[Guess]:
    """A guess for every column. Headings are empty where there are none."""
    is_headless = not any(headings)
    found = [
        _guessed(heading, [cells[at] for _, cells in rows], is_headless=is_headless)
        for at, heading in enumerate(headings)
    ]
    if is_headless:
        found = _second_phone(found)
    counted = Counter(one.meaning for one in found if one.meaning not in (*NEVER_STORED, Meaning.NOTHING))
    return [
        Guess(one.meaning, one.by_content, counted[one.meaning] > 1) if counted[one.meaning] > 1 else one
        for one in found
    ]


def _guessed(heading: str, cells: list[str], *, is_headless: bool) -> Guess:
    said, holds = by_heading(heading), by_content(cells, is_headless=is_headless)
    if holds is Meaning.PERSONAL_NUMBER:
        return Guess(holds, by_content=said is not holds)
    if said is not None:
        return Guess(said)
    return Guess(holds, by_content=True) if holds is not None else Guess(Meaning.NOTHING)


def _second_phone(found: list[Guess]) -> list[Guess]:
    """Without headings two columns of numbers are a first and a second one."""
    phones = [at for at, one in enumerate(found) if one.meaning is Meaning.PHONE]
    if len(phones) == 2:
        found[phones[1]] = Guess(Meaning.SECOND_PHONE, by_content=True)
    return found


def heading_at(rows: Sequence[Row]) -> int | None:
    """The index of the row with the headings; rows above it are a title or blank. None: the list begins at once."""
    best, most = None, 0
    for at, (_, cells) in enumerate(rows[:_HEADING_WITHIN]):
        known = sum(by_heading(cell) is not None for cell in cells if _could_be_heading(cell))
        filled = sum(bool(cell) for cell in cells)
        is_title = filled == 1 and len(cells) > 1
        if known > most and not is_title and not any(_tells_of_somebody(cell) for cell in cells):
            best, most = at, known
    return best if best is not None else _by_shape(rows)


def _by_shape(rows: Sequence[Row]) -> int | None:
    """Words that are all different, over rows with figures in them, are headings in a language we do not know."""
    width = max((sum(bool(cell) for cell in cells) for _, cells in rows[:_LOOKED_AT]), default=0)
    for at, (_, cells) in enumerate(rows[:_HEADING_WITHIN]):
        filled = [cell for cell in cells if cell]
        if len(filled) < max(2, width - 1):
            continue
        below = [cells for _, cells in rows[at + 1 : at + 1 + _LOOKED_AT]]
        has_figures = any(any(char.isdigit() for char in cell) for row in below for cell in row)
        is_words = len(set(filled)) == len(filled) and not any(_tells_of_somebody(cell) for cell in filled)
        return at if has_figures and is_words and not any(cell.isdigit() for cell in filled) else None
    return None


def _could_be_heading(cell: str) -> bool:
    return 0 < len(cell) <= 60 and sum(char.isdigit() for char in cell) <= 1


def _tells_of_somebody(cell: str) -> bool:
    return sum(char.isdigit() for char in cell) > 4 or _MAIL.fullmatch(cell) is not None
