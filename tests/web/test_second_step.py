"""Signing in where a password is not enough: the app's code each time, the way into the app once, and who is out."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from grannsamverkan.domain import accounts
from grannsamverkan.foundation.clock import SetClock
from tests.support.web_town import PASSWORD, Town, build, token

MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return build(tmp_path, mode="production")


def post(client: FlaskClient, path: str, **form: str) -> Any:
    return client.post(path, data={"csrf_token": token(client, path), **form})


def half_in(town: Town, name: str = "samordnare", where: str = "") -> FlaskClient:
    client = town.visitor()
    answer = client.post(
        "/logga-in", data={"csrf_token": token(client), "name": name, "password": PASSWORD, "next": where}
    )
    assert answer.status_code == 303
    return client


def secret_on(client: FlaskClient) -> str:
    page = client.get("/logga-in/ny-app").get_data(as_text=True)
    shown: str
    (shown,) = re.findall(r"gs-key-text\">([A-Z2-7 ]+)<", page)
    return shown.replace(" ", "")


def move(town: Town, by: timedelta) -> None:
    assert isinstance(town.clock, SetClock)
    town.clock.advance(by)


def with_app(town: Town) -> str:
    """The coordinator has an app; returns the secret in it."""
    client = half_in(town)
    secret = secret_on(client)
    assert post(client, "/logga-in/ny-app", code=accounts.code_of(secret, town.clock.now())).status_code == 303
    move(town, MINUTE)
    return secret


def test_the_first_time_the_secret_goes_into_an_app_and_nothing_is_open_before(town: Town) -> None:
    client = half_in(town, where="/omraden")
    assert client.get("/hem").status_code == 302
    secret = secret_on(client)
    assert secret == secret_on(client)  # a page opened again says the same
    wrong = post(client, "/logga-in/ny-app", code="000000")
    assert (wrong.status_code, "Koden stämmer inte" in wrong.get_data(as_text=True)) == (422, True)
    assert client.get("/hem").status_code == 302
    answer = post(client, "/logga-in/ny-app", code=accounts.code_of(secret, town.clock.now()))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/omraden")
    assert client.get("/hem").status_code == 200


@pytest.mark.goal("S9")
def test_after_that_the_password_alone_opens_nothing(town: Town) -> None:
    secret = with_app(town)
    client = half_in(town)
    assert client.get("/logga-in/ny-app").status_code == 303  # no other app gets in
    for path in ("/hem", "/omraden", "/konto/inloggning"):
        assert client.get(path).status_code == 302
    assert post(client, "/logga-in/kod", code="000000").status_code == 422
    answer = post(client, "/logga-in/kod", code=accounts.code_of(secret, town.clock.now()))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/hem")
    assert client.get("/hem").status_code == 200


@pytest.mark.goal("S9")
def test_a_copy_of_the_half_way_cookie_opens_nothing_without_a_fresh_code(town: Town) -> None:
    secret = with_app(town)
    client, thief = half_in(town), town.visitor()
    cookie = client.get_cookie("formular")
    assert cookie is not None
    code = accounts.code_of(secret, town.clock.now())
    post(client, "/logga-in/kod", code=code)
    thief.set_cookie("formular", cookie.value)
    assert post(thief, "/logga-in/kod", code=code).status_code == 422
    move(town, 10 * MINUTE)
    assert thief.get("/logga-in/kod").headers["Location"] == "/logga-in"


def test_whoever_has_given_no_password_starts_from_the_beginning(town: Town) -> None:
    client = town.visitor()
    for path in ("/logga-in/kod", "/logga-in/ny-app"):
        assert client.get(path).headers["Location"] == "/logga-in"
        answer = client.post(path, data={"csrf_token": token(client), "code": "123456"})
        assert answer.headers["Location"] == "/logga-in"


def test_guessing_codes_comes_to_a_wait(town: Town) -> None:
    with_app(town)
    client = half_in(town)
    answers = [post(client, "/logga-in/kod", code="000000") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Vänta 15 minuter" in answers[-1].get_data(as_text=True)


def test_an_account_that_ends_half_way_does_not_get_in(town: Town) -> None:
    client = half_in(town)
    secret = secret_on(client)
    with town.runtime.database.write() as rows:
        accounts.end_account(rows, town.account_ids["samordnare"], town.clock.now())
    form = {"csrf_token": token(client), "code": accounts.code_of(secret, town.clock.now())}
    assert client.post("/logga-in/ny-app", data=form).headers["Location"] == "/logga-in"
    assert client.get("/hem").status_code == 302


def test_a_new_password_shuts_out_whoever_is_half_way_in_with_the_old_one(town: Town) -> None:
    thief = half_in(town)
    secret = secret_on(thief)
    with town.runtime.database.write() as rows:
        mine = accounts.account(rows, town.account_ids["samordnare"])
        accounts.renew(rows, mine, "samordnare", "tre nya ord i rad", town.clock.now())
    form = {"csrf_token": token(thief), "code": accounts.code_of(secret, town.clock.now())}
    assert thief.post("/logga-in/ny-app", data=form).headers["Location"] == "/logga-in"
    assert thief.get("/hem").status_code == 302
    with town.runtime.database.read() as rows:
        assert accounts.account(rows, town.account_ids["samordnare"]).second_since is None


@pytest.mark.goal("S8")
def test_one_sees_where_one_is_signed_in_and_ends_it_there(town: Town) -> None:
    secret = with_app(town)
    browsers = []
    for says in ("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "Mozilla/5.0 (iPhone) Safari/600", ""):
        client = half_in(town)
        client.environ_base["HTTP_USER_AGENT"] = says
        assert post(client, "/logga-in/kod", code=accounts.code_of(secret, town.clock.now())).status_code == 303
        browsers.append(client)
        move(town, MINUTE)
    page = browsers[0].get("/konto/inloggning").get_data(as_text=True)
    for words in ("Firefox, Windows", "Safari, iPhone", "Okänd webbläsare", "Inloggad på 4 ställen"):
        assert words in page
    handle = re.findall(r'name="var" value="([0-9a-f]{24})"', page)[0]
    assert post_own(browsers[0], "/konto/inloggning/ut", var=handle).status_code == 303
    assert [client.get("/hem").status_code for client in browsers].count(302) == 1
    assert post_own(browsers[0], "/konto/inloggning/ut").status_code == 303
    assert [client.get("/hem").status_code for client in browsers] == [200, 302, 302]
    other = town.visitor()
    assert other.get("/konto/inloggning").status_code == 302


def test_the_app_is_changed_with_a_code_of_the_old_one(town: Town) -> None:
    secret = with_app(town)
    client = half_in(town)
    post(client, "/logga-in/kod", code=accounts.code_of(secret, town.clock.now()))
    assert post_own(client, "/konto/inloggning/byt-app", code="000000").status_code == 422
    move(town, MINUTE)
    code = accounts.code_of(secret, town.clock.now())
    assert post_own(client, "/konto/inloggning/byt-app", code=code).headers["Location"] == "/logga-in"
    assert client.get("/hem").status_code == 302
    assert secret_on(half_in(town)) != secret


def test_whoever_has_lost_the_way_in_gets_a_code_from_the_office_and_keeps_the_account(town: Town) -> None:
    secret = with_app(town)
    coordinator = half_in(town)
    post(coordinator, "/logga-in/kod", code=accounts.code_of(secret, town.clock.now()))
    path = f"/omraden/{town.network_ids['Nyby']}/kontaktombud"
    page = coordinator.get(path).get_data(as_text=True)
    (invite,) = re.findall(rf'action="({path}/\d+/bjud-in)"', page)
    assert "Ge en ny kod för inloggning" in page
    assert post_own(coordinator, invite, at=path).status_code == 303
    page = coordinator.get(path).get_data(as_text=True)
    (code,) = re.findall(r"Koden är ([A-Z0-9 -]+)\. Den visas", page)
    assert "Ge den bara till den som har visat vem hen är" in page
    with town.runtime.database.read() as rows:
        before = accounts.account_named(rows, "kontakt")
        assert before is not None
    client = town.visitor()
    answer = post(client, "/inbjudan", code=code, name="kontakt", password="tre nya ord i rad")
    assert answer.headers["Location"] == "/logga-in/ny-app"
    secret = secret_on(client)
    post(client, "/logga-in/ny-app", code=accounts.code_of(secret, town.clock.now()))
    assert "Nyby" in client.get("/hem").get_data(as_text=True)
    with town.runtime.database.read() as rows:
        after = accounts.account_named(rows, "kontakt")
    assert after is not None
    assert after.id == before.id


def post_own(client: FlaskClient, path: str, at: str = "/konto/inloggning", **form: str) -> Any:
    return client.post(path, data={"csrf_token": token(client, at), **form})
