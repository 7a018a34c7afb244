"""From an empty calendar to the first tip on the neighbours' phones, in a real Chromium and with the keyboard alone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from grannsamverkan import advice_round
from grannsamverkan.domain import advice
from grannsamverkan.domain.advice.tables import AdviceGiven, PlanEntry, PlanRun
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import PASSWORDS, AlertTown
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, served, sign_in
from tests.support.web_town import HOOR

__all__ = ["alert_town"]
pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@pytest.fixture
def address(alert_town: AlertTown) -> Iterator[str]:
    with served(alert_town.app) as address:
        yield address


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_year_is_planned_and_approved_and_the_first_tip_arrives(
    open_page: OpenPage, alert_town: AlertTown, address: str, clock: SetClock, width: int
) -> None:
    with alert_town.runtime.database.write() as rows:  # the town has planned its year
        for table in (AdviceGiven, PlanRun, PlanEntry):
            rows.execute(delete(table))
    page = open_page(width)
    sign_in(page, address, "samordnare", PASSWORDS["samordnare"])
    page.goto(f"{address}/rad/kalender")
    assert_accessible(page)
    press(page, "Fyll på med vårt förslag för året")
    with page.expect_navigation():
        page.get_by_role("link", name="Läs och godkänn 8 utkast").focus()
        page.keyboard.press("Enter")
    assert_accessible(page)
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(8)
    keep_screenshot(page, f"advice-approve-{width}")
    for number in range(8):
        boxes.nth(number).focus()
        page.keyboard.press("Space")
    press(page, "Godkänn det som är kryssat")
    expect(page.get_by_text("Godkänt", exact=True)).to_have_count(8)
    keep_screenshot(page, f"advice-calendar-{width}")
    assert_accessible(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Nytt utskick").focus()
        page.keyboard.press("Enter")
    assert_accessible(page)
    page.get_by_label("När?").fill("varje vecka")
    press(page, "Spara och läs igenom")
    expect(page.get_by_role("alert")).to_contain_text("Vi förstår inte när")
    page.get_by_label("När?").fill("första torsdagen i augusti kl 12")
    press(page, "Spara och läs igenom")
    assert_accessible(page)
    keep_screenshot(page, f"advice-entry-{width}")
    press(page, "Godkänn utskicket")
    expect(page.get_by_text("Godkänt", exact=True)).to_be_visible()

    with alert_town.runtime.database.read() as rows:
        first = advice.entries(rows, HOOR)[0]
        words = advice.card(rows, HOOR, first.card_key).texts["sv"]
    assert first.next_at is not None
    clock.advance(first.next_at - clock.now())
    assert advice_round.issue_due(alert_town.runtime) == 1
    drain(alert_town.runtime)
    assert alert_town.sms.addresses
    assert words.sms in alert_town.sms.wordings[0].text
