"""Months as they stand in addresses and rows: 2026-03."""

import re
from datetime import date

from grannsamverkan.foundation.errors import NotFound

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def read_month(text: str) -> date:
    """The first day of the month; NotFound for what is none."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise NotFound
    return date(int(found[1]), int(found[2]), 1)


def month_key(day: date) -> str:
    """The month of that day."""
    return f"{day:%Y-%m}"


def month_after(first: date, number: int = 1) -> date:
    """The first day of the month so many later, or earlier."""
    whole = first.year * 12 + first.month - 1 + number
    return date(whole // 12, whole % 12 + 1, 1)


def hangs_until(first: date) -> date:
    """Until when the month's letter may hang: by then there is a newer one."""
    return month_after(first, 2).replace(day=15)
