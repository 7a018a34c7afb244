"""Rows of text within bounds, whatever kind of file they came from."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grannsamverkan.foundation.errors import Refused

LARGEST_BYTES = 10_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 100
_MOST_LINES = 200_000  # blank ones too
_LONGEST_CELL = 1_000
_MOST_TEXT = 20_000_000
_TEXT_FORMULA = re.compile(r'="([^"]*)"')  # how Excel's users keep a number from being calculated
_INERT = re.compile(r"'(?=[=+\-@\t\r])")  # how our own lists keep a cell from being a formula


class SheetKind(StrEnum):
    """What kind of file it was."""

    DELIMITED = "csv"
    XLSX = "xlsx"
    ODS = "ods"
    XLS = "xls"


@dataclass(frozen=True)
class SheetRow:
    """A row with its number as a spreadsheet shows it, from 1. Every row of a sheet has as many cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The rows that hold something. `encoding` and `delimiter` are those of a text file, else empty.

    `other_sheets` counts further sheets of a workbook that hold something and were not read.
    """

    kind: SheetKind
    rows: tuple[SheetRow, ...]
    encoding: str = ""
    delimiter: str = ""
    other_sheets: int = 0


def within_bounds(rows: Iterable[Sequence[str]]) -> tuple[SheetRow, ...]:
    """The rows without blank ones, equally wide, each cell on one line and without what cannot be seen.

    Raises:
        Refused: sheet_empty, sheet_too_many_rows (most), sheet_too_many_columns (most), sheet_too_large.
    """
    found: list[SheetRow] = []
    width = total = 0
    for number, row in enumerate(rows, 1):
        cells = tuple(plain(cell) for cell in row)
        while cells and not cells[-1]:
            cells = cells[:-1]
        if number > _MOST_LINES:
            raise Refused("sheet_too_many_rows", most=MOST_ROWS)
        if not cells:
            continue
        found.append(SheetRow(number, cells))
        width, total = max(width, len(cells)), total + sum(map(len, cells))
        _refuse_what_is_too_much(len(found), width, total)
    if not found:
        raise Refused("sheet_empty")
    return tuple(SheetRow(row.number, row.cells + ("",) * (width - len(row.cells))) for row in found)


def _refuse_what_is_too_much(rows: int, columns: int, text: int) -> None:
    if rows > MOST_ROWS:
        raise Refused("sheet_too_many_rows", most=MOST_ROWS)
    if columns > MOST_COLUMNS:
        raise Refused("sheet_too_many_columns", most=MOST_COLUMNS)
    if text > _MOST_TEXT:
        raise Refused("sheet_too_large")


def plain(cell: str) -> str:
    """A cell as somebody reads it: one line, one kind of blank, no marks that only keep a spreadsheet quiet."""
    if not cell or (cell.isascii() and cell.isalnum()):
        return cell[:_LONGEST_CELL]
    formula = _TEXT_FORMULA.fullmatch(cell)
    text = _INERT.sub("", formula[1] if formula else cell, count=1) if cell[0] in "='" else cell
    seen = "".join(char for char in text if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    return " ".join(seen.split())[:_LONGEST_CELL]
