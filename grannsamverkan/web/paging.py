"""Long lists, a page at a time: `?sida=` says which, and what is no page leads to the nearest. See `pager` in the
macros for the links."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request

Row = TypeVar("Row")


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """One page of a list; `number` counts from 1."""

    rows: Sequence[Row]
    number: int
    pages: int


def sheet(rows: Sequence[Row], *, size: int) -> Sheet[Row]:
    """The page that was asked for, of so many rows."""
    pages = max(1, -(-len(rows) // size))
    number = min(max(request.args.get("sida", 1, type=int), 1), pages)
    return Sheet(rows[(number - 1) * size : number * size], number, pages)


def kept(*names: str) -> dict[str, Any]:
    """What was asked for by these names, for links and forms that lead back to the same list. Only names that a page
    knows: anything else in an address would become an argument of `url_for`."""
    return {name: request.args[name] for name in names if request.args.get(name)}
