"""From bytes to rows. The first bytes decide what kind of file it is: a name or a declared type decides nothing."""

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.sheets import delimited, process
from grannsamverkan.sheets.rows import LARGEST_BYTES, Sheet, SheetKind, within_bounds

ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\x00")
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"SQLite format 3\0", b"RIFF")
_NOTHING = b'\0 \t\r\n;,|"'
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<workbook")


def read(content: bytes) -> Sheet:
    """The rows of the first sheet that holds any: CSV and its kin in any usual encoding, XLSX, ODS or XLS.

    Workbooks are opened in a process of their own, with little memory and time, which cannot write files.

    Raises:
        Refused: sheet_empty, sheet_too_large, sheet_too_many_rows (most), sheet_too_many_columns (most),
            sheet_archive, sheet_kind, sheet_markup, sheet_binary, sheet_encoding, sheet_bomb, sheet_macros,
            sheet_password, sheet_dtd, sheet_unreadable.
        Unavailable: too many workbooks are being opened just now.
    """
    if not content.strip(_NOTHING):
        raise Refused("sheet_empty")
    if len(content) > LARGEST_BYTES:
        raise Refused("sheet_too_large")
    if content.startswith((ZIP, OLE)):
        return process.read_workbook(content)
    _refuse_other_kinds(content)
    text, encoding = delimited.decoded(content)
    rows, delimiter = delimited.split(text)
    return Sheet(SheetKind.DELIMITED, within_bounds(rows), encoding, delimiter)


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(_ARCHIVES):
        raise Refused("sheet_archive")
    if content.startswith(_OTHERS):
        raise Refused("sheet_kind")
    begin = content[:4096].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip().lower()
    if begin.startswith(_MARKUP):
        raise Refused("sheet_markup")
