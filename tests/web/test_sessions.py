"""Sessions in the browser: what the cookie is, and that it is worth nothing once it should not be."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan.app import create_app
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Account, Role, SignInSession
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.vault import new_key
from tests.support.made_up_phones import MadeUpPhones
from tests.support.web_town import DEMO_SIGN_INS, PASSWORD, Town, build, token

COOKIE = "grannsamverkan"


def session_id(client: FlaskClient, name: str = COOKIE) -> str:
    cookie = client.get_cookie(name)
    assert cookie is not None
    return cookie.value


def is_in(client: FlaskClient) -> bool:
    return client.get("/hem").status_code == 200


def replay(town: Town, value: str) -> FlaskClient:
    thief = town.visitor()
    thief.set_cookie(COOKIE, value)
    return thief


@pytest.mark.goal("S8")
def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(town: Town) -> None:
    client = town.signed_in("polis")
    kept = session_id(client)
    assert is_in(replay(town, kept))
    assert client.post("/logga-ut", data={"csrf_token": token(client)}).status_code == 303
    assert client.get_cookie(COOKIE) is None
    thief = replay(town, kept)
    assert not is_in(thief)
    assert thief.post("/logga-ut").status_code == 401


@pytest.mark.goal("S8")
def test_the_id_changes_at_every_sign_in_and_the_old_one_dies(town: Town) -> None:
    client = town.signed_in("polis")
    first = session_id(client)
    form = {"name": "samordnare", "password": PASSWORD, "csrf_token": token(client)}
    assert client.post("/logga-in", data=form).status_code == 303
    assert session_id(client) != first
    assert is_in(client)
    assert not is_in(replay(town, first))


def test_a_planted_id_is_not_taken_over(town: Town) -> None:
    client = town.visitor()
    client.set_cookie(COOKIE, "planterad")
    form = {"name": "polis", "password": PASSWORD, "csrf_token": token(client)}
    client.post("/logga-in", data=form)
    assert session_id(client) != "planterad"
    assert not is_in(replay(town, "planterad"))


@pytest.mark.goal("P16")
def test_a_stranger_has_no_row_and_public_pages_set_no_cookie(town: Town) -> None:
    client = town.visitor()
    for path in ("/", "/n", "/kakor", "/finns-inte"):
        assert client.get(path).headers.getlist("Set-Cookie") == []
    client.get("/logga-in")
    with town.runtime.database.read() as session:
        assert session.exec(select(SignInSession)).all() == []


def test_a_strangers_form_cookie_never_signs_anybody_in(town: Town) -> None:
    client = town.visitor()
    with town.app.test_request_context():
        from grannsamverkan.web.sessions import _serializer

        forged = _serializer(town.app).dumps({"_user_id": str(town.account_ids["polis"]), "csrf_token": "x"})
    client.set_cookie("formular", forged)
    assert not is_in(client)


@pytest.mark.goal("S8")
def test_idle_and_absolute_limits_hold(town: Town) -> None:
    client, clock = town.signed_in("polis"), town.clock
    assert isinstance(clock, SetClock)
    for _ in range(24):
        clock.advance(timedelta(minutes=29))
        assert is_in(client)
    clock.advance(timedelta(minutes=29))  # 12 h 5 min after signing in
    assert not is_in(client)
    other = town.signed_in("polis")
    clock.advance(timedelta(minutes=31))
    assert not is_in(other)


@pytest.mark.goal("S8")
def test_an_ended_account_and_a_changed_role_count_at_once(town: Town) -> None:
    client, other = town.signed_in("polis"), town.signed_in("samordnare")
    with town.runtime.database.write() as session:
        accounts.end_account(session, town.account_ids["polis"], town.clock.now())
        row = session.get(Account, town.account_ids["samordnare"])
        assert row is not None
        row.role = Role.ADMINISTRATOR
    assert not is_in(client)
    assert "Administratör" in other.get("/hem").get_data(as_text=True)


@pytest.mark.goal("S8")
@pytest.mark.parametrize(("base_url", "prefix"), [("https://gs.kommun.example", "__Host-"), ("http://localhost", "")])
def test_the_cookie_has_every_flag_that_the_address_allows(tmp_path: Path, base_url: str, prefix: str) -> None:
    town = build(tmp_path, base_url=base_url)
    client = town.visitor()
    page = client.get("/logga-in", base_url=base_url)
    form_token = page.get_data(as_text=True).split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    form = {"name": "polis", "password": PASSWORD, "csrf_token": form_token}
    answer = client.post("/logga-in", data=form, base_url=base_url)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(f"{prefix}{COOKIE}="))
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert ("Secure" in cookie) is bool(prefix)
    assert "Domain" not in cookie
    assert "Expires" not in cookie
    town.runtime.close()


def test_seen_at_is_written_at_most_once_a_minute(town: Town) -> None:
    client, clock = town.signed_in("polis"), town.clock
    assert isinstance(clock, SetClock)
    began, seen = clock.now(), []
    for _ in range(6):
        clock.advance(timedelta(seconds=25))
        client.get("/hem")
        with town.runtime.database.read() as session:
            seen.append((session.exec(select(SignInSession.seen_at)).one() - began).total_seconds())
    assert seen == [0, 0, 75, 75, 75, 150]


@pytest.mark.goal("S38")
def test_while_the_webs_key_is_changed_nobody_is_out_and_open_forms_are_still_sent(town: Town) -> None:
    signed_in, stranger = town.signed_in("kontakt"), town.visitor()
    mine, theirs = token(signed_in, "/konto/inloggning"), token(stranger)
    chosen = town.runtime.settings
    old = chosen.keys.web
    for before, status in ((old, 303), (new_key(), 403)):
        changed = chosen.keys.model_copy(update={"web": new_key(), "web_also": before})
        runtime = replace(town.runtime, settings=chosen.model_copy(update={"keys": changed}))
        app = create_app(runtime, DEMO_SIGN_INS, MadeUpPhones())
        app.testing = False
        for client, name, path, form in (
            (signed_in, "grannsamverkan", "/konto/inloggning/ut", {"csrf_token": mine}),
            (stranger, "formular", "/logga-in", {"name": "kontakt", "password": PASSWORD, "csrf_token": theirs}),
        ):
            cookie, later = client.get_cookie(name), app.test_client()
            assert cookie is not None
            later.set_cookie(name, cookie.value)
            assert later.post(path, data=form).status_code == status
            if client is signed_in:
                assert later.get("/hem").status_code == 200
