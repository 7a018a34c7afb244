"""Workbooks made by hand: small, and as wrong as a test wants them."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def an_xlsx(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """A workbook with these rows on each of its sheets, as Excel writes it."""
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def an_ods(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of LibreOffice with these rows."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="Blad1">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": "<manifest/>"})


def packed(parts: dict[str, str | bytes], *, deflated: bool = True) -> bytes:
    """A zip file of these parts."""
    kept = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(kept, "w", kind) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return kept.getvalue()


def parts_of(workbook: bytes) -> dict[str, str | bytes]:
    """The parts of a zip file, to be changed and packed again."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(workbook: bytes, name: str, part: str | bytes) -> bytes:
    """The same workbook with one part added or replaced."""
    return packed({**parts_of(workbook), name: part})
