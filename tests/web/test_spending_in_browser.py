"""A budget for SMS in a real Chromium: set by the coordinator, and asked about where a warning would go over it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.alert_fixtures import address
from tests.support.alert_fixtures import alert_town_of_today as alert_town
from tests.support.alert_town import PASSWORDS, AlertTown
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, sign_in

__all__ = ["address", "alert_town"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_it_is_set_told_of_and_asked_about(
    open_page: Callable[..., Page], alert_town: AlertTown, address: str, width: int
) -> None:
    page = open_page(width)
    sign_in(page, address, "samordnare", PASSWORDS["samordnare"])
    page.goto(f"{address}/installningar")
    page.get_by_label("Kronor för sms på ett kalenderår").fill("1")
    press(page, "Spara inställningarna")
    expect(page.get_by_text("Sparat")).to_be_visible()
    page.goto(f"{address}/varningar")
    expect(page.locator("#budget")).to_contain_text("1 kronor")
    assert_accessible(page)
    alert_id = alert_town.write(alert_town.signed_in("samordnare"), "Nyby")
    page.goto(f"{address}/varningar/{alert_id}/granska")
    expect(page.get_by_text("räcker inte. Kvar:")).to_be_visible()
    page.locator("#sant").check()
    press(page, "Skicka varning till")
    expect(page).to_have_title(re.compile(r"^Fel: "))
    assert_accessible(page)
    keep_screenshot(page, f"budget-fel-{width}")
    page.get_by_label("Varför ska det gå ut fast budgeten inte räcker?").fill("Tre inbrott i natt.")
    press(page, "Skicka varning till")
    expect(page).to_have_url(f"{address}/varningar/{alert_id}")
    expect(page.get_by_text("Gick ut fast en gräns var nådd")).to_be_visible()
    assert_accessible(page)
