"""The sheet of a message as a paper: one page, large letters, in grey, and a code that leads to the page behind it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from grannsamverkan.domain import networks
from grannsamverkan.domain.alerts import (
    ADVICE_WORDS,
    CHOICES,
    METHOD_WORDS,
    MOST_ADVICE,
    AlertClass,
    AlertKind,
    DayPart,
    Source,
    Told,
)
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from tests.support import papers
from tests.support.web_town import HOOR, NOW, Town, build
from tests.web.test_number import Quiet, approved, page_of
from tests.web.test_story_page import follow, gone

LONGEST_NAME = 60
FREE_TEXT = ("Någon såg en främmande skåpbil stå länge vid lekplatsen. " * 4)[:200]


@pytest.fixture
def quiet_town(tmp_path: Path) -> Iterator[Town]:
    town = build(tmp_path)
    object.__setattr__(town.runtime, "engine", Quiet())
    yield town
    town.runtime.close()


def paper_of(town: Town, number: int) -> bytes:
    """The paper, which is whole: one tagged page in Swedish with its fonts inside and nothing over anything."""
    answer = town.visitor().get(f"/n/{number}/lapp.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pdf: bytes = answer.data
    assert len(papers.pages_of(pdf, dpi=30)) == 1
    assert papers.smallest_letters_pt(pdf) >= 14
    assert papers.covered(pdf) == []
    assert papers.fonts_are_inside(pdf)
    assert papers.language_of(pdf) == "sv-SE"
    return pdf


def said(pdf: bytes) -> str:
    return " ".join(papers.text_of(pdf).split())


def code_in_grey(pdf: bytes) -> set[str]:
    return papers.codes_on(cv2.cvtColor(papers.pages_of(pdf)[0], cv2.COLOR_BGR2GRAY))


def test_it_says_what_until_when_and_where_to_check_it(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby", "Tjörnarp")
    pdf = paper_of(quiet_town, number)
    text = said(pdf)
    assert papers.title_of(pdf) == "Inbrott i villa i Nyby och Tjörnarp natt till onsdag 4 mars"
    for words in (
        "Höörs kommun och polisen",
        f"Varning nr {number:04d}. Gäller till onsdag 11 mars.",
        "Ta ner lappen efter onsdag 11 mars.",
        "Lås dörrar och fönster",
        "Det var två <personer> & en bil.",
        "112",
        "114 14",
        f"localhost:8000/n/{number}",
    ):
        assert words in text, words
    assert code_in_grey(pdf) == {f"http://localhost:8000/n/{number}"}
    assert "Polisen har inte bekräftat" not in text


def test_a_correction_is_told_with_the_mistake_and_leads_to_the_whole_story(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    correction = follow(
        quiet_town, number, AlertClass.CORRECTION, Told.NOT_TRUE, free_text="Vi blandade ihop två fall."
    )
    pdf = paper_of(quiet_town, correction)
    text = said(pdf)
    assert f"Rättad varning nr {number:04d}. Gäller inte längre." in text
    assert "Så stod det först: Inbrott i villa i Nyby" in text
    assert "Vi blandade ihop två fall." in text
    assert "Gör så här" not in text
    assert code_in_grey(pdf) == {f"http://localhost:8000/n/{number}"}


def test_the_longest_there_can_be_is_one_page(quiet_town: Town) -> None:
    names = [f"{letter} Bostadsrättsföreningen Långnamnsgatans Övre Ängsbacke 1234" for letter in "ABC"]
    assert {len(name) for name in names} == {LONGEST_NAME}
    with quiet_town.runtime.database.write() as rows:
        for name in names:
            row = networks.add_network(rows, HOOR, name, NetworkKind.APARTMENT, now=NOW, state=NetworkState.ACTIVE)
            quiet_town.network_ids[name] = row.id or 0
    kind = max(AlertKind, key=lambda one: sum(len(METHOD_WORDS[m].full) for m in CHOICES[one].methods))
    facts: dict[str, Any] = {
        "kind": kind,
        "dwelling": max(CHOICES[kind].dwellings, key=lambda one: len(one.value)),
        "day_part": DayPart.AFTERNOON,
        "methods": tuple(CHOICES[kind].methods),
        "advice": tuple(sorted(ADVICE_WORDS, key=lambda one: -len(ADVICE_WORDS[one].full))[:MOST_ADVICE]),
        "free_text": FREE_TEXT,
    }
    number = approved(quiet_town, *names, source=Source.CONTACT_PERSON, **facts)
    text = said(paper_of(quiet_town, number))
    assert FREE_TEXT in text
    assert "Polisen har inte bekräftat den." in text
    assert all(METHOD_WORDS[one].full in text for one in CHOICES[kind].methods)
    told = gone(quiet_town, *names)
    follow(quiet_town, told, AlertClass.CORRECTION, Told.PLACE, right_place=names[0], free_text=FREE_TEXT)
    corrected = paper_of(quiet_town, told)
    assert "Följ aldrig efter någon." in said(corrected)
    assert code_in_grey(corrected) == {f"http://localhost:8000/n/{told}"}


def test_it_is_kept_for_a_minute_and_is_not_there_for_a_number_that_is_not(quiet_town: Town) -> None:
    number, client = gone(quiet_town, "Nyby"), quiet_town.visitor()
    assert client.get(f"/n/{number}/lapp.pdf").headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/n/4711/lapp.pdf").status_code == 404


def test_the_page_leads_to_it(quiet_town: Town) -> None:
    number = gone(quiet_town, "Nyby")
    assert f'href="/n/{number}/lapp.pdf"' in page_of(quiet_town, f"/n/{number}")


def test_it_is_swedish_whatever_the_visitor_reads(quiet_town: Town) -> None:
    number, client = gone(quiet_town, "Nyby", "Tjörnarp"), quiet_town.visitor()
    english = client.get(f"/n/{number}/lapp.pdf", headers={"Accept-Language": "en"}).data
    assert said(english) == said(client.get(f"/n/{number}/lapp.pdf").data)
