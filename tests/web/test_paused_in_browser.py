"""The page of a paused message in a real Chromium: it can be read and let go on, on a phone and at a desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.alert_fixtures import address
from tests.support.alert_fixtures import alert_town_of_today as alert_town
from tests.support.alert_town import PASSWORDS, AlertTown
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, sign_in
from tests.web.test_paused import paused

__all__ = ["address", "alert_town"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_it_is_read_and_let_go_on(
    open_page: Callable[..., Page], alert_town: AlertTown, address: str, width: int
) -> None:
    alert_id = paused(alert_town, alert_town.signed_in("polis"))
    page = open_page(width)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    page.goto(f"{address}/varningar/{alert_id}")
    expect(page.locator("#pausat")).to_contain_text("20 av 60 sms avvisades")
    assert_accessible(page)
    keep_screenshot(page, f"pausat-{width}")
    press(page, "Fortsätt skicka")
    expect(page.locator("#pausat")).to_have_count(0)
    assert_accessible(page)
