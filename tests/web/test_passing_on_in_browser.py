"""Two hops in a real Chromium: the sender's check page, the contact person's one tap by link and signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grannsamverkan.domain import duties, networks, places
from grannsamverkan.domain.networks import ContactRole
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.clock import SystemClock
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import address
from tests.support.alert_town import PASSWORDS, AlertTown, BuiltTown, open_alert_town
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, sign_in

__all__ = ["address"]
pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@pytest.fixture
def alert_town(town_of_today: BuiltTown, tmp_path: Path, keys: dict[str, str]) -> Iterator[AlertTown]:
    town = open_alert_town(town_of_today, tmp_path, keys, SystemClock())
    with town.runtime.database.write() as session:
        rules = Rules(warning_hold_s=0, quiet_from=0, quiet_to=0, warnings_a_week=20, pass_on_min=120)
        places.set_rules(session, "1267", rules)
        networks.network(session, town.networks["Nyby"]).via_contact_person = True
    yield town
    town.runtime.close()


def link_of(town: AlertTown) -> str:
    with town.runtime.database.read() as session:
        roles = networks.contact_persons(session, town.networks["Nyby"])
    role = next(one for one in roles if one.role is ContactRole.CONTACT_PERSON)
    today = in_sweden(town.runtime.clock.now()).date()
    return f"/uppgifter/{duties.duties_token(town.runtime.database.vault, role.id or 0, last_day=today)}"


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_from_the_check_page_to_the_contact_persons_tap(
    open_page: OpenPage, alert_town: AlertTown, address: str, width: int
) -> None:
    page = open_page(width)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    page.goto(f"{address}/varningar/ny?omrade={alert_town.networks['Nyby']}")
    press(page, "Granska varningen")
    expect(page.get_by_role("main")).to_contain_text("I Nyby väntar")
    assert_accessible(page)
    keep_screenshot(page, f"via-granska-{width}")
    page.get_by_label("Uppgiften är bekräftad").check()
    press(page, "Skicka varning till")
    drain(alert_town.runtime)
    expect(page.locator("#lage")).to_contain_text("Nyby väntar på kontaktombud.")
    assert_accessible(page)
    keep_screenshot(page, f"via-lage-{width}")
    contact = open_page(width)
    sign_in(contact, address, "ombud", PASSWORDS["ombud"])
    with contact.expect_navigation():
        contact.get_by_role("link", name="Skicka vidare nr").click()
    expect(contact.get_by_role("button", name="Skicka vidare till mina grannar i Nyby")).to_be_visible()
    assert_accessible(contact)
    keep_screenshot(contact, f"via-ombud-{width}")
    by_link = open_page(width, java_script_enabled=False)
    by_link.goto(address + link_of(alert_town))
    press(by_link, "Skicka vidare till mina grannar i Nyby")
    expect(by_link.get_by_role("status")).to_contain_text("Skickad vidare")
    drain(alert_town.runtime)
    expect(page.locator("#lage")).to_contain_text("Nyby: skickad vidare")
    for watching in (page, contact):  # which would go on asking a server that is gone
        watching.goto(f"{address}/kakor")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_page_behind_the_link_is_accessible(
    open_page: OpenPage, alert_town: AlertTown, address: str, width: int
) -> None:
    alert_town.send(alert_town.signed_in("polis"), "Nyby")
    page = open_page(width)
    page.goto(address + link_of(alert_town))
    expect(page.get_by_role("button", name="Skicka vidare till mina grannar i Nyby")).to_be_visible()
    assert_accessible(page)
    keep_screenshot(page, f"via-lank-{width}")
    press(page, "Skicka vidare till mina grannar i Nyby")
    expect(page.get_by_role("status")).to_contain_text("Skickad vidare")
    assert_accessible(page)
