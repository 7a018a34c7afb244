"""Tips for everybody: found by home, answered without a trace, ticked without an account, and on paper."""

import html
import re
import time
from datetime import timedelta
from typing import Any

import cv2
import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan.domain import advice, places
from grannsamverkan.domain.advice import CardAnswer
from grannsamverkan.foundation.clock import SetClock
from tests.support import papers
from tests.support.web_town import ESLOV, HOOR, Town

KEY = "las-cykeln"
TIP = f"/tips/{KEY}?kommun={HOOR}"
ANSWER = f"/tips/{KEY}/svar?kommun={HOOR}"


def page(client: FlaskClient, path: str, language: str = "sv") -> str:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def counts(town: Town) -> dict[tuple[str, str], int]:
    with town.runtime.database.read() as rows:
        return {(row.municipality_code, row.answer.value): row.count for row in rows.exec(select(CardAnswer))}


def test_by_home_with_those_of_the_season_first(shared_town: Town) -> None:
    text = page(shared_town.visitor(), f"/tips?bostad=apartment&kommun={HOOR}")
    assert "/tips/portkoden?" in text
    assert "/tips/altandorren?" not in text
    assert text.index("Just nu") < text.index("/tips/tom-forradet?") < text.index("<h2>När du är borta")
    assert "/tips/altandorren" in page(shared_town.visitor(), "/tips?bostad=nonsens")
    assert shared_town.visitor().get("/tips?kommun=0000").status_code == 404


def test_in_the_language_of_the_page(shared_town: Town) -> None:
    assert "<h1>Lås fast cykelns ram</h1>" in page(shared_town.visitor(), TIP)
    english = page(shared_town.visitor(), TIP, "en")
    assert "<h1>Lock the frame of your cycle</h1>" in english
    assert "I have done it" in english


