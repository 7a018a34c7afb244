"""A row of a list, read by what its columns mean: who it is about, how they are reached, what they have agreed to, and
everything that is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from grannsamverkan.domain.membership.lists.columns import PHONES, Meaning
from grannsamverkan.domain.membership.lists.parts import Address, Parts, plain_number, read_address
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.mailbox import read_mailbox
from grannsamverkan.foundation.phone import PhoneKind, read_phone
from grannsamverkan.foundation.ports import ChannelKind

LONGEST_LABEL = 60
_NO_ANSWER = frozenset({"-", "–", "—", ".", "?", "saknas", "ingen", "inget", "okänd", "okänt", "n/a", "none", "null"})
_ISO = re.compile(r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)(?: \d\d:\d\d(?::\d\d)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
_IN_WORDS = re.compile(r"(?:den )?(\d{1,2})[.:]? ?([a-zå]{3,9})\.? (\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_ENGLISH = {"may": "maj", "oct": "okt"}
_DATE_CELL = re.compile(r"\d{4}-\d\d-\d\d")
_EARLIEST = 1980


@dataclass(frozen=True)
class Problem:
    """Something wrong: with the cell of a column, or (None) with the row as a whole."""

    column: int | None
    code: str


@dataclass(frozen=True)
class Reading:
    """What a row says. `consented_on` and `consent_source` are both there, or neither is (or there is a problem)."""

    number: int
    name: str = ""
    address: Address = field(default_factory=Address)
    unit_id: int | None = None
    addresses: tuple[tuple[ChannelKind, str], ...] = ()
    landline: str = ""
    consented_on: date | None = None
    consent_source: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def has_consent(self) -> bool:
        return self.consented_on is not None and bool(self.consent_source)

    @property
    def place(self) -> str:
        """Nybyvägen 3A, lgh 1102"""
        street = f"{self.address.street} {self.address.number}".strip()
        return ", ".join(part for part in (street, f"lgh {self.address.flat}" if self.address.flat else "") if part)

    @property
    def label(self) -> str:
        """How a contact person knows the household."""
        return ", ".join(part for part in (self.place, self.name) if part)[:LONGEST_LABEL]


class RowReader:
    """Reads rows of one list: by the meanings of its columns, against the network's parts (None: not known here)."""

    def __init__(
        self, meanings: Mapping[int, Meaning], parts: Parts | None, *, today: date, consent_source: str = ""
    ) -> None:
        self._at = {meaning: at for at, meaning in meanings.items()}
        self._parts, self._today, self._source = parts, today, consent_source

    def read(self, number: int, cells: Sequence[str]) -> Reading:
        """The row, with every problem it has."""
        given = {
            meaning: cells[at]
            for meaning, at in self._at.items()
            if cells[at] and cells[at].casefold() not in _NO_ANSWER
        }
        problems: list[Problem] = []
        name = given.get(Meaning.NAME) or " ".join(
            given[part] for part in (Meaning.FIRST_NAME, Meaning.LAST_NAME) if part in given
        )
        if len(name) > LONGEST_LABEL:
            problems.append(self._problem("name_too_long", Meaning.NAME, Meaning.FIRST_NAME, Meaning.LAST_NAME))
        address = self._address(given, problems)
        unit_id = self._unit(address, given, problems)
        addresses, landline = self._reached(given, problems)
        consented_on, source = self._consent(given, problems)
        reading = Reading(
            number, name, address, unit_id, addresses, landline, consented_on, source, problems=tuple(problems)
        )
        missing = "" if problems else _what_is_missing(reading)
        return replace(reading, problems=(Problem(None, missing),)) if missing else reading

    def _problem(self, code: str, *meanings: Meaning) -> Problem:
        return Problem(next((self._at[one] for one in meanings if one in self._at), None), code)

    def _address(self, given: Mapping[Meaning, str], problems: list[Problem]) -> Address:
        problems.extend(
            self._problem("cell_is_a_date", meaning)
            for meaning in (Meaning.HOUSE_NUMBER, Meaning.FLAT, Meaning.STAIRWELL)
            if _DATE_CELL.fullmatch(given.get(meaning, ""))
        )
        whole = read_address(given.get(Meaning.ADDRESS, ""))
        number = plain_number(given.get(Meaning.HOUSE_NUMBER, "")) or whole.number
        flat = given.get(Meaning.FLAT, "").casefold().removeprefix("lgh").strip(" .").upper() or whole.flat
        if len(f"{whole.street} {number} {flat}") > LONGEST_LABEL:
            problems.append(self._problem("address_too_long", Meaning.ADDRESS, Meaning.HOUSE_NUMBER, Meaning.FLAT))
        return Address(whole.street, number, flat)

    def _unit(self, address: Address, given: Mapping[Meaning, str], problems: list[Problem]) -> int | None:
        if self._parts is None or problems:
            return None
        unit_id, wrong = self._parts.find(address, given.get(Meaning.STAIRWELL, ""))
        if wrong:
            problems.append(self._problem(wrong, Meaning.ADDRESS, Meaning.STAIRWELL))
        return unit_id

    def _reached(
        self, given: Mapping[Meaning, str], problems: list[Problem]
    ) -> tuple[tuple[tuple[ChannelKind, str], ...], str]:
        """(mobile numbers and mail addresses, the fixed line); what kind a number is, the number itself says."""
        found: dict[tuple[ChannelKind, str], None] = {}
        landline = ""
        for meaning in (*PHONES, Meaning.EMAIL):
            for text in _pieces(meaning, given.get(meaning, "")):
                is_mail = meaning is Meaning.EMAIL or "@" in text
                try:
                    channel, value = _mailbox(text) if is_mail else _phone(text)
                except Refused as refused:
                    problems.append(self._problem(refused.code, meaning))
                    continue
                if channel is None:
                    landline = landline or value
                else:
                    found[channel, value] = None
        return tuple(found), landline

    def _consent(self, given: Mapping[Meaning, str], problems: list[Problem]) -> tuple[date | None, str]:
        said, source = given.get(Meaning.CONSENT_ON, ""), given.get(Meaning.CONSENT_SOURCE, "")
        if not said:
            if source:
                problems.append(self._problem("consent_date_missing", Meaning.CONSENT_ON, Meaning.CONSENT_SOURCE))
            return None, ""
        day = read_day(said)
        if day is None or day.year < _EARLIEST:
            problems.append(self._problem("consent_date_unreadable", Meaning.CONSENT_ON))
        elif day > self._today:
            problems.append(self._problem("consent_date_future", Meaning.CONSENT_ON))
        elif not (source or self._source):
            problems.append(self._problem("consent_source_missing", Meaning.CONSENT_SOURCE, Meaning.CONSENT_ON))
        return day, (source or self._source)[:200]


