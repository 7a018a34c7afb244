"""Signing in with an account of the municipality: linked by a code, never made by itself, shown anew for what asks."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan.app import create_app
from grannsamverkan.domain import accounts
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.oidc import Provider
from tests.support.fake_provider import ISSUER, STRONG, US, FakeProvider
from tests.support.web_town import Town, build, token

MINUTE = timedelta(minutes=1)
BACK = "/logga-in/kommun/tillbaka"


@pytest.fixture
def fake() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def town(tmp_path: Path, fake: FakeProvider) -> Town:
    """A town whose staff sign in at the municipality."""
    town = build(tmp_path, mode="production")
    chosen = town.runtime.settings
    oidc = chosen.oidc.model_copy(update={"issuer": ISSUER, "client_id": US, "client_secret": "hemligt"})
    object.__setattr__(town.runtime, "settings", chosen.model_copy(update={"oidc": oidc}))
    town.app = create_app(town.runtime)
    town.app.extensions["grannsamverkan.oidc"] = Provider(ISSUER, US, "hemligt", acr=(STRONG,), adapter=fake)
    return town


def move(town: Town, fake: FakeProvider, by: timedelta) -> None:
    assert isinstance(town.clock, SetClock)
    town.clock.advance(by)
    fake.now = town.clock.now()


def a_code(town: Town, name: str = "samordnare") -> str:
    with town.runtime.database.write() as rows:
        account = accounts.account_named(rows, name)
        assert account is not None
        return accounts.new_link_code(rows, account, town.clock.now())


def give_code(client: FlaskClient, code: str) -> Any:
    page = "/logga-in/kommun/koppla"
    return client.post(page, data={"csrf_token": token(client, page), "code": code})


def go_away(client: FlaskClient, fake: FakeProvider, path: str = "/logga-in/kommun") -> dict[str, str]:
    """To the municipality's page; what it would send back."""
    answer = client.get(path)
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    fake.nonce = asked["nonce"][0]
    return {"state": asked["state"][0], "code": "c"}


def sign_in(client: FlaskClient, fake: FakeProvider, path: str = "/logga-in/kommun") -> Any:
    return client.get(BACK, query_string=go_away(client, fake, path))


def linked(town: Town, fake: FakeProvider) -> FlaskClient:
    client = town.visitor()
    assert "Koden stämmer" in give_code(client, a_code(town)).text
    assert sign_in(client, fake).headers["Location"] == "/hem"
    return client


def test_a_code_links_the_account_once_and_after_that_none_is_needed(town: Town, fake: FakeProvider) -> None:
    code = a_code(town)
    client = town.visitor()
    assert give_code(client, code.lower()).status_code == 200
    assert sign_in(client, fake).headers["Location"] == "/hem"
    assert "Höör" in client.get("/hem").text
    assert give_code(town.visitor(), code).status_code == 422
    other = town.visitor()
    answer = sign_in(other, fake, "/logga-in/kommun?next=/omraden")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/omraden")
    with town.runtime.database.read() as rows:
        acts = [(row.act, row.facts.get("way")) for row in rows.exec(select(AuditEntry))]
        assert accounts.account(rows, town.account_ids["samordnare"]).link_lookup is None
    assert ("signed_in", "oidc") in acts
    assert "account_linked" in dict(acts)


def test_nobody_gets_an_account_by_signing_in_there(town: Town, fake: FakeProvider) -> None:
    linked(town, fake)
    fake.claims = {"sub": "someone else", "email": "samordnare@hoor.example", "preferred_username": "samordnare"}
    client = town.visitor()
    answer = sign_in(client, fake)
    assert (answer.status_code, "är inte kopplat hit" in answer.text) == (422, True)
    assert client.get("/hem").status_code == 302


def test_a_weak_sign_in_an_own_wish_and_a_provider_that_is_away_are_told_apart(town: Town, fake: FakeProvider) -> None:
    linked(town, fake)
    client = town.visitor()
    fake.claims = {"acr": "loa1"}
    assert "på ett säkrare sätt" in sign_in(client, fake).text
    fake.claims = {}
    cancelled = {**go_away(client, fake), "error": "access_denied"}
    assert "Du avbröt inloggningen" in client.get(BACK, query_string=cancelled).text
    waiting = go_away(client, fake)
    fake.is_away = True
    answer = client.get(BACK, query_string=waiting)
    assert (answer.status_code, "svarar inte just nu" in answer.text) == (503, True)
    fake.is_away = False
    assert client.get("/hem").status_code == 302


def test_an_answer_counts_once_in_its_own_browser_and_for_ten_minutes(town: Town, fake: FakeProvider) -> None:
    linked(town, fake)
    client, thief = town.visitor(), town.visitor()
    answer = go_away(client, fake)
    assert thief.get(BACK, query_string=answer).status_code == 422
    assert client.get(BACK, query_string=answer).status_code == 303
    assert client.get(BACK, query_string=answer).status_code == 422
    late = town.visitor()
    answer = go_away(late, fake)
    move(town, fake, 10 * MINUTE)
    assert late.get(BACK, query_string=answer).status_code == 422
    assert town.visitor().get(BACK).status_code == 422


