"""Numbers of rows in addresses and forms: one reading for all, bounded to what every database column can hold."""

import re

from flask import Flask
from werkzeug.routing import IntegerConverter

# PostgreSQL's INTEGER ends soon after ten digits begin. The bound is in the pattern, not in a check after it: what the
# pattern lets through and a check refuses would be answered as a wrong method, where another route has the same path.
_DIGITS = r"[0-9]{1,9}"
LARGEST_ID = 999_999_999


def read_id(text: str | None) -> int | None:
    """The number somebody sent for a row; None for what can be no row's."""
    return int(text) if text is not None and re.fullmatch(_DIGITS, text) else None


class IdConverter(IntegerConverter):
    """`<int:…>` in a route: a number that no row can have is an address that is not there."""

    regex = _DIGITS


class FiguresConverter(IntegerConverter):
    """`<figures:…>` in a route: what somebody has typed off a message, however long; the page answers for all of it."""

    regex = r"[0-9]{1,40}"


def furnish(app: Flask) -> None:
    """Before any route is made: a route keeps the converter that it was made with."""
    app.url_map.converters["int"] = IdConverter
    app.url_map.converters["figures"] = FiguresConverter
