"""XLSX, ODS and XLS through calamine. Runs in a process of its own only: see `process`."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, load_workbook

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.sheets.packed import repacked
from grannsamverkan.sheets.rows import Sheet, SheetKind, within_bounds

_EXACT = 1e15  # Excel keeps fifteen digits
_MACRO_SHEETS = (SheetTypeEnum.MacroSheet, SheetTypeEnum.Vba)
Cell = int | float | str | bool | time | date | datetime | timedelta


def read(content: bytes) -> Sheet:
    """The first sheet of a workbook that holds anything.

    Raises:
        Refused: what `packed` and `rows` refuse, and sheet_unreadable, sheet_macros, sheet_password, sheet_kind.
    """
    kind, plain = repacked(content) if content.startswith(b"PK") else (SheetKind.XLS, _old(content))
    try:
        book = load_workbook(io.BytesIO(plain))
        if any(sheet.typ in _MACRO_SHEETS for sheet in book.sheets_metadata):
            raise Refused("sheet_macros")
        return _read(kind, book)
    except PasswordError:
        raise Refused("sheet_password") from None
    except CalamineError:
        raise Refused("sheet_unreadable") from None


def _old(content: bytes) -> bytes:
    """An XLS file, looked through by the names of the streams in it."""
    names = {
        name: name.encode("utf-16-le") in content for name in ("EncryptedPackage", "_VBA_PROJECT", "Workbook", "Book")
    }
    if names["EncryptedPackage"]:
        raise Refused("sheet_password")
    if names["_VBA_PROJECT"]:
        raise Refused("sheet_macros")
    if not (names["Workbook"] or names["Book"]):
        raise Refused("sheet_kind")
    return content


def _read(kind: SheetKind, book: CalamineWorkbook) -> Sheet:
    found: Sheet | None = None
    others = 0
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if not any(cell != "" for row in rows for cell in row):
            continue
        if found is None:
            found = Sheet(kind, within_bounds(_texts(rows)))
        else:
            others += 1
    if found is None:
        raise Refused("sheet_empty")
    return Sheet(kind, found.rows, other_sheets=others)


def _texts(rows: list[list[Cell]]) -> Iterator[list[str]]:
    for row in rows:
        yield [cell if isinstance(cell, str) else as_text(cell) for cell in row]


def as_text(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, dates as 2026-03-04."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
