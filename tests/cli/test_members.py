"""`members preview` as an operator types it: what the page would show, or a refusal with exit 2, and nothing stored."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import told
from tests.support.made_up_sheets import an_xlsx

Door = Callable[..., Result]
PUBLISHED = os.environ.get("GRANNSAMVERKAN_TEST_DATA")  # before the operator's folder takes it away
LIST = """sep=;
Medlemmar i Nyby;;;;;;;
;;;;;;;
Namn;Adress;Mobil;E-post hem;E-post jobb;Samtycke;Källa till samtycket;Personnummer;Anteckning
Åsa Ek;Nybyvägen 3;070-174 06 05;asa@post.example;;2024-05-03;blankett;121212-1212;hund
Bo 121212-1212;Nybyvägen 5;070-174 06 06 / 070-174 06 07;;;;;;
Åsa Ek;Nybyvägen 3;0701740605;;;2024-05-03;blankett;;
Eva;Nybyvägen 7;070-174 06 08;;;;;;sekretess
Cia;Nybyvägen 9;;;;;;;
"""


@pytest.fixture
def members_list(folder: Path) -> Path:
    file = folder / "lista.csv"
    file.write_bytes(LIST.encode("cp1252"))
    return file


def test_what_the_page_would_show(door: Door, members_list: Path) -> None:
    result = door("members", "preview", members_list, "--json")
    assert result.exit_code == 0
    read = told(result)
    assert (read["kind"], read["encoding"], read["delimiter"], read["heading_row"]) == ("csv", "cp1252", ";", 3)
    assert [one["meaning"] for one in read["columns"]] == [
        *("name", "address", "phone", "email", "email", "consent_on", "consent_source", "personal_number", "note")
    ]
    assert [one["column"] for one in read["columns"] if one["must_be_chosen"]] == [4, 5]
    assert read["needs"] == ["choose_columns"]
    assert [one["why"] for one in read["dropped"]] == [
        *("personal_number", "note", "protected_identity", "personal_number")
    ]
    assert read["counts"]["rows"] == 4
    assert "121212" not in result.stdout
    assert "sekretess" not in result.stdout
    assert "hund" not in result.stdout


def test_rows_errors_and_counts_when_nothing_has_to_be_chosen(door: Door, members_list: Path) -> None:
    members_list.write_text(LIST.replace(";E-post hem;E-post jobb;", ";E-post;Webb;"), "utf-8")
    read = told(door("members", "preview", members_list, "--json"))
    assert read["needs"] == []
    assert [(one["row"], one["becomes"]) for one in read["rows"]] == [
        *((4, "member"), (5, "problem"), (6, "duplicate"), (7, "letter"))
    ]
    assert read["rows"][0]["cells"][:2] == ["Åsa Ek", "Nybyvägen 3"]
    assert read["errors"] == [
        {"row": 5, "column": 3, "code": "phone_two_numbers", "cell": "070-174 06 06 / 070-174 06 07"}
    ]
    assert read["counts"] == {
        "rows": 4,
        "households": 1,
        "letters": 1,
        "duplicates": 1,
        "rows_with_errors": 1,
        "other_sheets": 0,
    }
    lines = door("members", "preview", members_list).stdout
    assert "row 4: Åsa Ek | Nybyvägen 3" in lines
    assert "wrong: row 5, column 3: phone_two_numbers" in lines
    assert "1 households would become members" in lines


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet_empty"),
        (b"x" * 10_000_001, "sheet_too_large"),
        (b"%PDF-1.7", "sheet_kind"),
        (an_xlsx([]), "sheet_empty"),
        (b"Namn;Mobil\nEva, skyddad;070-174 06 05\n", "list_empty"),
    ],
)
def test_a_refusal_is_told_in_one_object_and_ends_with_2(door: Door, folder: Path, content: bytes, code: str) -> None:
    file = folder / "fil"
    file.write_bytes(content)
    result = door("members", "preview", file, "--json")
    assert result.exit_code == 2
    assert told(result)["refused"] == code
    in_words = door("members", "preview", file)
    assert in_words.exit_code == 2
    assert in_words.stdout == ""
    assert code in in_words.stderr


def test_it_leaves_nothing_behind_and_needs_nothing(door: Door, members_list: Path, folder: Path) -> None:
    (folder / "config.toml").write_text("this is no configuration")
    assert door("members", "preview", members_list, "--json").exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["config.toml", "lista.csv"]
    assert door("members", "preview", folder / "finns-inte").exit_code == 2


def test_published_tables_that_break_importers_are_shown_or_refused(door: Door) -> None:
    if not PUBLISHED:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA is not set")
    for file in (Path(PUBLISHED) / "imports" / "messytables").iterdir():
        result = door("members", "preview", file, "--json")
        read = told(result)
        if result.exit_code == 0:
            assert {"columns", "rows", "errors", "dropped", "counts"} <= read.keys()
        else:
            assert (result.exit_code, sorted(read)) == (2, ["refused", "words"])
