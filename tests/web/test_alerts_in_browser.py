"""The whole way of a warning in a real Chromium: on a phone and at a desk, with scripts and without."""

import re
import time
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from grannsamverkan.jobs.inline import drain
from grannsamverkan.web import alert_places
from tests.support.alert_fixtures import address
from tests.support.alert_fixtures import alert_town_of_today as alert_town
from tests.support.alert_town import PASSWORDS, AlertTown, receive
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, sign_in

__all__ = ["address", "alert_town"]
pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
SMALL_PHONE = 360


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_whole_way_with_every_page_accessible(
    open_page: OpenPage, alert_town: AlertTown, address: str, width: int
) -> None:
    page = open_page(width)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    with page.expect_navigation():
        page.get_by_role("link", name="Ny varning").first.click()
    assert_accessible(page)
    keep_screenshot(page, f"varning-ny-tom-{width}")
    page.get_by_label("Nyby", exact=False).first.check()
    page.get_by_label("Kvarteret Linden").first.check()
    page.get_by_label("Något mer?").fill("Altandörren var uppbruten. Det hände vid Nybyvägen 12.")
    page.get_by_role("button", name="Visa nya texten").click()
    expect(page.locator(".gs-guard")).to_contain_text("Nybyvägen 12")
    assert_accessible(page)
    keep_screenshot(page, f"varning-ny-{width}")
    page.get_by_role("button", name="Byt till ”Nybyvägen”").click()
    expect(page.get_by_label("Något mer?")).to_have_value("Altandörren var uppbruten. Det hände vid Nybyvägen.")
    press(page, "Granska varningen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Granska varningen")
    assert_accessible(page)
    keep_screenshot(page, f"varning-granska-{width}")
    press(page, "Skicka varning till")
    expect(page).to_have_title(re.compile(r"^Fel: "))
    assert page.evaluate("document.activeElement.className") == "gs-errors"
    assert_accessible(page)
    keep_screenshot(page, f"varning-granska-fel-{width}")
    page.get_by_label("Uppgiften är bekräftad").check()
    press(page, "Skicka varning till")
    expect(page.get_by_role("heading", level=1)).to_have_text("Varningen skickas strax")
    assert_accessible(page)
    drain(alert_town.runtime)
    receive(alert_town, lost=3)
    expect(page.get_by_role("heading", level=1)).to_contain_text("hushåll har fått varningen")
    expect(page.locator("#lage")).to_contain_text("Numret används inte")
    assert_accessible(page)
    keep_screenshot(page, f"varning-lage-{width}")
    for name, path in {
        "hem-polis": "/hem",
        "varningar": "/varningar",
        "omraden": "/omraden",
        "omrade": f"/omraden/{alert_town.networks['Nyby']}",
        "polishandelser": "/polishandelser",
    }.items():
        page.goto(address + path)
        assert_accessible(page)
        keep_screenshot(page, f"{name}-{width}")


