"""The whole way of a warning in a real Chromium: on a phone and at a desk, with scripts and without."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grannsamverkan.foundation.clock import SystemClock
from grannsamverkan.jobs.inline import drain
from tests.support.alert_town import PASSWORDS, AlertTown, build_alert_town, receive
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, served

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
SMALL_PHONE = 360


@pytest.fixture
def alert_town(sqlite_template: Path, tmp_path: Path, keys: dict[str, str]) -> Iterator[AlertTown]:
    town = build_alert_town(sqlite_template, tmp_path, keys, SystemClock())
    yield town
    town.runtime.close()


@pytest.fixture
def address(alert_town: AlertTown) -> Iterator[str]:
    with served(alert_town.app) as address:
        yield address


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/logga-in")
    page.get_by_label("Användarnamn").fill(name)
    page.get_by_label("Lösenord").fill(PASSWORDS[name])
    page.get_by_role("main").get_by_role("button", name="Logga in", exact=True).click()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_whole_way_with_every_page_accessible(
    open_page: OpenPage, alert_town: AlertTown, address: str, width: int
) -> None:
    page = open_page(width)
    sign_in(page, address, "polis")
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
    assert page.get_by_label("Något mer?").input_value() == "Altandörren var uppbruten. Det hände vid Nybyvägen."
    page.get_by_role("button", name="Granska varningen").click()
    assert page.get_by_role("heading", level=1).text_content() == "Granska varningen"
    assert_accessible(page)
    keep_screenshot(page, f"varning-granska-{width}")
    page.get_by_role("button", name="Skicka varning till").click()
    assert page.title().startswith("Fel: ")
    assert page.evaluate("document.activeElement.className") == "gs-errors"
    assert_accessible(page)
    keep_screenshot(page, f"varning-granska-fel-{width}")
    page.get_by_label("Uppgiften är bekräftad").check()
    page.get_by_role("button", name="Skicka varning till").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Varningen skickas strax")
    assert_accessible(page)
    drain(alert_town.runtime)
    receive(alert_town, lost=3)
    expect(page.get_by_role("heading", level=1)).to_contain_text("hushåll har fått varningen", timeout=8_000)
    expect(page.locator("#lage")).to_contain_text("Numret används inte", timeout=8_000)
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
