"""Text in every encoding and with every delimiter that lists come in."""

import codecs

import pytest

from grannsamverkan import sheets
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.sheets import MOST_COLUMNS, MOST_ROWS, SheetKind

LIST = "Namn;Gata;Mobil\r\nÅsa Öberg;Nybyvägen 3;070-174 06 05\r\nPär Ek;Nybyvägen 5;070-174 06 06\r\n"
ROWS = [
    (1, ("Namn", "Gata", "Mobil")),
    (2, ("Åsa Öberg", "Nybyvägen 3", "070-174 06 05")),
    (3, ("Pär Ek", "Nybyvägen 5", "070-174 06 06")),
]


def rows_of(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in sheets.read(content).rows]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LIST.encode("utf-8"), "utf-8"),
        (LIST.encode("utf-8-sig"), "utf-8"),
        (LIST.encode("utf-16"), "utf-16-le"),
        (LIST.encode("utf-16-le"), "utf-16-le"),
        (LIST.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF16_BE + LIST.encode("utf-16-be"), "utf-16-be"),
        (LIST.encode("utf-32"), "utf-32-le"),
        (LIST.encode("cp1252"), "cp1252"),
        (LIST.encode("mac_roman"), "mac_roman"),
        (LIST.encode("cp850"), "cp850"),
        ((LIST + LIST.replace("Namn", "Gatanvägen") * 400).encode("cp1252"), "cp1252"),
    ],
)
def test_every_usual_encoding_is_seen_by_itself(content: bytes, encoding: str) -> None:
    sheet = sheets.read(content)
    assert (sheet.kind, sheet.encoding, sheet.delimiter) == (SheetKind.DELIMITED, encoding, ";")
    assert [(row.number, row.cells) for row in sheet.rows[:3]] == ROWS


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_every_usual_delimiter_is_seen_by_itself(delimiter: str) -> None:
    assert rows_of(LIST.replace(";", delimiter).encode()) == ROWS


def test_a_comma_inside_cells_is_no_delimiter() -> None:
    content = "Namn;Adress\nAnna;Nybyvägen 3, Höör\nBo;Nybyvägen 5, Höör\n".encode()
    assert rows_of(content)[1] == (2, ("Anna", "Nybyvägen 3, Höör"))


def test_excels_own_word_for_the_delimiter_is_heeded_and_is_no_row() -> None:
    assert rows_of(b"sep=|\r\na|b;c;d\r\n1|2;3;4\r\n") == [(1, ("a", "b;c;d")), (2, ("1", "2;3;4"))]


def test_blank_lines_keep_their_numbers_and_short_rows_are_filled() -> None:
    assert rows_of(b"\n\nTitel\n\na;b;c\n1;2\n") == [(3, ("Titel", "", "")), (5, ("a", "b", "c")), (6, ("1", "2", ""))]


def test_a_cell_may_hold_a_line_break_and_is_one_line_afterwards() -> None:
    assert rows_of('namn;ort\r\n"Anna\r\nAndersson";Höör\r\n'.encode())[1] == (2, ("Anna Andersson", "Höör"))


def test_a_stray_quotation_mark_swallows_no_rows() -> None:
    lines = [f'"Anna {number};Gatan {number}' if number == 3 else f"Bo {number};Gatan {number}" for number in range(60)]
    rows = rows_of("\n".join(lines).encode())
    assert len(rows) == 60
    assert rows[3] == (4, ('"Anna 3', "Gatan 3"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('="0701740605"', "0701740605"),
        ("'+46701740605", "+46701740605"),
        ("'Anna", "'Anna"),
        ("4.67017E+10", "4.67017E+10"),
        ("701740605.0", "701740605.0"),
        ("  Anna\u00a0 Ek\u200b ", "Anna Ek"),
        ("x" * 5000, "x" * 1000),
    ],
)
def test_a_cell_as_somebody_reads_it(written: str, read: str) -> None:
    quoted = '"' + written.replace('"', '""') + '"'
    assert rows_of(f"a;b\n{quoted};2\n".encode())[1][1][0] == read


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet_empty"),
        (b" \r\n;;;\n", "sheet_empty"),
        (b"\xef\xbb\xbf", "sheet_empty"),
        (b"a;b\n" * (MOST_ROWS + 1), "sheet_too_many_rows"),
        (b"\n" * 300_000 + b"a", "sheet_too_many_rows"),
        (b";" * MOST_COLUMNS + b"a", "sheet_too_many_columns"),
        (b"a" * 10_000_001, "sheet_too_large"),
        (b"%PDF-1.7\n", "sheet_kind"),
        (b"\x89PNG\r\n\x1a\n", "sheet_kind"),
        (b"\x1f\x8b\x08\0", "sheet_archive"),
        (b"<!DOCTYPE html><table><tr><td>a</td></tr></table>", "sheet_markup"),
        ("\ufeff <?xml version='1.0'?><a/>".encode("utf-16-le"), "sheet_markup"),
        (bytes(range(256)) * 4, "sheet_binary"),
        (b"\x01\x02\x03\x04\x05\x06" * 40, "sheet_binary"),
        (codecs.BOM_UTF16_LE + b"a\0b", "sheet_encoding"),
        ("Åsa;Pär\nsäg\n".encode("cp1252") + b"\x81", "sheet_encoding"),
    ],
)
def test_what_is_no_list_is_refused_with_a_code(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        sheets.read(content)
    assert refused.value.code == code
