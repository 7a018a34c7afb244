"""The page of the neighbours' phones: what it shows, and that it is there in a demo only."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from grannsamverkan.app import create_app
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, served
from tests.support.made_up_phones import WARNING, MadeUpPhones
from tests.support.web_town import Town, build, token

OpenPage = Callable[..., Page]


@pytest.fixture
def phones() -> MadeUpPhones:
    return MadeUpPhones()


@pytest.fixture
def app(town: Town, phones: MadeUpPhones) -> Flask:
    return create_app(town.runtime, (), phones)


def test_each_phone_shows_what_the_neighbour_sees(app: Flask) -> None:
    page = app.test_client().get("/demo/telefoner").get_data(as_text=True)
    assert page.count(WARNING) == 2
    for words in (
        "Kontaktombud i Nyby",
        "070-174 06 05",
        "Paus till onsdag 18 mars",
        "Har sagt stopp",
        "Inget kom fram",
        "Varning: inbrott i villa",
        "räksmörgås RÄKSMÖRGÅS",
        "Tavlan i Nyby",
        "Visa 7 telefoner till",
    ):
        assert words in page, words
    assert page.count('name="text"') == 10  # not the mailbox, nor the number that nobody uses


def test_all_phones_can_be_shown(app: Flask) -> None:
    page = app.test_client().get("/demo/telefoner?visa=alla").get_data(as_text=True)
    assert page.count('id="telefon-') == 19
    assert "telefoner till" not in page


def test_only_the_screens_asked_for_are_fetched_anew(app: Flask) -> None:
    page = app.test_client().get("/demo/telefoner?nytt=5,7,999,x,²").get_data(as_text=True)
    assert page.count('hx-swap-oob="true"') == 3  # two screens and the time
    assert "<form" not in page
    assert "<html" not in page


def test_an_answer_goes_out_from_its_phone(app: Flask, phones: MadeUpPhones) -> None:
    client = app.test_client()
    form = {"text": " STOPP ", "csrf_token": token(client)}
    answer = client.post("/demo/telefoner/5/svar", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/demo/telefoner#telefon-5")
    assert phones.answers == [(5, "STOPP")]
    assert client.post("/demo/telefoner/5/svar", data={**form, "text": " "}).status_code == 303
    assert client.post("/demo/telefoner/99/svar", data=form).status_code == 404
    assert client.post("/demo/telefoner/5/svar", data={"text": "STOPP"}).status_code == 403
    assert len(phones.answers) == 1


def test_an_answer_that_did_not_arrive_is_told(app: Flask, phones: MadeUpPhones) -> None:
    phones.fails = True
    client = app.test_client()
    form = {"text": "TEST", "csrf_token": token(client)}
    page = client.post("/demo/telefoner/5/svar", data=form, follow_redirects=True).get_data(as_text=True)
    assert "Svaret kom inte fram." in page


def test_outside_a_demo_there_is_no_such_page(tmp_path: Path) -> None:
    town = build(tmp_path, base_url="https://gs.kommun.example", mode="production")
    client = create_app(town.runtime, (), MadeUpPhones()).test_client()
    for path in ("/demo/telefoner", "/demo/telefoner?visa=alla"):
        assert client.get(path, base_url="https://gs.kommun.example").status_code == 404
    town.runtime.close()


def test_a_demo_without_stand_ins_has_no_wall(town: Town) -> None:
    client = create_app(town.runtime).test_client()
    assert client.get("/demo/telefoner").status_code == 404
    assert "Grannarnas telefoner" not in client.get("/kakor").get_data(as_text=True)


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("query", ["", "?visa=alla", "?svar=nej"])
def test_the_wall_is_accessible(open_page: OpenPage, app: Flask, width: int, query: str) -> None:
    page = open_page(width)
    with served(app) as address:
        page.goto(f"{address}/demo/telefoner{query}")
        page.locator("summary").first.click()
        keep_screenshot(page, f"telefoner-{width}{query.replace('?', '-').replace('=', '-')}")
        assert_accessible(page)


@pytest.mark.browser
def test_new_messages_come_by_themselves_and_leave_what_is_typed(
    open_page: OpenPage, app: Flask, phones: MadeUpPhones, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(DESK)
    with served(app) as address:
        page.goto(f"{address}/demo/telefoner")
        page.locator("#svar-10").fill("Hej alla")
        before = phones.devices()
        now = [replace(one, bubbles=before[0].bubbles) if one.key == 10 else one for one in before]
        monkeypatch.setattr(phones, "devices", lambda: now)
        page.locator("#skarm-10").get_by_text(WARNING).wait_for(timeout=9000)
        expect(page.locator("#svar-10")).to_have_value("Hej alla")


@pytest.mark.browser
def test_the_wall_works_without_scripts(open_page: OpenPage, app: Flask, phones: MadeUpPhones) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    with served(app) as address:
        page.goto(f"{address}/demo/telefoner")
        page.locator("#svar-5").fill("HJÄLP")
        press(page, "Skicka svar från Kontaktombud i Nyby")
        with page.expect_navigation():
            page.get_by_role("link", name="Hämta nytt").click()
    assert phones.answers == [(5, "HJÄLP")]
