"""What columns mean: by heading in both languages, by content, and when somebody has to choose."""

import json
import os
from pathlib import Path

import pytest

from grannsamverkan.domain.membership.lists.columns import Meaning, by_heading, guess, heading_at
from grannsamverkan.domain.membership.lists.screening import screen
from grannsamverkan.foundation.errors import Refused


@pytest.mark.parametrize(
    ("headings", "meaning"),
    [
        (("Namn", "För- och efternamn", "Name", "Boende"), Meaning.NAME),
        (("Förnamn", "First name", "Tilltalsnamn"), Meaning.FIRST_NAME),
        (("Efternamn", "Surname", "Last name"), Meaning.LAST_NAME),
        (("Gata", "Gatuadress", "ADRESS", "Address", "Street", "gata_eller_trapphus"), Meaning.ADDRESS),
        (("Husnr", "Husnummer", "Nr", "House number", "Gatunummer"), Meaning.HOUSE_NUMBER),
        (("Lgh", "Lägenhet", "Lägenhetsnummer", "Lgh-nr", "Flat", "Apartment"), Meaning.FLAT),
        (("Trapphus", "Trappa", "Uppgång", "Port", "Stairwell"), Meaning.STAIRWELL),
        (("Mobil", "Mobilnummer", "Telefon", "Tel.", "Tfn", "Phone", "Mobile", "Telefon mobil"), Meaning.PHONE),
        (("Mobil 2", "Telefon 2", "Tel2", "Second phone", "Annan telefon"), Meaning.SECOND_PHONE),
        (("Fast telefon", "Hemtelefonnummer", "Telefon bostad", "Landline", "Home phone"), Meaning.LANDLINE),
        (("E-post", "Epost", "E-mail", "Email", "Mejl", "Mailadress", "E-postadress"), Meaning.EMAIL),
        (("nummer_och_mejl",), Meaning.CONTACT),
        (("Medgivande", "Medgivande datum", "Samtycke den", "Consent date"), Meaning.CONSENT_ON),
        (
            ("Medgivande källa", "Källa till samtycke", "Consent source", "Var medgivandet finns"),
            Meaning.CONSENT_SOURCE,
        ),
        (("Anteckning", "Övrigt", "Kommentar", "Notes", "Anm."), Meaning.NOTE),
        (("Personnummer", "Personnr", "Pers.nr", "Födelsedat./Personnr. (ååååmmdd-xxxx)"), Meaning.PERSONAL_NUMBER),
        (("Skyddad identitet", "Sekretess", "Skyddade personuppgifter"), Meaning.PROTECTION),
        (("Postnummer", "Postort", "Stad", "Kön", "Födelsedatum", "Kontaktadress - Postnummer"), Meaning.NOTHING),
    ],
)
def test_headings_in_both_languages(headings: tuple[str, ...], meaning: Meaning) -> None:
    assert {heading: by_heading(heading) for heading in headings} == dict.fromkeys(headings, meaning)


@pytest.mark.parametrize("heading", ["", "Typ", "Grupp/Lag/Arbetsrum/Familj", "Nybygatan", "Registreringsdatum", "%"])
def test_other_headings_say_nothing(heading: str) -> None:
    assert by_heading(heading) is None


def meanings(headings: list[str], *rows: list[str]) -> list[Meaning]:
    return [one.meaning for one in guess(headings, list(enumerate(rows, 2)))]


def test_a_heading_that_says_nothing_leaves_it_to_the_cells() -> None:
    assert meanings(["Vem", "Kontakt", "Annat"], ["Anna", "070-174 06 05", "121212-1212"]) == [
        *(Meaning.NOTHING, Meaning.PHONE, Meaning.PERSONAL_NUMBER)
    ]


def test_a_column_of_personal_numbers_is_one_whatever_it_is_called() -> None:
    assert meanings(["Namn"], ["121212-1212"], ["19121212-1212"]) == [Meaning.PERSONAL_NUMBER]


