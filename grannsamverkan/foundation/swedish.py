"""Swedish order, search, dates and times, the same on every server whatever locales it has.

Neither database can be trusted with å ä ö: PostgreSQL orders them by the server's locale, and SQLite's lower() and LIKE
leave them alone. So two columns are made here: one to order by and one to search in.
"""

import unicodedata
from datetime import date, datetime, time, timedelta

from babel.dates import format_date

from grannsamverkan.foundation.clock import STOCKHOLM

# After z, in the order å ä ö: private-use letters sort after every Latin letter in both databases.
_AFTER_Z = str.maketrans({"å": "\ue000", "ä": "\ue001", "æ": "\ue001", "ö": "\ue002", "ø": "\ue002"})


def sort_key(text: str) -> str:
    """To order by: case and accents gone, å ä ö last, as in a Swedish telephone book."""
    return _without_accents(unicodedata.normalize("NFC", text).casefold().translate(_AFTER_Z))


def search_key(text: str) -> str:
    """To search in: case and accents gone, but å ä ö kept, since they are letters of their own."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return "".join(char if char in "åäö" else _without_accents(char) for char in folded)


def day_in_words(day: date) -> str:
    """tisdag 4 mars"""
    return format_date(day, "EEEE d MMMM", locale="sv")


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


def next_hour(moment: datetime, hour: int) -> datetime:
    """The next time a clock in Sweden shows this whole hour, also over the nights when it is put forward or back."""
    here = in_sweden(moment)
    day = here.date() if hour > here.hour else here.date() + timedelta(days=1)
    return datetime.combine(day, time(hour), STOCKHOLM)


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
