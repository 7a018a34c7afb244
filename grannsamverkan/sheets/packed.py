"""The zip file behind XLSX and ODS: looked through, unpacked within bounds, and packed anew with only what is needed.

What is handed on is what was looked at: two readers of one odd zip file may see two things.
"""

import io
import re
import zipfile
import zlib

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.sheets.rows import SheetKind

LARGEST_UNPACKED = 100_000_000
LARGEST_RATIO = 100
_MOST_PARTS = 2_000
_NEEDED = (".xml", ".rels")
_ODS = (b"application/vnd.oasis.opendocument.spreadsheet", b"application/vnd.oasis.opendocument.spreadsheet-template")
_DTD = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
_MACROS = re.compile(r"vbaproject|^basic/|^scripts/|macrosheets?/")
_TYPES = "[Content_Types].xml"


def repacked(content: bytes) -> tuple[SheetKind, bytes]:
    """What kind of workbook it is, and its parts in a plain zip file of our own.

    Raises:
        Refused: sheet_unreadable, sheet_bomb, sheet_archive, sheet_kind, sheet_macros, sheet_password, sheet_dtd.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            _refuse_too_much(parts, len(content))
            kind = _kind(packed, {part.filename for part in parts})
            needed = {part.filename: packed.read(part) for part in parts if _is_needed(part.filename)}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError):
        raise Refused("sheet_unreadable") from None
    _refuse_what_is_inside(needed)
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as anew:
        for name, part in needed.items():
            anew.writestr(zipfile.ZipInfo(name), part)
    return kind, plain.getvalue()


def _refuse_too_much(parts: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    """By what the file says of itself: unpacking stops there, and fails where more or less comes out."""
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > min(
        LARGEST_UNPACKED, LARGEST_RATIO * packed_bytes
    ):
        raise Refused("sheet_bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("sheet_password")
    if len({part.filename for part in parts}) != len(parts):
        raise Refused("sheet_unreadable")


def _kind(packed: zipfile.ZipFile, names: set[str]) -> SheetKind:
    if any(_MACROS.search(name.lower()) for name in names):
        raise Refused("sheet_macros")
    if "mimetype" in names and packed.read("mimetype").strip() in _ODS:
        return SheetKind.ODS
    if _TYPES not in names:
        raise Refused("sheet_kind" if "mimetype" in names or "META-INF/MANIFEST.MF" in names else "sheet_archive")
    types = packed.read(_TYPES)
    if b"macroEnabled" in types:
        raise Refused("sheet_macros")
    if b"spreadsheetml" not in types or "xl/workbook.bin" in names:
        raise Refused("sheet_kind")
    return SheetKind.XLSX


def _is_needed(name: str) -> bool:
    return name == "mimetype" or name.lower().endswith(_NEEDED)


def _refuse_what_is_inside(parts: dict[str, bytes]) -> None:
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise Refused("sheet_password")
    for part in parts.values():
        if _DTD.search(part.replace(b"\0", b"")):  # without the zeros of UTF-16
            raise Refused("sheet_dtd")