def test_an_answer_is_counted_and_leaves_nothing_in_the_browser(town: Town) -> None:
    client = town.visitor()
    answer = client.post(ANSWER, data={"svar": "had_it"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tips/{KEY}?kommun={HOOR}&svar=had_it")
    assert "Set-Cookie" not in answer.headers
    thanks = client.get(answer.headers["Location"])
    assert "Set-Cookie" not in thanks.headers
    assert "Tack för ditt svar!" in thanks.get_data(as_text=True)
    assert 'name="svar"' not in thanks.get_data(as_text=True)
    assert counts(town) == {(HOOR, "had_it"): 1}


def test_the_same_press_again_counts_once_and_much_pressing_is_stopped(town: Town) -> None:
    client = town.visitor()
    for _ in range(2):
        assert client.post(ANSWER, data={"svar": "done"}).status_code == 303
    assert counts(town) == {(HOOR, "done"): 1}
    client.post(f"/tips/{KEY}/svar?kommun={ESLOV}", data={"svar": "done"})
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(minutes=11))
    client.post(ANSWER, data={"svar": "done"})
    assert counts(town) == {(HOOR, "done"): 2, (ESLOV, "done"): 1}
    pressed = [client.post(ANSWER, data={"svar": "done"}).status_code for _ in range(40)]
    assert pressed[-1] == 429
    assert counts(town)[HOOR, "done"] == 2


def test_another_sites_form_counts_nothing(town: Town) -> None:
    answer = town.visitor().post(ANSWER, data={"svar": "done"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    for form, path in (({}, ANSWER), ({"svar": "x"}, ANSWER)):
        assert town.visitor().post(path, data=form).status_code == 400
    assert town.visitor().post(f"/tips/{KEY}/svar", data={"svar": "done"}).status_code == 404  # whose is it?
    assert town.visitor().post(f"/tips/nej/svar?kommun={HOOR}", data={"svar": "done"}).status_code == 404
    assert counts(town) == {}


def test_the_only_municipality_need_not_be_named(town: Town) -> None:
    with town.runtime.database.write() as rows:
        rows.delete(places.served_municipality(rows, ESLOV))
    assert 'name="svar"' in page(town.visitor(), f"/tips/{KEY}")
    assert town.visitor().post(f"/tips/{KEY}/svar", data={"svar": "done"}).status_code == 303
    assert code_on(town.visitor().get(f"/tips/{KEY}/lapp.pdf").data) == {f"http://localhost:8000/tips/{KEY}"}


def test_the_list_of_a_home_keeps_its_ticks_in_the_address_alone(town: Town) -> None:
    before = stored(town)
    client = town.visitor()
    asking = page(client, "/skydda-ditt-hem")
    assert 'name="klar"' not in asking
    text = page(client, "/skydda-ditt-hem?bostad=apartment&klar=portkoden&klar=altandorren&klar=nej")
    assert re.findall(r'id="klar-([a-z0-9-]+)" checked', text) == ["portkoden"]
    assert "<h1>Skydda din lägenhet</h1>" in text
    boxes = text.count('name="klar"')
    assert f"1 av {boxes} är klara." in text
    assert stored(town) == before
    for bostad, title in (("villa", "Skydda din villa"), ("cottage", "ditt fritidshus"), ("farm", "Skydda din gård")):
        text = page(client, f"/skydda-ditt-hem?bostad={bostad}")
        assert title in text
        assert text.count('name="klar"') >= 10


def stored(town: Town) -> dict[str, int]:
    with town.runtime.database.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() or 0 for name in names}


def test_the_list_on_paper(shared_town: Town) -> None:
    pdf = shared_town.visitor().get(f"/skydda-ditt-hem.pdf?bostad=apartment&kommun={HOOR}").data
    text = " ".join(papers.text_of(pdf).split())
    assert papers.title_of(pdf) == "Skydda din lägenhet"
    assert papers.covered(pdf) == []
    for words in ("Höörs kommun och polisen", "Håll koden till porten för er själva", "Lägenhet och trapphus"):
        assert words in text
    english = shared_town.visitor().get(
        f"/skydda-ditt-hem.pdf?bostad=apartment&kommun={HOOR}", headers={"Accept-Language": "en"}
    )
    assert papers.text_of(english.data) == papers.text_of(pdf)


def code_on(pdf: bytes) -> set[str]:
    return papers.codes_on(cv2.cvtColor(papers.pages_of(pdf)[0], cv2.COLOR_BGR2GRAY))


def paper(town: Town, path: str) -> bytes:
    began = time.monotonic()
    answer: Any = town.visitor().get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert time.monotonic() - began < 1
    return bytes(answer.data)


@pytest.mark.slow
@pytest.mark.parametrize("key", advice.shipped())
def test_every_tip_is_a_notice_for_the_stairwell(shared_town: Town, key: str) -> None:
    paper(shared_town, f"/tips/{key}/lapp.pdf?kommun={HOOR}")  # the first one reads the fonts
    pdf = paper(shared_town, f"/tips/{key}/lapp.pdf?kommun={HOOR}")
    texts = advice.shipped()[key].texts["sv"]
    text = " ".join(papers.text_of(pdf).split())
    assert len(papers.pages_of(pdf, dpi=30)) == 1
    assert papers.smallest_letters_pt(pdf) >= 14
    assert papers.covered(pdf) == []
    assert papers.fonts_are_inside(pdf)
    assert papers.language_of(pdf) == "sv-SE"
    assert papers.title_of(pdf) == texts.title
    for words in (texts.title, *texts.notice, "Gäller till fredag 3 april.", "Ta ner lappen senast fredag 3 april."):
        assert words in text
    assert code_on(pdf) == {f"http://localhost:8000/tips/{key}?kommun={HOOR}"}


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-05-01", "fredag 1 maj"),
        ("2026-03-03", "fredag 3 april"),  # it was yesterday
        ("2028-01-01", "fredag 3 april"),
        ("i morgon", "fredag 3 april"),
    ],
)
def test_it_hangs_until_the_day_that_somebody_chose(shared_town: Town, asked: str, until: str) -> None:
    text = papers.text_of(paper(shared_town, f"/tips/{KEY}/lapp.pdf?kommun={HOOR}&till={asked}"))
    assert f"Ta ner lappen senast {until}." in " ".join(text.split())


def test_slips_for_letter_boxes(shared_town: Town) -> None:
    pdf = paper(shared_town, f"/tips/{KEY}/lappar.pdf?kommun={HOOR}&antal=3")
    pages = papers.pages_of(pdf)
    assert len(pages) == 2
    assert " ".join(papers.text_of(pdf).split()).count("Lås fast cykelns ram") == 4
    middle = pages[0].shape[1] // 2
    for slip in (pages[0][:, :middle], pages[0][:, middle:]):
        assert papers.codes_on(slip) == {f"http://localhost:8000/tips/{KEY}?kommun={HOOR}"}
    for wrong in ("0", "201", "x", "²", "-1", ""):
        assert shared_town.visitor().get(f"/tips/{KEY}/lappar.pdf?antal={wrong}").status_code == 400


def test_the_links_of_a_mail_lead_to_the_question_and_count_nothing(town: Town) -> None:
    """Mail systems open every link before anybody has read it."""
    visitor = town.visitor()
    text = page(visitor, f"{TIP}&val=had_it")
    assert "Tryck en gång till" in text
    assert 'class="btn btn-primary" name="svar" value="had_it"' in text
    assert text.count("btn btn-primary") == 1
    assert "Tryck en gång till" not in page(visitor, f"{TIP}&val=nonsens")
    with town.runtime.database.read() as rows:
        assert advice.answers_of_year(rows, HOOR, town.clock.now().year) == {}