def _what_is_missing(reading: Reading) -> str:
    """What a row needs to be anybody: a way to them by message or paper."""
    if reading.has_consent:
        return "" if reading.addresses or reading.label else "nobody_to_reach"
    return "" if reading.label else "nobody_to_ask"


def _pieces(meaning: Meaning, text: str) -> list[str]:
    """Where numbers and mail addresses share a cell, each by itself; else the cell as it is."""
    if not text:
        return []
    if meaning is not Meaning.CONTACT:
        return [text]
    pieces = [piece for piece in re.split(r"[,;] *", text) if piece]
    numbers = [piece for piece in pieces if "@" not in piece]
    return [piece for piece in pieces if "@" in piece] + ([", ".join(numbers)] if numbers else [])


def _phone(text: str) -> tuple[ChannelKind | None, str]:
    phone = read_phone(text)
    if phone.kind is PhoneKind.OTHER_COUNTRY:
        raise Refused("phone_other_country")
    return (ChannelKind.SMS if phone.kind is PhoneKind.MOBILE else None), phone.e164


def _mailbox(text: str) -> tuple[ChannelKind, str]:
    pieces = [piece for piece in re.split(r"[,;\s/]+", text) if piece]
    if sum("@" in piece for piece in pieces) > 1:
        raise Refused("email_two")
    return ChannelKind.EMAIL, read_mailbox(text)


def read_day(text: str) -> date | None:
    """A day as Swedes and spreadsheets write it; None for anything that could be read in two ways."""
    plain = text.casefold().strip()
    if match := _ISO.fullmatch(plain):
        year, month, day = match[1], match[2], match[3]
    elif match := _DAY_FIRST.fullmatch(plain):
        day, month, year = match[1], match[2], match[3]
    elif match := _IN_WORDS.fullmatch(plain):
        name = _ENGLISH.get(match[2][:3], match[2][:3])
        if name not in _MONTHS:
            return None
        day, month, year = match[1], str(_MONTHS.index(name) + 1), match[3]
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