class Hand:
    """Counts what a person does: taps and typed characters."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, role: Literal["button", "link", "checkbox"], name: str) -> None:
        self.page.get_by_role("main").get_by_role(role, name=name).first.click()
        self.taps += 1


def test_a_contact_person_warns_from_a_phone_in_few_taps(
    open_page: OpenPage, alert_town: AlertTown, address: str
) -> None:
    page = open_page(SMALL_PHONE)
    sign_in(page, address, "ombud", PASSWORDS["ombud"])
    assert_accessible(page)
    keep_screenshot(page, f"hem-ombud-fore-{SMALL_PHONE}")
    began = time.monotonic()
    hand = Hand(page)
    hand.tap("link", "Skriv till dina grannar")
    keep_screenshot(page, f"varning-ny-ombud-{SMALL_PHONE}")
    hand.tap("button", "Granska varningen")
    assert hand.taps <= 7
    hand.tap("checkbox", "Jag vet att det har hänt")
    hand.tap("button", "Skicka varning till")
    expect(page.get_by_role("heading", level=1)).to_have_text("Varningen skickas strax")
    assert hand.taps == 4
    assert time.monotonic() - began < 20
    drain(alert_town.runtime)
    receive(alert_town, lost=2)
    for name, path in {
        "hem-ombud": "/hem",
        "lage-ombud": "/varningar/1",
        "varningar-ombud": "/varningar",
        "omrade-ombud": f"/omraden/{alert_town.networks['Nyby']}",
    }.items():
        page.goto(address + path)
        assert_accessible(page)
        keep_screenshot(page, f"{name}-{SMALL_PHONE}")


def test_police_are_done_in_seven_taps_on_a_phone(open_page: OpenPage, alert_town: AlertTown, address: str) -> None:
    page = open_page(SMALL_PHONE)
    began = time.monotonic()
    page.goto(f"{address}/logga-in")
    hand = Hand(page)
    hand.tap("button", "Polis, lokalpolisområde Eslöv")
    hand.tap("link", "Ny varning")
    hand.tap("checkbox", "Nyby")
    hand.tap("button", "Granska varningen")
    hand.tap("checkbox", "Uppgiften är bekräftad")
    hand.tap("button", "Skicka varning till")
    expect(page.get_by_role("heading", level=1)).to_have_text("Varningen skickas strax")
    assert hand.taps == 6
    assert time.monotonic() - began < 40 - 6 * 3  # seconds; three for each tap of a person who reads


def test_the_whole_way_without_scripts(open_page: OpenPage, alert_town: AlertTown, address: str) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    page.get_by_role("main").get_by_role("link", name="Ny varning").click()
    page.get_by_label("Stöld av bränsle").check()
    expect(page.get_by_label("Lås tanken")).to_be_checked()
    expect(page.get_by_label("Se till fritidshuset")).to_be_hidden()
    page.get_by_role("checkbox", name="Eslöv", exact=True).check()
    page.get_by_role("checkbox", name="Höör", exact=True).uncheck()
    expect(page.get_by_role("checkbox", name="Nyby", exact=False)).to_have_count(0)
    page.get_by_role("checkbox", name="Höör", exact=True).check()
    page.get_by_text("Bara en del av Nyby").click()
    page.get_by_label("Rönnbärsgatan").check()
    page.get_by_label("I går").check()
    page.get_by_label("Tid på dygnet").select_option("evening")
    press(page, "Visa nya texten")
    expect(page.locator(".gs-bubble")).to_contain_text("Bränslestöld på gård, Rönnbärsgatan,")
    press(page, "Granska varningen")
    page.get_by_label("Uppgiften är bekräftad").check()
    press(page, "Skicka varning till")
    drain(alert_town.runtime)
    receive(alert_town)
    with page.expect_navigation():
        page.get_by_role("link", name="Uppdatera").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("av 8 hushåll har fått varningen")
    assert len(alert_town.sms.sent) == len(set(alert_town.sms.addresses)) > 0


@pytest.mark.parametrize("scripts", [True, False])
def test_a_contact_person_closes_a_line_with_one_tap(
    open_page: OpenPage, alert_town: AlertTown, address: str, scripts: bool
) -> None:
    alert_id = alert_town.send(alert_town.signed_in("polis"), "Nyby")
    receive(alert_town, lost=99)
    page = open_page(PHONE, java_script_enabled=scripts)
    sign_in(page, address, "ombud", PASSWORDS["ombud"])
    with page.expect_navigation():
        page.get_by_role("link", name="hushåll att knacka på").click()
    lines = page.locator("tr[id^=hushall]")
    line = lines.nth(3)
    where = line.get_attribute("id")
    line.get_by_role("button", name="Jag har berättat").click()
    page.wait_for_url(f"{address}/varningar/{alert_id}#{where}")
    expect(line).to_contain_text("Har fått veta av kontaktombudet")
    expect(line).to_be_in_viewport()
    if scripts:
        assert_accessible(page)
    keep_screenshot(page, f"knacka-{'med' if scripts else 'utan'}-skript")
    lines.nth(2).get_by_role("button", name="Ingen öppnade, jag lade en lapp").click()
    expect(lines.nth(2)).to_contain_text("Har fått en lapp")
    for button in lines.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    line.get_by_role("button", name="Ångra").click()
    expect(line.get_by_role("button")).to_have_count(2)
    expect(page.get_by_role("link", name="Skriv ut listan")).to_have_attribute(
        "href", f"/varningar/{alert_id}/knacka.pdf"
    )


def test_the_map_and_the_list_tick_each_other_and_the_text_follows(
    open_page: OpenPage, alert_town: AlertTown, address: str
) -> None:
    page = open_page(DESK)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    page.goto(f"{address}/varningar/ny")
    areas = page.locator(".gs-pick-map:visible path.gs-m-area")
    of_hoor = page.locator(".gs-place:visible input")
    assert 1 < areas.count() <= of_hoor.count()
    areas.first.click()
    expect(page.locator(".gs-pick-map:visible path.gs-m-hit")).to_have_count(1)
    expect(page.locator(".gs-place input:checked")).to_have_count(1)
    name = page.locator(".gs-place:has(:checked) label").first.evaluate("label => label.firstChild.textContent")
    expect(page.locator("#forhand")).to_contain_text(name)
    page.get_by_label("Nyby").first.check()
    expect(page.locator("#forhand")).to_contain_text("Nyby, ")
    keep_screenshot(page, "varning-ny-karta-1280")
    assert_accessible(page)


def test_among_many_networks_the_parts_of_one_are_fetched_when_its_list_is_opened(
    open_page: OpenPage, alert_town: AlertTown, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_places, "MOST_WITH_PARTS", 0)
    page = open_page(PHONE)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    page.goto(f"{address}/varningar/ny")
    expect(page.locator(".gs-part")).to_have_count(0)
    place = page.locator(".gs-place").filter(has=page.get_by_label("Kvarteret Linden"))
    place.get_by_text("Bara en del av").click()
    stairwell = place.locator(".gs-parts input").last
    stairwell.check()
    assert_accessible(page)
    keep_screenshot(page, "varning-ny-del-360")
    name = place.locator(".gs-parts label").last.evaluate("label => label.firstChild.textContent")
    expect(page.locator("#forhand")).to_contain_text(name)
    press(page, "Granska varningen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Granska varningen")


def test_a_double_click_sends_once(open_page: OpenPage, alert_town: AlertTown, address: str) -> None:
    page = open_page(DESK)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    page.goto(f"{address}/varningar")
    before = page.locator("tbody tr").count()
    page.goto(f"{address}/varningar/ny?omrade={alert_town.networks['Nyby']}")
    page.get_by_role("button", name="Granska varningen").dblclick()
    page.get_by_label("Uppgiften är bekräftad").check()
    page.get_by_role("button", name="Skicka varning till").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Varningen skickas strax")
    drain(alert_town.runtime)
    assert len(alert_town.sms.sent) == len(set(alert_town.sms.addresses)) > 0
    page.goto(f"{address}/varningar")
    expect(page.locator("tbody tr")).to_have_count(before + 1)  # neither a second warning nor a second draft


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_refused_form_takes_the_focus(
    open_page: OpenPage, alert_town: AlertTown, address: str, width: int
) -> None:
    page = open_page(width)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    page.goto(f"{address}/varningar/ny")
    page.get_by_role("checkbox", name="Lås", exact=True).uncheck()
    page.get_by_role("checkbox", name="Tänd ute").uncheck()
    page.get_by_role("checkbox", name="Se till grannen").uncheck()
    page.get_by_label("Annan dag").check()
    press(page, "Granska varningen")
    expect(page).to_have_title(re.compile(r"^Fel: Ny varning"))
    assert page.evaluate("document.activeElement.className") == "gs-errors"
    assert_accessible(page)
    keep_screenshot(page, f"varning-ny-fel-{width}")
    for words, at in {"Välj minst ett område": "var", "Välj ett datum": "datum", "Välj minst ett råd": "rad"}.items():
        page.locator(".gs-errors").get_by_role("link", name=words).click()
        assert page.evaluate("document.activeElement.id") == at
