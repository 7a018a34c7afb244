"""Sheets: the bytes of a table somebody kept, into rows of text. Knows nothing of what the rows are about."""

from grannsamverkan.sheets.reading import read
from grannsamverkan.sheets.rows import LARGEST_BYTES, MOST_COLUMNS, MOST_ROWS, Sheet, SheetKind, SheetRow

__all__ = ["LARGEST_BYTES", "MOST_COLUMNS", "MOST_ROWS", "Sheet", "SheetKind", "SheetRow", "read"]
