"""XLSX, ODS and XLS: read, or refused with a code, whatever they are made to do to their reader."""

import io
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grannsamverkan import sheets
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.sheets import LARGEST_BYTES, Sheet, SheetKind
from tests.support.made_up_sheets import an_ods, an_xlsx, packed, parts_of, with_part

LIST = [["Namn", "Mobil"], ["Åsa Öberg", "070-174 06 05"]]
OF_EACH_KIND = [an_xlsx(LIST), an_ods(LIST)]  # made once: the hour stands in them, and with it their length goes
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def code_of(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        sheets.read(content)
    return refused.value.code


def test_a_workbook_of_each_kind_is_read() -> None:
    for content, kind in ((an_xlsx(LIST), SheetKind.XLSX), (an_ods(LIST), SheetKind.ODS)):
        sheet = sheets.read(content)
        assert sheet.kind is kind
        assert [(row.number, list(row.cells)) for row in sheet.rows] == list(enumerate(LIST, 1))


def test_excels_traps() -> None:
    """Numbers without their first 0 and as floats, dates as cells, formulas by what they came to."""
    moment = datetime(2024, 5, 3, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no zone
    row = [701740605, 46701740605.0, 3.5, date(2024, 5, 3), moment, time(8), True, None, "x"]
    sheet = sheets.read(an_xlsx([row]))
    assert sheet.rows[0].cells == (
        *("701740605", "46701740605", "3.5", "2024-05-03", "2024-05-03 12:30", "08:00:00", "true", "", "x"),
    )


def test_blank_rows_above_keep_their_numbers_and_the_first_filled_sheet_counts() -> None:
    sheet = sheets.read(an_xlsx([], [[], [], ["Namn"], ["Anna"]], [["annat"]]))
    assert [(row.number, row.cells) for row in sheet.rows] == [(3, ("Namn",)), (4, ("Anna",))]
    assert sheet.other_sheets == 1


def with_far_cell() -> bytes:
    """Three hundred bytes that make a reader ask for 17 billion cells."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    begin = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return with_part(an_xlsx(LIST), SHEET, f"{begin}{cells}</sheetData></worksheet>")


def with_entities() -> bytes:
    lol = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
    return with_part(an_xlsx(LIST), SHEET, f"<?xml version='1.0'?>{lol}<worksheet>&b;</worksheet>")


def with_utf16_dtd() -> bytes:
    return with_part(an_xlsx(LIST), SHEET, "<!doctype x><worksheet/>".encode("utf-16"))


def with_password() -> bytes:
    """The mark that a part is enciphered, in its own heading and in the list of parts."""
    content = bytearray(packed({"mimetype": "x", "content.xml": "x"}, deflated=False))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(sign) + at] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (an_xlsx([]), "sheet_empty"),
        (with_part(an_xlsx(LIST), "xl/vbaProject.bin", b"x"), "sheet_macros"),
        (with_part(an_ods(LIST), "Basic/Standard/Module1.xml", "<x/>"), "sheet_macros"),
        (with_part(an_xlsx(LIST), "[Content_Types].xml", "<x>macroEnabled spreadsheetml</x>"), "sheet_macros"),
        (OLE + "_VBA_PROJECT_CUR Workbook".encode("utf-16-le"), "sheet_macros"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "sheet_password"),
        (OLE + "WordDocument".encode("utf-16-le"), "sheet_kind"),
        (OLE + "Workbook".encode("utf-16-le") + b"\0" * 600, "sheet_unreadable"),
        (with_password(), "sheet_password"),
        (with_part(an_ods(LIST), "META-INF/manifest.xml", "<m><encryption-data/></m>"), "sheet_password"),
        (with_entities(), "sheet_dtd"),
        (with_utf16_dtd(), "sheet_dtd"),
        (with_part(an_xlsx(LIST), "media/a.bin", b"0" * 5_000_000), "sheet_bomb"),
        (with_part(an_xlsx(LIST), "a.xml", b"0" * 100_000_001), "sheet_bomb"),
        (packed({f"{number}.xml": "" for number in range(2_001)}), "sheet_bomb"),
        (with_far_cell(), "sheet_too_large"),
        (packed({"lista.csv": "a;b"}), "sheet_archive"),
        (packed({"[Content_Types].xml": "<x>wordprocessingml</x>", "word/document.xml": "<x/>"}), "sheet_kind"),
        (with_part(an_xlsx(LIST), "xl/workbook.bin", b"x"), "sheet_kind"),
        (an_xlsx(LIST)[:-40], "sheet_unreadable"),
        (with_part(an_xlsx(LIST), SHEET, "<worksheet><sheetData><row"), "sheet_unreadable"),
        (b"PK\x03\x04" + b"\0" * 60, "sheet_unreadable"),
        (an_xlsx([["a"]] * 10_001), "sheet_too_many_rows"),
        (an_xlsx([["a"] * 101]), "sheet_too_many_columns"),
    ],
)
def test_what_is_no_list_is_refused_with_a_code(content: bytes, code: str) -> None:
    assert len(content) <= LARGEST_BYTES
    assert code_of(content) == code


@pytest.mark.goal("S28")
def test_a_part_that_says_it_is_smaller_than_it_is_brings_nothing_else_in() -> None:
    content = bytearray(with_part(an_xlsx(LIST), "a.xml", b"0" * 3_000))
    real = (3_000).to_bytes(4, "little")
    for _ in range(2):
        content[content.index(real) : content.index(real) + 4] = (10).to_bytes(4, "little")
    assert code_of(bytes(content)) == "sheet_unreadable"


def test_two_parts_of_one_name_are_refused_since_two_readers_would_see_two_things() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, part in parts_of(an_xlsx(LIST)).items():
            archive.writestr(name, part)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(SHEET, "<worksheet/>")
    assert code_of(kept.getvalue()) == "sheet_unreadable"


_WITH_LESS = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (400 * 2**20, 400 * 2**20))
from grannsamverkan import sheets
from grannsamverkan.foundation.errors import Refused
try:
    print(len(sheets.read(sys.stdin.buffer.read()).rows))
except Refused as refused:
    print(refused.code)
"""


@pytest.mark.parametrize(("content", "told"), [(an_xlsx(LIST), "2"), (with_far_cell(), "sheet_too_large")])
def test_who_has_less_memory_than_a_reader_may_take_reads_with_that(content: bytes, told: str) -> None:
    """A service that its operator has limited: the limit that is inherited cannot be raised."""
    done = subprocess.run(
        [sys.executable, "-c", _WITH_LESS], input=content, capture_output=True, check=True, timeout=60
    )
    assert done.stdout.decode().strip() == told


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A workbook with some of its bytes changed, or cut off."""
    whole = bytearray(draw(st.sampled_from(OF_EACH_KIND)))
    for _ in range(draw(st.integers(1, 6))):
        whole[draw(st.integers(0, len(whole) - 1))] = draw(st.integers(0, 255))
    return bytes(whole[: draw(st.integers(1, len(whole)))])


def reads_or_refuses(content: bytes) -> None:
    try:
        sheet = sheets.read(content)
    except Refused:
        return
    assert isinstance(sheet, Sheet)
    assert all(len(row.cells) == len(sheet.rows[0].cells) for row in sheet.rows)


@pytest.mark.goal("S25", "S28")
@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000).filter(lambda content: not content.startswith((b"PK", OLE[:2]))))
@example(b"sep=\n")
@example(b'sep="\n"a"')
@example(b"a\r;b\rc")
def test_any_bytes_are_rows_or_refused(content: bytes) -> None:
    reads_or_refuses(content)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt())
def test_a_spoilt_workbook_is_rows_or_refused(content: bytes) -> None:
    reads_or_refuses(content)


def test_published_tables_that_break_importers_are_read_or_refused() -> None:
    folder = os.environ.get("GRANNSAMVERKAN_TEST_DATA")
    if not folder:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA is not set")
    found: dict[str, str | int] = {}
    for file in sorted((Path(folder) / "imports" / "messytables").iterdir()):
        try:
            found[file.name] = len(sheets.read(file.read_bytes()).rows)
        except Refused as refused:
            found[file.name] = refused.code
    assert found == {
        "blank_line.ods": 4,
        "complex.csv": 4,
        "example.tsv": 141,
        "excel_pasting.csv": 19,
        "libreoffice.xlsx": "sheet_empty",
        "null.csv": 10,
        "ods_formats.ods": 6,
        "simple.csv": 7,
        "simple.ods": 4,
        "simple.psv": 29,
        "simple.ssv": 7,
        "simple.unknown": "sheet_empty",
        "simple.xls": 7,
        "simple.xlsx": 7,
        "simple.zip": "sheet_archive",
        "skip_initials.csv": 3,
        "small.csv": 1,
        "utf-16le_encoded.csv": 328,
        "utf8bom.csv": 1,
        "weird_head_padding.csv": 83,
    }
