"""A real Chromium for page tests: phone and desk width, axe, and a page that fails on console errors.

A test that cannot find a browser fails and never skips: a silent skip would be a green run without a test.
"""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

# Where screenshots are kept, if they are. Taken out of the environment: it names no setting of the product.
SCREENSHOTS = os.environ.pop("GRANNSAMVERKAN_SCREENSHOTS", None)

PHONE, DESK = 320, 1280  # widths in pixels
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
FLAGS = [
    "--no-sandbox",  # the sandbox does not start as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """The installed Chromium or Chrome; RuntimeError when there is none."""
    for name in (os.environ.get("CHROMIUM", ""), *_PROGRAMS):
        if name and (found := shutil.which(name)):
            return found
    raise RuntimeError("no Chromium: install one, or set CHROMIUM to its path")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of the run."""
    expect.set_options(timeout=20_000)  # the machine may be busy; what never comes fails all the same
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """The application on a free port of this machine, or on this one; gives its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def free_port() -> int:
    """A port for an application that has to know its own address before it is served."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of their own context; at the end the test fails if any of them had console errors, CSP reports or
    asked for anything outside this machine. A page that is refused on purpose is not counted."""
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def open_page(width: int = PHONE, **options: Any) -> Page:
        settings = {"locale": "sv-SE", "timezone_id": "Europe/Stockholm", "reduced_motion": "reduce"}
        context = browser.new_context(viewport={"width": width, "height": 800}, **{**settings, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: _note(trouble, said))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: _note_outside(trouble, request))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == [], trouble


def press(page: Page, name: str, **options: Any) -> None:
    """Presses the button of this name and waits until the page that it leads to is whole: a click alone waits for
    nothing, and what is looked at next may be the page before."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, **options).click()


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/logga-in")
    page.get_by_label("Användarnamn").fill(name)
    page.get_by_label("Lösenord").fill(password)
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Logga in", exact=True).click()


def _note(trouble: list[str], said: ConsoleMessage) -> None:
    is_refused_page = "Failed to load resource" in said.text and "status of 4" in said.text
    if said.type == "error" and not is_refused_page:
        trouble.append(said.text)


def _note_outside(trouble: list[str], request: Request) -> None:
    if not request.url.startswith(("http://localhost:", "http://127.0.0.1:", "data:", "blob:")):
        trouble.append(f"outside: {request.url}")


_TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map(one => one.outerHTML.slice(0, 80)).slice(-3)"""


def assert_accessible(page: Page, *, with_contrast: bool = True) -> None:
    """No finding of axe against WCAG 2.2 AA, and nothing wider than the screen. Contrast is most of the time it takes,
    and seldom differs between two widths of a page."""
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    options = {
        "runOnly": {"type": "tag", "values": WCAG_22_AA},
        "resultTypes": ["violations"],
        "rules": {"color-contrast": {"enabled": with_contrast}},
    }
    result = AxeResults(page.evaluate("options => axe.run(document, options)", options))
    assert result.violations_count == 0, result.generate_report()
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= screen, f"{page.url} is {wide} pixels wide on a screen of {screen}: {page.evaluate(_TOO_WIDE)}"


def carry(context: BrowserContext, client: FlaskClient, address: str) -> None:
    """Go on in a real browser where this client is: signed in, or in the middle of something."""
    for name in ("grannsamverkan", "formular"):
        cookie = client.get_cookie(name)
        if cookie is not None:
            context.add_cookies([{"name": name, "value": cookie.value, "url": address}])


def assert_room(page: Page, width: int) -> None:
    """Nothing is wider than a screen of this width, in pixels."""
    page.set_viewport_size({"width": width, "height": 800})
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= screen, f"{page.url} is {wide} pixels wide on a screen of {screen}: {page.evaluate(_TOO_WIDE)}"


def keep_screenshot(page: Page, name: str) -> None:
    """A picture of the whole page in $GRANNSAMVERKAN_SCREENSHOTS, when that is set."""
    if SCREENSHOTS:
        Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}.png"), full_page=True)
