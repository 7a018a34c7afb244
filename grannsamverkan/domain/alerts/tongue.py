"""The words of messages in a reader's language. Fragments are written in Swedish, and each is translated once, in the
catalogue `alerts` of that language; what a person has written stays as it is, and is marked as Swedish.

So is how a date is written: its pattern is translated like everything else.
"""

from datetime import date

from babel.dates import format_date

from grannsamverkan.foundation.catalogues import SWEDISH, catalogue


def say(language: str, words: str, **facts: object) -> str:
    """The fragment in a language, with these facts in it; in Swedish where it has no translation."""
    found = str(catalogue(language, "alerts").gettext(words)) if words else ""
    return found.format(**facts) if facts else found


def say_short(language: str, words: str, **facts: object) -> str:
    """The same as it stands in an SMS, where a language may have to be terser (context `sms` of its catalogue)."""
    found = str(catalogue(language, "alerts").pgettext("sms", words)) if words else ""
    if found == words:
        return say(language, words, **facts)
    return found.format(**facts) if facts else found


def as_written(language: str, words: str) -> str:
    """What somebody has written in Swedish, for a reader of this language."""
    return say(language, "{written}", written=words) if words and language != SWEDISH else words


def on_day(language: str, day: date, pattern: str) -> str:
    """EEEE d MMMM: tisdag 4 mars · E d/M: tis 4/3"""
    return format_date(day, say(language, pattern), locale=language)
