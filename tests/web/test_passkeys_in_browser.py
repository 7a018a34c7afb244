"""A key in a real Chromium, with an authenticator of its own making: made, used, and a page without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect
from sqlmodel import select

from grannsamverkan.domain.accounts import SignInSession
from grannsamverkan.foundation.clock import SystemClock
from tests.support.browser import DESK, PHONE, assert_accessible, free_port, keep_screenshot, press, served, sign_in
from tests.support.web_town import PASSWORD, build

pytestmark = pytest.mark.browser


def an_authenticator(page: Page) -> CDPSession:
    """The browser has a key store that asks for a finger, and always gets it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def test_a_key_is_made_and_signs_in(open_page: Callable[..., Page], tmp_path: Path) -> None:
    port = free_port()
    town = build(tmp_path, SystemClock(), mode="production", base_url=f"http://localhost:{port}")
    with served(town.app, port) as address:
        page = open_page(PHONE)
        an_authenticator(page)
        sign_in(page, address, "samordnare", PASSWORD)
        keep_screenshot(page, "ny-nyckel-320")
        assert_accessible(page)
        press(page, "Gör en nyckel och logga in")
        expect(page).to_have_url(f"{address}/hem")

        page.goto(f"{address}/konto/inloggning")
        page.get_by_label("Vad ska nyckeln heta?").fill("Telefonen")
        page.get_by_role("button", name="Lägg till nyckeln").click()
        expect(page.locator("[data-failed]")).to_have_text("Den nyckeln finns redan")
        keep_screenshot(page, "nycklar-320")
        assert_accessible(page)
        press(page, "Logga ut")

        page.goto(f"{address}/logga-in")
        keep_screenshot(page, "logga-in-nyckel-320")
        assert_accessible(page)
        press(page, "Logga in med nyckel")
        expect(page).to_have_url(f"{address}/hem")

        with town.runtime.database.write() as rows:  # as if it were a while ago
            for row in rows.exec(select(SignInSession)):
                row.proven_at = None
        page.goto(f"{address}/omraden/{town.network_ids['Nyby']}/ta-ut")
        page.get_by_label("Varför behöver du listan?").fill("Till mötet i Nyby på torsdag")
        press(page, "Ta ut listan")
        expect(page.get_by_role("heading", level=1)).to_have_text("Visa att det är du")
        keep_screenshot(page, "visa-att-det-ar-du-320")
        assert_accessible(page)
        with page.expect_download() as taken_out:
            page.get_by_role("button", name="Visa nyckeln").click()
        assert taken_out.value.suggested_filename == "kontaktombud.csv"
        page.goto(f"{address}/hem")
        press(page, "Logga ut")

        sign_in(page, address, "samordnare", PASSWORD)
        expect(page).to_have_title("Visa att det är du – Grannsamverkan")
        expect(page.get_by_text("Nyckeln behöver skript")).to_be_hidden()
        press(page, "Logga in med nyckel")
        expect(page).to_have_url(f"{address}/hem")

        other = open_page(DESK)  # a browser that has no such key
        an_authenticator(other)
        other.goto(f"{address}/logga-in")
        other.get_by_role("button", name="Logga in med nyckel").click()
        expect(other.locator("[data-failed]")).to_contain_text("Det gick inte, eller så avbröt du")

        plain = open_page(PHONE, java_script_enabled=False)
        plain.goto(f"{address}/logga-in")
        expect(plain.get_by_role("button", name="Logga in med nyckel")).to_be_hidden()
        sign_in(plain, address, "samordnare", PASSWORD)
        expect(plain.get_by_text("Nyckeln behöver skript")).to_be_visible()
    town.runtime.close()
