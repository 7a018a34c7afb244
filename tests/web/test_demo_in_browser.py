"""The neighbours' phones of a running demo, in a real Chromium."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from grannsamverkan.demo.wall import Wall
from tests.support.browser import DESK, PHONE, assert_accessible, keep_screenshot
from tests.support.warned_demo import Stage, open_phone, warned_demo

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with warned_demo(tmp_path_factory.mktemp("demo")) as stage:
        yield stage


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_answering_in_a_browser(stage: Stage, open_page: Callable[..., Page], width: int) -> None:
    runtime, standins, url = stage
    phone = open_phone(Wall(runtime, standins), 1)
    page = open_page(width)
    page.goto(f"{url}/demo/telefoner?visa=alla")
    page.locator(f"#svar-{phone.key}").fill("HJÄLP")
    page.locator(f"#telefon-{phone.key} button").click()
    page.locator(f"#telefon-{phone.key}").get_by_text("Svara STOPP för att sluta, PAUS för 14 dagars").wait_for()
    page.goto(f"{url}/demo/telefoner")
    keep_screenshot(page, f"telefonvagg-{width}")
    assert_accessible(page)
