"""Long lists, a page at a time: `?sida=` says which, and a number that is no page leads to the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request, url_for

Row = TypeVar("Row")
ROWS = 48  # three columns of cards end evenly


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """One page of a list. `number` counts from 1, `before` is how many rows stand on earlier pages."""

    rows: Sequence[Row]
    number: int
    pages: int
    before: int

    def address(self, number: int, anchor: str) -> str:
        """Where another page of the same list is, with what else was asked for."""
        asked = {**request.args.to_dict(), **(request.view_args or {}), "sida": number}
        return url_for(request.endpoint or "", _anchor=anchor, **asked)


def sheet(rows: Sequence[Row], *, size: int = ROWS) -> Sheet[Row]:
    """The page that was asked for."""
    pages = max(1, -(-len(rows) // size))
    number = min(max(request.args.get("sida", 1, type=int), 1), pages)
    before = (number - 1) * size
    return Sheet(rows[before : before + size], number, pages, before)
