"""The one-click stop of an email: asking changes nothing, one post does, and a made-up link reveals nothing."""

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from grannsamverkan.domain import people
from grannsamverkan.domain.people import StopEntry
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, served
from tests.support.web_town import Town, build

OpenPage = Callable[..., Page]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
MAILBOX = "granne1@post.example"


def link(town: Town, mailbox: str = MAILBOX) -> str:
    with town.runtime.database.read() as session:
        lookup = people.lookup_of(session, ChannelKind.EMAIL, mailbox)
    return f"/avsluta/{people.stop_token(town.runtime.database.vault, lookup)}"


def is_stopped(town: Town, mailbox: str = MAILBOX) -> bool:
    with town.runtime.database.read() as session:
        lookup = people.lookup_of(session, ChannelKind.EMAIL, mailbox)
        return session.get(StopEntry, (ChannelKind.EMAIL, lookup)) is not None


def content(town: Town) -> str:
    with sqlite3.connect(town.runtime.database.url.removeprefix("sqlite:///")) as rows:
        return hashlib.sha256("\n".join(rows.iterdump()).encode()).hexdigest()


def test_asking_changes_nothing(town: Town) -> None:
    before, client, path = content(town), town.visitor(), link(town)
    prefetch = {"Purpose": "prefetch", "Sec-Purpose": "prefetch"}
    answers = [client.get(path), client.head(path), client.get(path, headers=prefetch), client.get(path)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert content(town) == before
    page = answers[0].get_data(as_text=True)
    assert "Vill du sluta få mejl från oss?" in page
    assert MAILBOX not in page
    assert answers[0].headers["Cache-Control"] == "no-store"


@pytest.mark.goal("P5")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"User-Agent": "mail provider"},
        {"Origin": "https://mejl.example", "Sec-Fetch-Site": "cross-site"},
        {"Cookie": "formular=x; grannsamverkan=y"},
    ],
)
def test_one_post_stops_without_cookie_token_or_sign_in(town: Town, headers: dict[str, str]) -> None:
    client: FlaskClient = town.app.test_client(use_cookies=False)
    assert client.post(link(town), data=ONE_CLICK, headers=headers).status_code == 200
    assert is_stopped(town)
    assert not is_stopped(town, "granne2@post.example")


def test_a_second_post_is_as_good_as_the_first(town: Town) -> None:
    first, second = (town.visitor().post(link(town), data=ONE_CLICK) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.data == second.data


def test_the_same_is_said_whether_or_not_we_know_the_address(town: Town) -> None:
    with town.runtime.database.write() as session:
        person = people.add_person(session, "1267", now=town.clock.now())
        people.add_address(session, person, ChannelKind.EMAIL, MAILBOX, now=town.clock.now())
    known, unknown = link(town), link(town, "ingen@post.example")
    for method in ("GET", "POST"):
        one, other = (town.visitor().open(path, method=method) for path in (known, unknown))
        assert one.status_code == other.status_code == 200
        assert one.data.replace(known.encode(), b"") == other.data.replace(unknown.encode(), b"")


@pytest.mark.parametrize("token", ["x", "A" * 30, "A" * 5000, "%C3%A5", "..", "<script>"])
def test_a_made_up_link_stops_nothing_and_reveals_nothing(town: Town, token: str) -> None:
    before = content(town)
    for answer in (town.visitor().get(f"/avsluta/{token}"), town.visitor().post(f"/avsluta/{token}", data=ONE_CLICK)):
        page = answer.get_data(as_text=True)
        assert answer.status_code == 404
        assert "Länken är inte hel" in page
        assert "<script>" not in page
    assert content(town) == before


def test_only_this_form_needs_no_token(town: Town) -> None:
    assert town.signed_in("polis").post("/logga-ut", data=ONE_CLICK).status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_stopping_by_hand_without_scripts(open_page: OpenPage, tmp_path: Path, width: int) -> None:
    town = build(tmp_path)
    page = open_page(width)
    with served(town.app) as address:
        page.goto(address + link(town))
        keep_screenshot(page, f"avsluta-{width}")
        assert_accessible(page)
        press(page, "Sluta skicka mejl till mig")
        expect(page.get_by_role("heading", level=1)).to_have_text("Nu får du inga fler mejl från oss")
        keep_screenshot(page, f"avsluta-klart-{width}")
        assert_accessible(page)
        page.goto(address + "/avsluta/fel")
        keep_screenshot(page, f"avsluta-fel-{width}")
        assert_accessible(page)
    assert is_stopped(town)
    town.runtime.close()
