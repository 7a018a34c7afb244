"""Text with one row a line: which encoding, which delimiter, and the cells. What Excel and old registers write."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from grannsamverkan.foundation.errors import Refused

DELIMITERS = (";", "\t", "|", ",")  # the likelier first, where two fit alike
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OF_ONE_BYTE = ("cp1252", "mac_roman", "cp850")  # Windows, old Macs, DOS: what Swedish lists were ever written in
_SWEDISH_LETTERS = frozenset("åäöÅÄÖéÉüÜ")
_SAMPLE = 65_536
_SAMPLE_ROWS = 200
_LONGEST_QUOTE = 20  # line breaks in one cell: more, and a stray quotation mark has swallowed rows
_SEP_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_END_OF_FILE = "\x1a"  # DOS


def decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8, UTF-16 or UTF-32 with or without a mark, else an old one-byte encoding.

    Raises:
        Refused: sheet_binary (no text at all), sheet_encoding (broken text).
    """
    mark, encoding = next(((mark, name) for mark, name in _BOMS if content.startswith(mark)), (b"", ""))
    encoding = encoding or _without_mark(content)
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        raise Refused("sheet_encoding") from None
    text = text.rstrip(_END_OF_FILE + "\0")
    odd = sum(char < " " and char not in "\t\n\r\f\v" for char in text)
    if "\0" in text or odd * 100 > len(text):
        raise Refused("sheet_binary")
    return text, encoding


def _without_mark(content: bytes) -> str:
    sample = content[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    if 0 in sample.rstrip(b"\0"):
        raise Refused("sheet_binary")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _of_one_byte(content)
    return "utf-8"


def _of_one_byte(content: bytes) -> str:
    """The encoding in which what is not ASCII reads most like Swedish."""
    telling = bytes(byte for byte in content[: 16 * _SAMPLE] if byte > 127)[:_SAMPLE]
    return max(_OF_ONE_BYTE, key=lambda encoding: _swedish(telling.decode(encoding, errors="replace")))


def _swedish(text: str) -> int:
    return sum(1 if char in _SWEDISH_LETTERS else -1 for char in text)


def split(text: str) -> tuple[Iterator[list[str]], str]:
    """The rows, and the delimiter between their cells.

    Raises:
        Refused: sheet_unreadable.
    """
    told = _SEP_LINE.match(text)
    delimiter = told[1] if told else _delimiter(text[:_SAMPLE])
    body = text[told.end() :] if told else text
    if delimiter in "\r\n\"' ":
        raise Refused("sheet_unreadable")
    try:
        is_quoted = all(cell.count("\n") <= _LONGEST_QUOTE for row in _rows(body, delimiter) for cell in row)
    except csv.Error:
        is_quoted = False
    return _whole(body, delimiter, is_quoted=is_quoted), delimiter


def _whole(text: str, delimiter: str, *, is_quoted: bool) -> Iterator[list[str]]:
    try:
        yield from _rows(text, delimiter, is_quoted=is_quoted)
    except csv.Error:
        raise Refused("sheet_unreadable") from None


def _rows(text: str, delimiter: str, *, is_quoted: bool = True) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    if is_quoted:
        return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, skipinitialspace=True)


def _delimiter(sample: str) -> str:
    """The one by which most rows have the same number of cells, and more than one."""
    scores = {delimiter: _score(sample, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0) else ","


def _score(sample: str, delimiter: str) -> tuple[float, int]:
    try:
        widths = Counter(len(row) for row in islice(_rows(sample, delimiter), _SAMPLE_ROWS) if any(row))
    except csv.Error:
        return (0, 0)
    several = {width: number for width, number in widths.items() if width > 1}
    if not several:
        return (0, 0)
    width = max(several, key=lambda one: (several[one], one))
    return (several[width] / widths.total(), width)
