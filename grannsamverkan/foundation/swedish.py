"""Swedish order, search, dates and times, the same on every server whatever locales it has.

Neither database can be trusted with å ä ö: PostgreSQL orders them by the server's locale, and SQLite's lower() and LIKE
leave them alone. So two columns are made here: one to order by and one to search in.
"""

import unicodedata
from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_date

from grannsamverkan.foundation.clock import STOCKHOLM

# Out of the way while accents are taken off, and back again.
_KEPT = str.maketrans({"å": "\ue000", "ä": "\ue001", "ö": "\ue002"})
_GIVEN_BACK = str.maketrans({"\ue000": "å", "\ue001": "ä", "\ue002": "ö"})
# After z, in the order å ä ö: private-use letters sort after every Latin letter in both databases.
_AFTER_Z = str.maketrans({"å": "\ue000", "ä": "\ue001", "æ": "\ue001", "ö": "\ue002", "ø": "\ue002"})


def sort_key(text: str) -> str:
    """To order by: case and accents gone, å ä ö last, as in a Swedish telephone book."""
    return _without_accents(unicodedata.normalize("NFC", text).casefold().translate(_AFTER_Z))


def number_aware(label: str) -> list[tuple[int, int | str]]:
    """To order homes by, in Python: Nybyvägen 2 before Nybyvägen 10."""
    parts = sort_key(label).replace(",", " ").split()
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts]


def search_key(text: str) -> str:
    """To search in: case and accents gone, but å ä ö kept, since they are letters of their own."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return folded if folded.isascii() else _without_accents(folded.translate(_KEPT)).translate(_GIVEN_BACK)


def plain_key(text: str) -> str:
    """To search in for whoever types no å, ä or ö: they are a, a and o."""
    return _without_accents(unicodedata.normalize("NFC", text).casefold())


def day_in_words(day: date) -> str:
    """tisdag 4 mars"""
    return format_date(day, "EEEE d MMMM", locale="sv")


def whole_day_in_words(day: date) -> str:
    """tisdag 4 mars 2025: for what may be read in another year."""
    return format_date(day, "EEEE d MMMM y", locale="sv")


def month_in_words(day: date) -> str:
    """mars"""
    return format_date(day, "MMMM", locale="sv")


def short_day(day: date) -> str:
    """tis 4/3, as in an SMS"""
    return format_date(day, "E d/M", locale="sv")


def night_to(day: date) -> str:
    """natt till tisdag 4 mars: the night that ends on the morning of that day"""
    return f"natt till {day_in_words(day)}"


def clock_in_words(moment: datetime) -> str:
    """klockan 14.10, Swedish time; ValueError for a time without a zone."""
    return f"klockan {in_sweden(moment):%H.%M}"


def in_sweden(moment: datetime) -> datetime:
    """The same moment on a clock in Stockholm; ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone says nothing")
    return moment.astimezone(STOCKHOLM)


def is_between(hour: int, begins: int, ends: int) -> bool:
    """Whether an hour of the day lies between two others, the last one left out; 21 to 7 goes over midnight."""
    return begins <= hour < ends if begins < ends else hour >= begins or hour < ends


def next_hour(here: datetime, hour: int) -> datetime:
    """The next time a clock in Sweden shows this whole hour, in UTC; also over the nights when it is put forward or
    back, where times of its own zone can be neither added to nor compared."""
    day = here.date() if hour > here.hour else here.date() + timedelta(days=1)
    return datetime.combine(day, time(hour), here.tzinfo).astimezone(UTC)


def end_of_day(moment: datetime) -> datetime:
    """The last moment of the day that it is in Sweden, in UTC."""
    return datetime.combine(in_sweden(moment).date(), time.max, STOCKHOLM).astimezone(UTC)


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
