"""Every page in a real Chromium, narrow and wide: axe, console, focus on errors, and no scripts at all."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot, press, served, sign_in
from tests.support.web_town import PASSWORD, Town

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
PUBLIC = {
    "start": "/",
    "kommun": "/kommun/1267",
    "kommun-tom": "/kommun/1285",
    "nummer": "/n",
    "nummer-fel": "/n?nr=x",
    "logga-in": "/logga-in",
    "driftlage": "/driftlage",
    "tillganglighet": "/tillganglighet",
    "uppgifter": "/dina-uppgifter",
    "kakor": "/kakor",
    "kontakt": "/kontakt",
    "saknas": "/finns-inte",
}


@pytest.fixture(scope="module")
def address(shared_town: Town) -> Iterator[str]:
    with served(shared_town.app) as address:
        yield address


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages_are_accessible(open_page: OpenPage, address: str, width: int, scheme: Any) -> None:
    page = open_page(width, color_scheme=scheme)
    for name, path in PUBLIC.items():
        page.goto(address + path)
        keep_screenshot(page, f"{name}-{width}-{scheme}")
        assert_accessible(page)


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", ["polis", "samordnare", "kontakt", "administrator"])
def test_home_is_accessible_for_each_role(open_page: OpenPage, address: str, width: int, name: str) -> None:
    page = open_page(width)
    sign_in(page, address, name, PASSWORD)
    expect(page).to_have_url(f"{address}/hem")
    keep_screenshot(page, f"hem-{name}-{width}")
    assert_accessible(page)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_refused_sign_in_takes_the_focus_and_leads_to_the_field(
    open_page: OpenPage, address: str, width: int
) -> None:
    page = open_page(width)
    sign_in(page, address, f"finns-inte-{width}", "fel")
    expect(page).to_have_title(re.compile(r"^Fel: "))
    assert page.evaluate("document.activeElement.className") == "gs-errors"
    keep_screenshot(page, f"logga-in-fel-{width}")
    assert_accessible(page)
    page.get_by_role("link", name="Användarnamnet eller lösenordet stämmer inte").click()
    assert page.evaluate("document.activeElement.id") == "name"
    expect(page.get_by_label("Användarnamn")).to_have_value(f"finns-inte-{width}")


def test_everything_works_without_scripts(open_page: OpenPage, address: str) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(address)
    press(page, "English")
    expect(page).to_have_title(re.compile(r"^Is there a neighbourhood watch where I live\?"))
    press(page, "Svenska")
    sign_in(page, address, "samordnare", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Grannsamverkan i Höör")
    press(page, "Logga ut")
    expect(page).to_have_url(f"{address}/")
    page.goto(f"{address}/hem")
    assert "/logga-in" in page.url


def test_targets_on_pages_for_neighbours_are_large_enough_to_hit(open_page: OpenPage, address: str) -> None:
    page = open_page(PHONE)
    for path in ("/", "/kommun/1267", "/logga-in", "/kakor"):
        page.goto(address + path)
        small = page.eval_on_selector_all(
            "main a, header a, footer a, button, input:not([type=hidden])",
            """all => all.filter(each => each.offsetParent && each.closest('p') === null)
                .map(each => [each.textContent.trim(), each.getBoundingClientRect().height])
                .filter(([, height]) => height < 44)""",
        )
        assert small == [], path
