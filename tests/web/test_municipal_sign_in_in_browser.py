"""The whole way in a real browser: to a provider of another address, and back with an account of one's own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from oidc_provider_mock import User, app
from playwright.sync_api import Page, expect

from grannsamverkan.app import create_app
from grannsamverkan.domain import accounts
from grannsamverkan.foundation.clock import SystemClock
from tests.support.browser import PHONE, assert_accessible, free_port, keep_screenshot, press, served
from tests.support.fake_provider import STRONG
from tests.support.web_town import build

pytestmark = pytest.mark.browser


_FRAME = '<!doctype html><html lang="en"><title>Sign in</title><main>{% block content %}{% endblock %}</main></html>'


def a_provider() -> Flask:
    """A real provider, with pages that load nothing from elsewhere."""
    people = [User(sub="åsa", claims={"acr": STRONG}), User(sub="bo", claims={"acr": "svag"})]
    provider: Flask = app(user_claims=people, require_nonce=True)
    pages = provider.jinja_loader
    assert pages is not None
    provider.jinja_loader = ChoiceLoader([DictLoader({"_base.html": _FRAME}), pages])
    return provider


def test_a_coordinator_comes_by_their_work_account(open_page: Callable[..., Page], tmp_path: Path) -> None:
    port = free_port()
    with served(a_provider()) as issuer:
        town = build(tmp_path, SystemClock(), mode="production", base_url=f"http://localhost:{port}")
        oidc = town.runtime.settings.oidc.model_copy(
            update={
                "issuer": issuer,
                "client_id": "grannsamverkan",
                "client_secret": "hemligt",
                "acr": STRONG,
            }
        )
        object.__setattr__(town.runtime, "settings", town.runtime.settings.model_copy(update={"oidc": oidc}))
        with town.runtime.database.write() as rows:
            mine = accounts.account(rows, town.account_ids["samordnare"])
            code = accounts.new_link_code(rows, mine, town.clock.now())
        with served(create_app(town.runtime), port) as address:
            page = open_page(PHONE)
            page.goto(f"{address}/logga-in")
            keep_screenshot(page, "logga-in-arbete-320")
            assert_accessible(page)
            page.get_by_role("link", name="Jag har en kod till mitt arbete").click()
            page.get_by_label("Din kod").fill(code)
            assert_accessible(page)
            press(page, "Gå vidare")
            page.get_by_role("link", name="Logga in med ditt konto på arbetet").click()
            press(page, "åsa")
            expect(page).to_have_url(f"{address}/hem")
            press(page, "Logga ut")
            expect(page.get_by_role("link", name="Logga ut på arbetet")).to_be_visible()
            assert_accessible(page)

            page.goto(f"{address}/logga-in?next=/omraden")
            page.get_by_role("link", name="Logga in med ditt konto på arbetet").click()
            press(page, "åsa")
            expect(page).to_have_url(f"{address}/omraden")
            press(page, "Logga ut")

            page.goto(f"{address}/logga-in")
            page.get_by_role("link", name="Logga in med ditt konto på arbetet").click()
            press(page, "bo")
            expect(page.get_by_role("alert")).to_contain_text("på ett säkrare sätt")
            assert_accessible(page)
        town.runtime.close()