def test_without_headings_the_cells_say_what_they_are() -> None:
    row = ["Anna Ek", "Nybyvägen 3", "070-174 06 05", "070-174 06 06", "anna@post.example", "1"]
    assert heading_at([(1, row), (2, row)]) is None
    assert meanings([""] * 6, row) == [
        *(Meaning.NAME, Meaning.ADDRESS, Meaning.PHONE, Meaning.SECOND_PHONE, Meaning.EMAIL, Meaning.NOTHING)
    ]


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["Medlemslista Nyby", "", ""], ["", "", ""], ["Namn", "Gata", "Mobil"], ["Anna", "Nybyvägen 3", ""]], 2),
        ([["date", "place", "temperature"], ["2011-01-01", "Galway", "1"]], 0),
        ([["Anna", "Nybyvägen 3", "070-174 06 05"], ["Bo", "Nybyvägen 5", "070-174 06 06"]], None),
        ([["Anna", "Andersson"], ["Bo", "Ek"]], None),
        ([["1", "null"], ["2", "0"]], None),
        ([["kitten", "win"]], None),
        ([["Mobil"], ["070-174 06 05"]], 0),
    ],
)
def test_where_the_headings_are(rows: list[list[str]], at: int | None) -> None:
    assert heading_at(list(enumerate(rows, 1))) == at


def test_screening_takes_out_what_must_not_be_kept_and_tells_how_much() -> None:
    screened = screen(
        [
            (1, ["Lista", "", "", "", ""]),
            (3, ["Namn", "Mobil", "Pnr/personnummer", "Anteckning", "Skyddad"]),
            (4, ["Anna 121212-1212", "070-174 06 05", "121212-1212", "nyckel hos Bo", ""]),
            (5, ["Vem Somhelst", "070-174 06 06", "", "", "ja"]),
            (6, ["Bo Ek", "070-174 06 07", "", "skyddade personuppgifter", ""]),
            (7, ["Cia", "070-174 06 08", "", "", "nej"]),
        ]
    )
    assert screened.rows == ((4, ["Anna", "070-174 06 05", "", "", ""]), (5, ["Cia", "070-174 06 08", "", "", ""]))
    assert (screened.heading_number, screened.protected, screened.personal_numbers) == (3, 2, 1)


@pytest.mark.goal("P10")
def test_nothing_that_is_kept_says_which_row_was_protected() -> None:
    """The same list without that row is kept alike, numbers and all."""
    head, anna, bo = ["Namn", "Mobil"], ["Anna", "070-174 06 05"], ["Bo", "070-174 06 06"]
    with_one = screen([(1, head), (2, anna), (3, ["Eva sekretess", "070-174 06 07"]), (4, bo)])
    without = screen([(1, head), (2, anna), (3, bo)])
    assert with_one.rows == without.rows
    assert with_one.protected == 1


def test_a_list_of_nothing_but_protected_rows_is_refused() -> None:
    with pytest.raises(Refused, match="list_empty"):
        screen([(1, ["Namn", "Mobil"]), (2, ["Eva, skyddad", "070-174 06 05"])])


def test_headings_of_real_exports_are_understood_or_asked_about() -> None:
    folder = os.environ.get("GRANNSAMVERKAN_TEST_DATA")
    if not folder:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA is not set")
    told = json.loads((Path(folder) / "imports" / "headers" / "swedish_export_headers.json").read_text("utf-8"))
    asked = []
    for one in told["headers"]:
        found = guess(one["columns"], [])
        by_name = dict(zip(one["columns"], found, strict=True))
        asked.append(sorted({by_name[name].meaning.value for name in by_name if by_name[name].is_one_of_several}))
        for name in by_name:
            if "ersonn" in name:
                assert by_name[name].meaning is Meaning.PERSONAL_NUMBER
    assert asked == [["address", "email", "phone"], [], [], []]
