"""The pages for systems that are called: added, the secret shown once, paused, changed, removed; others are told."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlmodel import col, select
from werkzeug.test import TestResponse

from grannsamverkan.domain import accounts, people, webhooks
from grannsamverkan.domain.audit.tables import AuditEntry
from grannsamverkan.domain.notices import Notice
from grannsamverkan.domain.webhooks import Event, Pause, Webhook
from grannsamverkan.foundation.ports import CallAnswer, ChannelKind
from tests.support.browser import DESK, PHONE, assert_accessible, assert_room, keep_screenshot, press, served, sign_in
from tests.support.builders import a_phone
from tests.support.web_town import CALLED, ESLOV, HOOR, NOW, PASSWORD, Town, build, token

PAGE = "/installningar/anrop"
MAP = {"name": "Kartan", "url": f"https://{CALLED}/anrop?nyckel=hemlig"}
ACTS = ("prov", "pausa", "fortsatt", "byt", "ta-bort")


def post(client: FlaskClient, path: str = PAGE, **form: Any) -> TestResponse:
    return client.post(path, data={**form, "csrf_token": token(client)})


def rows_of(town: Town) -> list[Webhook]:
    with town.runtime.database.read() as rows:
        return webhooks.webhooks(rows)


def shown_in(answer: TestResponse) -> str:
    found = re.search(r">(whsec_[\w+/=]{44})<", answer.text)
    return found[1] if found else ""


@pytest.mark.goal("S33")
def test_a_system_is_added_and_its_secret_shown_once(town: Town) -> None:
    client = town.signed_in("samordnare")
    answer = post(client, **MAP)
    secret, (row,) = shown_in(answer), rows_of(town)
    assert (answer.status_code, answer.headers["Cache-Control"], bool(secret)) == (200, "no-store", True)
    assert (row.secret, row.municipality_code, row.made_by) == (secret, HOOR, town.account_ids["samordnare"])
    for page in (client.get(PAGE).text, client.get(f"{PAGE}/{row.id}").text):
        assert ("Kartan" in page, CALLED in page, secret in page, "nyckel=hemlig" in page) == (True, True, False, False)


def test_a_trial_a_pause_and_another_secret(town: Town) -> None:
    client = town.signed_in("samordnare")
    first = shown_in(post(client, **MAP))
    address = f"{PAGE}/{rows_of(town)[0].id}"
    assert post(client, f"{address}/prov").status_code == 303
    with town.runtime.database.read() as rows:
        (call,) = webhooks.latest_calls(rows, rows_of(town)[0].id or 0)
    assert (call.event, "Prov" in client.get(address).text) == (Event.PING, True)
    assert post(client, f"{address}/pausa").status_code == 303
    assert (rows_of(town)[0].paused_for, "En av er har pausat anropen" in client.get(address).text) == (
        *(Pause.WANTED, True),
    )
    assert post(client, f"{address}/prov").status_code == 303
    assert post(client, f"{address}/fortsatt").status_code == 303
    assert (rows_of(town)[0].paused_at, "Anropas" in client.get(address).text) == (None, True)
    answer = post(client, f"{address}/byt")
    second, row = shown_in(answer), rows_of(town)[0]
    assert (row.secret, row.secret_before, first == second, "Den gamla hemligheten gäller till" in answer.text) == (
        *(second, first, False, True),
    )
    with town.runtime.database.read() as rows:
        acts = [one.act for one in rows.exec(select(AuditEntry).order_by(col(AuditEntry.id)))]
    assert [one for one in acts if one.startswith("webhook")] == [
        *("webhook_made", "webhook_pinged", "webhook_paused", "webhook_resumed", "webhook_secret_changed"),
    ]


def test_removing_is_asked_about_and_leaves_nothing(town: Town) -> None:
    client = town.signed_in("samordnare")
    post(client, **MAP)
    address = f"{PAGE}/{rows_of(town)[0].id}"
    post(client, f"{address}/prov")
    question = post(client, f"{address}/ta-bort")
    assert ("Sluta anropa ”Kartan”" in question.text, len(rows_of(town))) == (True, 1)
    assert [post(client, f"{address}/ta-bort", ja="1").status_code for _ in range(2)] == [303, 404]
    assert (rows_of(town), client.get(address).status_code) == ([], 404)


@pytest.mark.goal("S2")
def test_a_system_of_another_municipality_is_not_there(town: Town) -> None:
    with town.runtime.database.write() as rows:
        webhooks.add_webhook(rows, "Eslövs karta", ESLOV, MAP["url"], hosts={CALLED}, now=NOW)
    client, before = town.signed_in("samordnare"), rows_of(town)
    theirs = before[0].id
    assert "Eslövs karta" not in client.get(PAGE).text
    assert client.get(f"{PAGE}?kommun={ESLOV}").status_code == 404
    pages = [client.get(f"{PAGE}/{number}") for number in (theirs, 99)]
    assert [one.status_code for one in pages] == [404, 404]
    for act in ACTS:
        answers = [post(client, f"{PAGE}/{number}/{act}", ja="1").status_code for number in (theirs, 99)]
        assert answers == [404, 404], act
    assert post(client, f"{PAGE}?kommun={ESLOV}", **MAP).status_code == 404
    assert rows_of(town) == before


@pytest.mark.goal("S24")
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": " "}, "Skriv vilket system som ska anropas"),
        ({"name": "x" * 61}, "Skriv högst 60 tecken"),
        ({"url": ""}, "Skriv adressen"),
        ({"url": f"http://{CALLED}/"}, "Adressen ska börja med https://"),
        ({"url": "https://annan.example/"}, "Be den som driver programmet att lägga till den"),
        ({"url": "https://127.0.0.1:4711/"}, "Be den som driver programmet att lägga till den"),
        ({"url": "https://localhost/"}, "Be den som driver programmet att lägga till den"),
        ({"url": f"https://anna:hemligt@{CALLED}/"}, "Skriv en hel adress"),
        ({"url": f"https://{CALLED}/#{'x' * 5}"}, "Skriv en hel adress"),
    ],
)
def test_what_cannot_be_called_is_said_at_the_field(town: Town, changed: dict[str, str], told: str) -> None:
    answer = post(town.signed_in("samordnare"), **{**MAP, **changed})
    assert (answer.status_code, told in answer.text, rows_of(town)) == (422, True, [])


def test_there_are_only_so_many(town: Town) -> None:
    client = town.signed_in("samordnare")
    statuses = [post(client, **MAP).status_code for _ in range(webhooks.MOST_HOOKS)]
    full = post(client, **MAP)
    assert (set(statuses), full.status_code, "Ni har redan 5 system" in full.text) == ({200}, 422, True)


def test_without_named_hosts_the_page_says_whom_to_ask(tmp_path: Path) -> None:
    town = build(tmp_path, called="")
    with town.runtime.database.write() as rows:
        row, _secret = webhooks.add_webhook(rows, "Kartan", HOOR, MAP["url"], hosts={CALLED}, now=NOW)
    client = town.signed_in("samordnare")
    page, one = client.get(PAGE).text, client.get(f"{PAGE}/{row.id}").text
    town.runtime.close()
    assert ("Inget system kan anropas än" in page, 'name="url"' in page) == (True, False)
    assert "Servern får inte anropas längre" in one


def test_those_who_can_open_the_page_hear_of_it_and_so_does_whoever_did_it(town: Town) -> None:
    with town.runtime.database.write() as rows:
        for number, name in enumerate(("samordnare", "polis", "samordnare-eslov")):
            person = people.add_person(rows, HOOR, now=NOW)
            address = people.add_address(rows, person, ChannelKind.SMS, a_phone(3 + number), now=NOW)
            people.prove_address(address, now=NOW)
            accounts.account(rows, town.account_ids[name]).person_id = person.id
    client = town.signed_in("samordnare")
    post(client, **MAP)
    one = f"{PAGE}/{rows_of(town)[0].id}"
    post(client, f"{one}/byt")
    post(client, f"{one}/ta-bort", ja="1")
    with town.runtime.database.read() as rows:
        told = [(row.address_id, row.body.split(". ")[0]) for row in rows.exec(select(Notice).order_by(col(Notice.id)))]
        coordinator = accounts.account(rows, town.account_ids["samordnare"]).person_id
        (theirs,) = people.confirmed_of(rows, coordinator or 0)
    assert told == [
        (theirs.id, "Grannsamverkan Höör: Ett annat system anropas från och med nu"),
        (theirs.id, "Grannsamverkan Höör: Hemligheten för anropen till ett annat system är bytt"),
        (theirs.id, "Grannsamverkan Höör: Ett annat system anropas inte längre"),
    ]


@pytest.mark.parametrize(("why", "is_told"), [(Pause.FAILING, True), (Pause.GONE, True), (Pause.WANTED, False)])
def test_what_was_paused_by_nobody_stands_on_the_first_page(town: Town, why: Pause, is_told: bool) -> None:
    with town.runtime.database.write() as rows:
        for code, name in ((HOOR, "Kartan"), (ESLOV, "Eslövs karta")):
            row, _secret = webhooks.add_webhook(rows, name, code, MAP["url"], hosts={CALLED}, now=NOW)
            webhooks.pause(rows, row, NOW, why=why)
    shown = [f"Anropen till ”{name}” är pausade" in _home(town) for name in ("Kartan", "Eslövs karta")]
    assert shown == [is_told, False]
    assert "är pausade" not in town.signed_in("polis").get("/hem").text


def _home(town: Town) -> str:
    return town.signed_in("samordnare").get("/hem").text


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_pages_are_accessible_and_have_room(open_page: Callable[..., Page], town: Town, width: int) -> None:
    page = open_page(width)
    with served(town.app) as address:
        sign_in(page, address, "samordnare", PASSWORD)
        page.goto(address + PAGE)
        press(page, "Lägg till")
        assert_accessible(page)
        page.get_by_label("Vilket system ska anropas?").fill("Kartan")
        page.get_by_label("Vilken adress har det?").fill("https://annan.example/")
        press(page, "Lägg till")
        assert_accessible(page)
        keep_screenshot(page, f"anrop-fel-{width}")
        page.get_by_label("Vilken adress har det?").fill(MAP["url"])
        press(page, "Lägg till")
        expect(page.locator("#hemlighet")).to_contain_text("whsec_")
        assert_accessible(page)
        assert_room(page, width)
        keep_screenshot(page, f"anrop-ny-{width}")
        press(page, "Skicka ett prov")
        expect(page.get_by_role("row", name="Prov")).to_contain_text("Väntar")
        _answered(town, 204, 500)
        page.reload()
        assert_accessible(page)
        assert_room(page, width)
        keep_screenshot(page, f"anrop-ett-{width}")
        page.goto(address + PAGE)
        assert_accessible(page)
        assert_room(page, width)
        keep_screenshot(page, f"anrop-{width}")
        page.get_by_role("link", name="Kartan").click()
        press(page, "Sluta anropa")
        assert_accessible(page)
        press(page, "Sluta anropa ”Kartan”")
        expect(page.get_by_role("row", name="Kartan")).to_have_count(0)


def _answered(town: Town, *statuses: int) -> None:
    """The system answers so, first to the trial that waits and then to others."""
    with town.runtime.database.write() as rows:
        (row,) = webhooks.webhooks(rows)
        for status in statuses:
            webhooks.ping(rows, row, NOW)
            for call_id in webhooks.due(rows, now=NOW, limit=1):
                going = webhooks.begin(rows, call_id, now=NOW)
                assert going is not None
                webhooks.note(rows, going, CallAnswer(status), now=NOW)