def test_somebody_has_one_account_and_an_account_one_owner(town: Town, fake: FakeProvider) -> None:
    linked(town, fake)
    client = town.visitor()
    give_code(client, a_code(town, "polis"))
    assert "Du har redan ett konto här" in sign_in(client, fake).text
    give_code(client, a_code(town))  # the office hands the account to somebody else
    fake.claims = {"sub": "efterträdaren"}
    assert sign_in(client, fake).status_code == 303
    fake.claims = {}
    assert sign_in(town.visitor(), fake).status_code == 422


def test_a_code_ends_and_guessing_them_comes_to_a_wait(town: Town, fake: FakeProvider) -> None:
    code = a_code(town)
    client = town.visitor()
    give_code(client, code)
    move(town, fake, accounts.LINK_LIFE)
    assert "gått ut" in sign_in(client, fake).text
    codes = [give_code(client, "ABCDEFGHJKLM").status_code for _ in range(town.runtime.settings.web.visitor_tries + 1)]
    assert set(codes[:-1]) == {422}
    assert codes[-1] == 429


def test_an_ended_account_is_closed_at_once_here_too(town: Town, fake: FakeProvider) -> None:
    client = linked(town, fake)
    with town.runtime.database.write() as rows:
        accounts.end_account(rows, town.account_ids["samordnare"], town.clock.now())
    assert client.get("/hem").status_code == 302
    assert sign_in(town.visitor(), fake).status_code == 422


def test_an_account_without_a_password_has_none_that_fits(town: Town) -> None:
    with town.runtime.database.write() as rows:
        draft = accounts.AccountDraft("ny", None, accounts.Role.ADMINISTRATOR)
        accounts.add_account(rows, draft, town.clock.now())
    client = town.visitor()
    for password in ("", "en lampa i varje fönster"):
        answer = client.post("/logga-in", data={"csrf_token": token(client), "name": "ny", "password": password})
        assert answer.status_code == 422


def test_what_asks_for_it_goes_by_the_municipality_and_back_with_what_was_typed(town: Town, fake: FakeProvider) -> None:
    client, path = linked(town, fake), f"/omraden/{town.network_ids['Nyby']}/ta-ut"
    move(town, fake, 20 * MINUTE)
    form = {"purpose": "Till mötet med <polisen> i Nyby", "csrf_token": token(client, "/konto/inloggning")}
    asked = client.post(path, data=form)
    assert (asked.mimetype, 'href="/konto/bekrafta/kommun"' in asked.text) == ("text/html", True)
    with town.runtime.database.engine.connect() as rows:
        kept = str(rows.exec_driver_sql("SELECT content FROM sign_in_session").all())
    assert "polisen" not in kept  # put by, but sealed

    before = client.get_cookie("grannsamverkan")
    fake.claims = {"auth_time": int(town.clock.now().timestamp()) - 3600}
    failed = sign_in(client, fake, "/konto/bekrafta/kommun")
    assert (failed.status_code, "gick inte att kontrollera" in failed.text) == (422, True)
    fake.claims = {"auth_time": int(town.clock.now().timestamp())}
    page = sign_in(client, fake, "/konto/bekrafta/kommun")
    assert (page.status_code, "nu kan du gå vidare" in page.text) == (200, True)
    assert before is not None
    assert client.get_cookie("grannsamverkan") != before
    sent = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text.split("<main", 1)[1]))
    assert sent["purpose"] == "Till mötet med &lt;polisen&gt; i Nyby"
    assert client.post(path, data={**form, "csrf_token": sent["csrf_token"]}).mimetype == "text/csv"


def test_somebody_else_there_shows_nothing_here(town: Town, fake: FakeProvider) -> None:
    client = linked(town, fake)
    fake.claims = {"sub": "en annan", "auth_time": int(town.clock.now().timestamp())}
    assert sign_in(client, fake, "/konto/bekrafta/kommun").headers["Location"] == "/hem"
    move(town, fake, 20 * MINUTE)
    path = f"/omraden/{town.network_ids['Nyby']}/ta-ut"
    form = {"purpose": "Till mötet i Nyby", "csrf_token": token(client, "/konto/inloggning")}
    assert client.post(path, data=form).mimetype == "text/html"


def test_signing_out_says_that_it_was_here(town: Town, fake: FakeProvider) -> None:
    client = linked(town, fake)
    answer = client.post("/logga-ut", data={"csrf_token": token(client, "/konto/inloggning")})
    assert answer.headers["Location"] == "/logga-in/kommun/utloggad"
    page = client.get("/logga-in/kommun/utloggad").text
    assert f'href="{ISSUER}/logout"' in page
    assert client.get("/hem").status_code == 302


def test_without_a_provider_there_is_nothing_of_it(tmp_path: Path) -> None:
    town = build(tmp_path, mode="production")
    client = town.visitor()
    assert "Logga in med ditt konto på arbetet" not in client.get("/logga-in").text
    assert [client.get(path).status_code for path in ("/logga-in/kommun", BACK)] == [404, 404]


def test_whoever_may_ask_for_these_pages(town: Town) -> None:
    """They stand in no table of the whole product, since most installations do not have them."""
    client = town.visitor()
    assert client.get("/konto/bekrafta/kommun").status_code == 302
    assert client.get("/logga-in/kommun/koppla").status_code == 200
    assert client.get("/logga-in/kommun/utloggad").status_code == 200
    assert client.post("/logga-in/kommun/koppla", data={}).status_code == 403
