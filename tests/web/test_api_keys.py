"""The page for keys of other systems: made there, shown once, ended after a question, and others are told."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlmodel import select
from werkzeug.test import TestResponse

from grannsamverkan.domain import accounts, people
from grannsamverkan.domain.accounts import ApiKey, Scope
from grannsamverkan.domain.audit.tables import AuditEntry
from grannsamverkan.domain.notices import Notice
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.browser import DESK, PHONE, assert_accessible, assert_room, keep_screenshot, press, served, sign_in
from tests.support.builders import a_phone
from tests.support.web_town import ESLOV, HOOR, NOW, PASSWORD, Town, token

PAGE = "/installningar/nycklar"
MAP: dict[str, Any] = {"name": "Kartan", "scopes": ["networks", "alerts"], "days": "30"}


def post(client: FlaskClient, path: str = PAGE, **form: Any) -> TestResponse:
    return client.post(path, data={**form, "csrf_token": token(client)})


def keys(town: Town) -> list[ApiKey]:
    with town.runtime.database.read() as rows:
        return accounts.keys(rows)


def shown_in(answer: TestResponse) -> str:
    found = re.search(r">(gs_[\w-]{43})<", answer.text)
    return found[1] if found else ""


@pytest.mark.goal("S32")
def test_a_key_is_made_shown_once_and_opens_what_was_ticked(town: Town) -> None:
    client = town.signed_in("samordnare")
    answer = post(client, **MAP)
    key = shown_in(answer)
    assert (answer.status_code, answer.headers["Cache-Control"], bool(key)) == (200, "no-store", True)
    again = client.get(PAGE).text
    assert ("Kartan" in again, key in again, "Läsa vilka områden som finns" in again) == (True, False, True)
    headers = {"Authorization": f"Bearer {key}"}
    statuses = [town.visitor().get(f"/api/v1/{one}", headers=headers).status_code for one in ("networks", "statistics")]
    (row,) = keys(town)
    made_by = town.account_ids["samordnare"]
    assert (statuses, row.municipality_code, row.made_by) == ([200, 403], HOOR, made_by)


@pytest.mark.goal("S32")
def test_ending_is_asked_about_and_holds_from_the_next_question(town: Town) -> None:
    client = town.signed_in("samordnare")
    key = shown_in(post(client, **MAP))
    address = f"{PAGE}/{keys(town)[0].id}/avsluta"
    question = post(client, address)
    assert (question.status_code, "Avsluta nyckeln ”Kartan”" in question.text) == (200, True)
    assert keys(town)[0].revoked_at is None
    assert [post(client, address, ja="1").status_code for _ in range(2)] == [303, 303]
    answer = town.visitor().get("/api/v1/networks", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, "Avslutad" in client.get(PAGE).text) == (401, True)
    with town.runtime.database.read() as rows:
        noted = [(one.act, one.account_id) for one in rows.exec(select(AuditEntry).order_by(AuditEntry.id))]  # type: ignore[arg-type]
    by = town.account_ids["samordnare"]
    assert [one for one in noted if one[0].startswith("api_key")] == [("api_key_made", by), ("api_key_revoked", by)]


@pytest.mark.goal("S2")
def test_a_key_of_another_municipality_is_not_there(town: Town) -> None:
    with town.runtime.database.write() as rows:
        accounts.make_key(rows, "Eslövs karta", ESLOV, [Scope.ALERTS], days=30, now=NOW)
    client = town.signed_in("samordnare")
    assert "Eslövs karta" not in client.get(PAGE).text
    assert client.get(f"{PAGE}?kommun={ESLOV}").status_code == 404
    theirs, missing = (post(client, f"{PAGE}/{number}/avsluta", ja="1") for number in (keys(town)[0].id, 99))
    assert (theirs.status_code, missing.status_code, keys(town)[0].revoked_at) == (404, 404, None)


@pytest.mark.goal("S32")
def test_those_who_can_open_the_page_hear_of_it_and_so_does_whoever_did_it(town: Town) -> None:
    with town.runtime.database.write() as rows:
        for number, name in enumerate(("samordnare", "polis", "samordnare-eslov")):
            person = people.add_person(rows, HOOR, now=NOW)
            address = people.add_address(rows, person, ChannelKind.SMS, a_phone(3 + number), now=NOW)
            people.prove_address(address, now=NOW)
            accounts.account(rows, town.account_ids[name]).person_id = person.id
    client = town.signed_in("samordnare")
    post(client, **MAP)
    post(client, f"{PAGE}/1/avsluta", ja="1")
    with town.runtime.database.read() as rows:
        told = [(row.address_id, row.body) for row in rows.exec(select(Notice).order_by(Notice.id))]  # type: ignore[arg-type]
        coordinator = accounts.account(rows, town.account_ids["samordnare"]).person_id
        (theirs,) = people.confirmed_of(rows, coordinator or 0)
    begins, ends = "Grannsamverkan Höör: ", " Logga in och se vilken under Inställningar."
    assert told == [
        (theirs.id, f"{begins}En ny nyckel för ett annat system är gjord.{ends}"),
        (theirs.id, f"{begins}En nyckel för ett annat system är avslutad.{ends}"),
    ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": " "}, "Skriv vilket system nyckeln är till"),
        ({"name": "x" * 61}, "Skriv högst 60 tecken"),
        ({"scopes": []}, "Kryssa i vad systemet får göra"),
        ({"scopes": ["allt"]}, "giltig"),
        ({"days": "366"}, "Talet är för litet eller för stort"),
        ({"days": "tre"}, "heltal"),
    ],
)
def test_what_cannot_be_a_key_is_said_at_the_field(town: Town, changed: dict[str, Any], told: str) -> None:
    answer = post(town.signed_in("samordnare"), **{**MAP, **changed})
    assert (answer.status_code, told in answer.text, keys(town)) == (422, True, [])


def test_there_are_only_so_many_that_hold(town: Town) -> None:
    with town.runtime.database.write() as rows:
        for _ in range(20):
            accounts.make_key(rows, "Kartan", HOOR, [Scope.ALERTS], days=30, now=NOW)
    client = town.signed_in("samordnare")
    answer = post(client, **MAP)
    assert (answer.status_code, "Ni har 20 nycklar" in answer.text) == (422, True)
    post(client, f"{PAGE}/1/avsluta", ja="1")
    assert shown_in(post(client, **MAP))


@pytest.mark.goal("S32")
def test_a_key_that_ends_within_a_fortnight_stands_on_the_first_page(town: Town) -> None:
    with town.runtime.database.write() as rows:
        for name, days in (("Kartan", 14), ("Statistiken", 15), ("Gamla", 3)):
            accounts.make_key(rows, name, HOOR, [Scope.ALERTS], days=days, now=NOW)
        accounts.revoke_key(rows, 3, NOW)
        accounts.make_key(rows, "Eslövs karta", ESLOV, [Scope.ALERTS], days=3, now=NOW)
    shown = town.signed_in("samordnare").get("/hem").text
    assert [f"Nyckeln ”{name}” går ut" in shown for name in ("Kartan", "Statistiken", "Gamla", "Eslövs karta")] == [
        *(True, False, False, False)
    ]
    assert "går ut" not in town.signed_in("polis").get("/hem").text


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_page_with_a_new_key_is_accessible_and_has_room(
    open_page: Callable[..., Page], town: Town, width: int
) -> None:
    page = open_page(width)
    with served(town.app) as address:
        sign_in(page, address, "samordnare", PASSWORD)
        page.goto(address + PAGE)
        press(page, "Gör nyckeln")
        assert_accessible(page)
        page.get_by_label("Vilket system är nyckeln till?").fill("Kartan")
        page.get_by_label("Läsa det som är skickat").check()
        press(page, "Gör nyckeln")
        expect(page.locator("#nyckel")).to_contain_text("gs_")
        assert_accessible(page)
        assert_room(page, width)
        keep_screenshot(page, f"nycklar-{width}")
        press(page, "Avsluta ”Kartan”")
        assert_accessible(page)
        press(page, "Avsluta nyckeln ”Kartan”")
        expect(page.get_by_role("row", name="Kartan")).to_contain_text("Avslutad")
