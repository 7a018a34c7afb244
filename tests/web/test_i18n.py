"""Languages: the English catalogue is whole, the choice is kept, and the page says what it is written in."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import render_template_string

from grannsamverkan.domain.alerts.catalogue import (
    ADVICE_WORDS,
    DAY_PART_WORDS,
    DWELLING_WORDS,
    KIND_WORDS,
    METHOD_WORDS,
    SOURCE_WORDS,
)
from grannsamverkan.domain.alerts.invitations import OCCASION_WORDS
from grannsamverkan.foundation.catalogues import CATALOGUES
from grannsamverkan.foundation.resources import PACKAGE, resource_folder
from grannsamverkan.web.i18n import ngettext
from tests.support.web_town import Town

# The choices of the form: their words stand in the catalogue of the alerts, and are translated where they are shown.
CHOICES: tuple[Mapping[Any, Any], ...] = (
    KIND_WORDS,
    SOURCE_WORDS,
    DWELLING_WORDS,
    DAY_PART_WORDS,
    METHOD_WORDS,
    ADVICE_WORDS,
    OCCASION_WORDS,
)
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
METHODS = [("**.html", "jinja2.ext.babel_extract"), ("**.py", "python")]


def written() -> Iterator[str | tuple[str, ...]]:
    """Every text in code and templates that is to be translated."""
    for folder in (PACKAGE, resource_folder("templates")):
        for _, _, words, _, _ in extract_from_dir(str(folder), METHODS, {}, KEYWORDS):
            yield words
    yield from (words.label for table in CHOICES for words in table.values())


def english() -> Catalog:
    with (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_every_text_has_an_english_one() -> None:
    catalogue = english()
    lacking = []
    for words in written():
        entry = catalogue.get(words if isinstance(words, str) else words[0])
        forms = [] if entry is None else [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
        if not forms or not all(forms) or (entry is not None and entry.fuzzy):
            lacking.append(words)
    assert lacking == []


def test_no_english_text_is_left_without_its_swedish_one() -> None:
    used = {words if isinstance(words, str) else words[0] for words in written()}
    assert [entry.id for entry in english() if entry.id and _first(entry.id) not in used] == []


def _first(words: str | list[str] | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else words[0]


def test_translations_use_the_same_facts() -> None:
    catalogue = english()
    problems = [(entry.id, error) for entry in catalogue for error in entry.check(catalogue)]
    assert problems == []


@pytest.mark.parametrize(
    ("asked", "expected"), [("en-GB,en;q=0.9", "en"), ("sv", "sv"), ("de", "sv"), ("", "sv"), ("so,en;q=0.5", "en")]
)
def test_the_browsers_language_is_respected(town: Town, asked: str, expected: str) -> None:
    page = town.visitor().get("/kakor", headers={"Accept-Language": asked}).get_data(as_text=True)
    assert f'<html lang="{expected}">' in page
    assert ("Cookies" in page) is (expected == "en")


def test_a_choice_is_kept_and_leads_back(town: Town) -> None:
    client = town.visitor()
    answer = client.post("/sprak", data={"language": "en", "next": "/kontakt"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kontakt")
    assert '<html lang="en">' in client.get("/kontakt").get_data(as_text=True)
    client.post("/sprak", data={"language": "sv"})
    assert '<html lang="sv">' in client.get("/", headers={"Accept-Language": "en"}).get_data(as_text=True)


def test_an_unknown_language_changes_nothing(town: Town) -> None:
    answer = town.visitor().post("/sprak", data={"language": "../../x", "next": "//ond.example"})
    assert answer.headers["Location"] == "/"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("spoken", "many"), [("sv", "50\xa0000"), ("en", "50,000")])
def test_a_count_is_written_in_groups_of_three(town: Town, spoken: str, many: str) -> None:
    words = ("Skicka varning till ett hushåll", "Skicka varning till %(num)d hushåll")
    in_template = "{{ ngettext('" + "', '".join(words) + "', 50000) }}"
    with town.app.test_request_context(headers={"Accept-Language": spoken}):
        told = (ngettext(*words, 999), ngettext(*words, 50_000), render_template_string(in_template))
    assert "999" in told[0]
    assert many in told[1]
    assert many in told[2]


def test_catalogues_lie_in_the_package() -> None:
    assert CATALOGUES.is_relative_to(Path(PACKAGE))


def test_the_choices_of_the_form_are_in_english_too(town: Town) -> None:
    page = town.signed_in("polis").get("/varningar/ny", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Burglary in a home" in page
    assert "Inbrott i bostad" not in page
