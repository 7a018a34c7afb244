"""The page of what must not be deleted yet: for whoever covers the whole installation, with a reason and an end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from grannsamverkan import upkeep
from grannsamverkan.domain import accounts, audit, keeping
from grannsamverkan.domain.keeping import Hold
from grannsamverkan.foundation.clock import STOCKHOLM, SetClock
from grannsamverkan.web.holds import KIND_WORDS
from tests.support.browser import DESK, PHONE, assert_accessible, assert_room, keep_screenshot, press, served, sign_in
from tests.support.web_town import HOOR, PASSWORD, Town, token

PAGE = "/gallring"
CASE: dict[str, Any] = {"what": ["replies", "views"], "reason": "Ärende 7", "until": "2026-04-04"}


def post(client: FlaskClient, path: str = PAGE, **form: Any) -> TestResponse:
    return client.post(path, data={**form, "csrf_token": token(client)})


def held(town: Town) -> list[Hold]:
    with town.runtime.database.read() as rows:
        return keeping.holds(rows)


def classes(town: Town) -> dict[str, datetime]:
    with town.runtime.database.read() as rows:
        return keeping.held_classes(rows, now=town.clock.now())


def test_every_kind_has_its_words() -> None:
    assert set(KIND_WORDS) == set(upkeep.KINDS)


@pytest.mark.goal("P7")
def test_what_was_ticked_is_held_to_the_end_of_that_day(town: Town) -> None:
    client = town.signed_in("administrator")
    assert post(client, **CASE).status_code == 303
    page, by = client.get(PAGE).text, town.account_ids["administrator"]
    assert [word in page for word in ("Svar på sms", "till 2026-04-04", "Ärende 7", "administrator")] == [True] * 4
    assert [(row.what, row.placed_by) for row in held(town)] == [("replies", by), ("views", by)]
    assert isinstance(town.clock, SetClock)
    assert [set(classes(town)), "till 2026-04-04" in page] == [{"replies", "views"}, True]
    town.clock.advance(datetime(2026, 4, 4, 23, 59, tzinfo=STOCKHOLM) - town.clock.now())
    assert set(classes(town)) == {"replies", "views"}
    town.clock.advance(timedelta(minutes=1))
    assert (classes(town), "Har gått ut" in town.signed_in("administrator").get(PAGE).text) == ({}, True)


@pytest.mark.goal("P7")
def test_releasing_is_asked_about_and_stands_in_the_log(town: Town) -> None:
    client, by = town.signed_in("administrator"), town.account_ids["administrator"]
    post(client, **CASE)
    address = f"{PAGE}/{held(town)[0].id}/slapp"
    question = post(client, address)
    assert ("Släpp undantaget för ”Svar på sms”" in question.text, held(town)[0].released_at) == (True, None)
    assert [post(client, address, ja="1").status_code for _ in range(2)] == [303, 303]
    assert (held(town)[0].released_by, held(town)[1].released_at, "Släppt" in client.get(PAGE).text) == (by, None, True)
    with town.runtime.database.read() as rows:
        acts = [(row.act, row.account_id) for row in audit.history(rows, "hold", held(town)[0].id or 0)]
    assert acts == [("hold.released", by), ("hold.placed", by)]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"what": []}, "Kryssa i vad som inte får raderas"),
        ({"what": ["allt"]}, "giltig"),
        ({"reason": " "}, "Skriv varför"),
        ({"reason": "x" * 201}, "Skriv högst 200 tecken"),
        ({"until": ""}, "Skriv datumet"),
        ({"until": "2026-03-03"}, "Välj en dag från i dag till 2027-03-04"),
        ({"until": "2027-03-06"}, "Välj en dag från i dag till 2027-03-04"),
        ({"until": "9999-12-31"}, "Välj en dag från i dag till 2027-03-04"),
        ({"until": "0001-01-01"}, "Välj en dag från i dag till 2027-03-04"),
    ],
)
def test_what_cannot_be_held_is_said_at_the_field(town: Town, changed: dict[str, Any], told: str) -> None:
    answer = post(town.signed_in("administrator"), **{**CASE, **changed})
    assert (answer.status_code, told in answer.text, held(town)) == (422, True, [])


@pytest.mark.parametrize("day", ["2026-03-04", "2027-03-04"])
def test_the_first_and_the_last_day_that_may_be_chosen(town: Town, day: str) -> None:
    assert post(town.signed_in("administrator"), **{**CASE, "until": day}).status_code == 303


@pytest.mark.goal("S1")
def test_an_administrator_of_one_municipality_decides_nothing_for_the_others(town: Town) -> None:
    with town.runtime.database.write() as rows:
        accounts.account(rows, town.account_ids["administrator"]).municipality_code = HOOR
    client = town.signed_in("administrator")
    assert (client.get(PAGE).status_code, PAGE in client.get("/hem").text) == (403, False)
    assert (post(client, **CASE).status_code, held(town)) == (403, [])


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_page_is_accessible_and_has_room(open_page: Callable[..., Page], town: Town, width: int) -> None:
    page = open_page(width)
    with served(town.app) as address:
        sign_in(page, address, "administrator", PASSWORD)
        page.goto(address + PAGE)
        press(page, "Gör undantaget")
        assert_accessible(page)
        page.get_by_label("Svar på sms").check()
        page.get_by_label("Varför?").fill("Ärende 7")
        page.get_by_label("Till och med vilken dag?").fill("2026-04-04")
        press(page, "Gör undantaget")
        expect(page.get_by_role("row", name="Svar på sms")).to_contain_text("till 2026-04-04")
        assert_accessible(page)
        assert_room(page, width)
        keep_screenshot(page, f"gallring-{width}")
        press(page, "Släpp ”Svar på sms”")
        assert_accessible(page)
        press(page, "Släpp undantaget för ”Svar på sms”")
        expect(page.get_by_role("row", name="Svar på sms")).to_contain_text("Släppt")
