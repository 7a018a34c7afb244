"""Where a warning goes, in a real Chromium: a circle by clicks and by words, and several municipalities at once."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grannsamverkan.domain import places
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.clock import SystemClock
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
        for code in ("1266", "1267", "1285"):
            places.set_rules(session, code, Rules(warning_hold_s=600, quiet_from=0, quiet_to=0, warnings_a_week=20))
    yield town
    town.runtime.close()


def tick(page: Page, name: str) -> None:
    """Tick a network's own box; its parts' boxes have its name in their group only."""
    page.get_by_role("checkbox", name=re.compile(rf"^{name}")).first.check()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_circle_and_a_surface_drawn_by_clicks(
    open_page: OpenPage, alert_town: AlertTown, address: str, width: int
) -> None:
    page = open_page(width)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    page.goto(f"{address}/varningar/ny")
    page.get_by_text("Kryssa med en cirkel eller en yta").click()
    shape_map = page.locator("[data-shape] figure > div")
    expect(shape_map.locator("path.gs-m-land")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Mitten").fill("Nyby")
    page.get_by_label("Radie i meter").fill("20")
    press(page, "Kryssa det som rörs")
    expect(page.get_by_role("status")).to_contain_text("Ett område rörs och är ikryssat: Nyby.")
    expect(page.locator(f"#var-{alert_town.networks['Nyby']}")).to_be_checked()
    assert_accessible(page)
    keep_screenshot(page, f"varning-cirkel-{width}")
    shape_map.scroll_into_view_if_needed()
    shape_map.click(position={"x": 120, "y": 120})
    expect(page.get_by_label("Mitten")).to_have_value(re.compile(r"^5\d\.\d{5}, 1\d\.\d{5}$"))
    expect(shape_map.locator("path.gs-m-hit")).to_have_count(1)
    page.locator("[data-surface]").check()
    for x, y in ((60, 60), (160, 60), (160, 160)):
        shape_map.click(position={"x": x, "y": y})
    expect(page.get_by_label("Eller en yta")).to_have_value(re.compile(r"^(5\d\.\d{5}, 1\d\.\d{5}\n?){3}$"))
    expect(page.get_by_label("Mitten")).to_have_value("")
    page.get_by_role("button", name="Ångra sista hörnet").click()
    page.get_by_role("button", name="Ångra sista hörnet").click()
    expect(page.get_by_label("Eller en yta")).to_have_value(re.compile(r"^5\d\.\d{5}, 1\d\.\d{5}$"))
    press(page, "Kryssa det som rörs")
    expect(page).to_have_title(re.compile(r"^Fel: "))
    expect(page.locator("#yta-error")).to_contain_text("minst tre hörn")
    assert_accessible(page)
    page.get_by_role("button", name="Börja om").click()
    expect(page.get_by_label("Eller en yta")).to_have_value("")


def test_a_circle_without_scripts(open_page: OpenPage, alert_town: AlertTown, address: str) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    sign_in(page, address, "ombud", PASSWORDS["ombud"])
    page.goto(f"{address}/varningar/ny")
    page.get_by_text("Kryssa med en cirkel eller en yta").click()
    expect(page.locator("[data-shape]")).to_be_hidden()
    page.get_by_label("Mitten").fill("Nybyvägen")
    press(page, "Kryssa det som rörs")
    expect(page.locator(f"#var-{alert_town.networks['Nyby']}")).to_be_checked()


@pytest.mark.parametrize(("width", "scripts"), [(PHONE, True), (DESK, True), (PHONE, False)])
def test_one_warning_to_three_municipalities_and_back_again(
    open_page: OpenPage, alert_town: AlertTown, address: str, width: int, scripts: bool
) -> None:
    page = open_page(width, java_script_enabled=scripts)
    sign_in(page, address, "polis", PASSWORDS["polis"])
    page.goto(f"{address}/varningar/ny")
    for town in ("Höör", "Hörby", "Eslöv"):
        page.get_by_role("checkbox", name=town, exact=True).check()
    for network in ("Nyby", "Fulltofta", "Marieholm"):
        tick(page, network)
    if scripts:
        expect(page.locator("#forhand")).to_contain_text("får var sin varning")
        assert_accessible(page)
        keep_screenshot(page, f"varning-flera-{width}")
    press(page, "Granska varningen")
    expect(page.locator("tbody tr")).to_have_count(3)
    for town in ("Höör", "Hörby", "Eslöv"):
        expect(page.locator("aside")).to_contain_text(f"Grannsamverkan {town}:")
    if scripts:
        assert_accessible(page)
        keep_screenshot(page, f"varning-tillsammans-{width}")
    press(page, "Skicka till")
    expect(page).to_have_title(re.compile(r"^Fel: "))
    if scripts:
        assert_accessible(page)
    page.get_by_label("Uppgiften är bekräftad").check()
    press(page, "Skicka till")
    expect(page.get_by_role("main")).to_contain_text("Samma varning i andra kommuner")
    if scripts:
        assert_accessible(page)
        keep_screenshot(page, f"varning-lage-flera-{width}")
    press(page, "Ångra i alla kommuner")
    expect(page.get_by_role("heading", level=1)).to_contain_text("är tillbakatagen")
    drain(alert_town.runtime)
    assert alert_town.sms.sent == []
    assert alert_town.email.sent == []
