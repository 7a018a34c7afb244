"""Tips in a real Chromium: the coordinator rewrites one while the rules look on, a neighbour answers and ticks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, served, sign_in
from tests.support.web_town import HOOR, PASSWORD, Town, build

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    town: Town = build(tmp_path)
    with served(town.app) as address:
        yield address
    town.runtime.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_tip_is_rewritten_while_the_rules_look_on(open_page: OpenPage, address: str, width: int) -> None:
    page = open_page(width)
    sign_in(page, address, "samordnare", PASSWORD)
    page.goto(f"{address}/rad")
    page.get_by_label("Sök bland råden").fill("cykelns ram")
    press(page, "Filtrera")
    page.get_by_role("link", name="Lås fast cykelns ram").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lås fast cykelns ram")
    assert_accessible(page)
    keep_screenshot(page, f"rad-{width}")
    page.get_by_role("link", name="Skriv om").click()
    expect(page.get_by_text("Orden följer alla regler")).to_be_visible()
    page.get_by_label("Sms", exact=True).press_sequentially(" Köp ett lås för 99 kr.")
    expect(page.get_by_text("Ta bort priset eller köpordet ”kr”. Råd är ingen reklam.")).to_be_visible()
    assert_accessible(page)
    keep_screenshot(page, f"rad-andra-{width}")
    press(page, "Spara orden")
    expect(page.get_by_role("alert")).to_contain_text("Ta bort priset eller köpordet ”kr”")
    page.get_by_label("Sms", exact=True).fill("Lås ramen och ett hjul vid stationen.")
    expect(page.get_by_text("Orden följer alla regler")).to_be_visible()
    press(page, "Spara orden")
    expect(page.get_by_text("Dina ord är sparade")).to_be_visible()
    expect(page.get_by_text("Grannsamverkan Höör: Lås ramen och ett hjul vid stationen. Nr 12345")).to_be_visible()
    press(page, "Ta tillbaka originalet")
    expect(page.get_by_text("Orden är bytta")).to_be_visible()
    press(page, "Ta ur bruk")
    expect(page.get_by_text("Rådet är ur bruk. Det visas inte och skickas inte.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_neighbour_answers_and_ticks(open_page: OpenPage, address: str, width: int, scripts: bool) -> None:
    page = open_page(width, java_script_enabled=scripts)
    page.goto(f"{address}/tips?kommun={HOOR}")
    page.get_by_label("Jag vill skydda").select_option("Lägenhet")
    press(page, "Visa tips")
    page.get_by_role("link", name="Håll koden till porten för er själva").click()
    press(page, "Jag har gjort det")
    expect(page.get_by_text("Tack för ditt svar!")).to_be_visible()
    assert page.context.cookies() == []
    page.get_by_role("link", name="Skydda ditt hem: en lista att kryssa i").click()
    page.get_by_label("Hur bor du?").select_option("Lägenhet")
    press(page, "Visa listan")
    page.get_by_label("Håll koden till porten för er själva").check()
    press(page, "Spara kryssen i adressen")
    expect(page.get_by_label("Håll koden till porten för er själva")).to_be_checked()
    expect(page.get_by_text("1 av ")).to_be_visible()
    assert "klar=portkoden" in page.url
    if scripts:
        assert_accessible(page)
    keep_screenshot(page, f"skydda-{width}-{scripts}")
