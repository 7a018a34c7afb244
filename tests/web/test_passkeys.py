"""Signing in with a key of one's own: from the sign-in page, in place of a code, and as the first way in."""

import html
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from grannsamverkan.foundation.clock import SetClock
from tests.support.soft_key import SoftKey
from tests.support.web_town import PASSWORD, Town, build, token

SECOND = timedelta(seconds=1)
OWN = "/konto/inloggning"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return build(tmp_path, mode="production")


def post(client: FlaskClient, path: str, at: str = "/logga-in", **form: str) -> Any:
    return client.post(path, data={"csrf_token": token(client, at), **form})


def half_in(town: Town, where: str = "", name: str = "samordnare") -> FlaskClient:
    client = town.visitor()
    assert post(client, "/logga-in", name=name, password=PASSWORD, next=where).status_code == 303
    return client


def move(town: Town, by: timedelta = SECOND) -> None:
    assert isinstance(town.clock, SetClock)
    town.clock.advance(by)


def with_key(town: Town, key: SoftKey, where: str = "") -> FlaskClient:
    """The coordinator has made a key instead of putting a secret into an app, and is in."""
    client = half_in(town, where)
    made = key.made(post(client, "/logga-in/ny-nyckel/fraga", "/logga-in/ny-app").text)
    answer = post(client, "/logga-in/ny-nyckel", "/logga-in/ny-app", nyckelsvar=made)
    assert (answer.status_code, answer.headers["Location"]) == (303, where or "/hem")
    move(town)
    return client


def sign(client: FlaskClient, key: SoftKey, at: str = "/logga-in", **form: str) -> Any:
    signed = key.signed(post(client, "/logga-in/nyckel/fraga", at).text)
    return post(client, "/logga-in/nyckel", at, nyckelsvar=signed, **form)


def test_a_first_key_lets_in_and_from_then_on_alone(town: Town) -> None:
    key = SoftKey()
    with_key(town, key, "/omraden")
    client = town.visitor()
    answer = sign(client, key, next="/omraden/nytt")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/omraden/nytt")
    assert client.get("/omraden/nytt").status_code == 200
    assert "Från onsdag 4 mars. Senast använd onsdag 4 mars." in client.get(OWN).text


@pytest.mark.goal("S9")
def test_after_that_the_password_alone_leads_to_the_key_and_to_nothing_new(town: Town) -> None:
    key = SoftKey()
    with_key(town, key)
    client = half_in(town, "/omraden")
    assert client.get("/hem").status_code == 302
    for path in ("/logga-in/ny-app", "/logga-in/ny-nyckel"):
        assert client.open(path, method="GET" if path.endswith("app") else "POST").status_code in (303, 403)
    assert post(client, "/logga-in/ny-nyckel/fraga").status_code == 409
    page = client.get("/logga-in/kod").text
    assert "Visa att det är du" in page
    assert "Koden i appen" not in page
    answer = sign(client, key, "/logga-in/kod")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/omraden")


def test_whoever_was_half_way_in_before_gets_no_way_of_their_own(town: Town) -> None:
    thief = half_in(town)
    options = post(thief, "/logga-in/ny-nyckel/fraga", "/logga-in/ny-app").text
    with_key(town, SoftKey())
    answer = post(thief, "/logga-in/ny-nyckel", nyckelsvar=SoftKey().made(options))
    assert answer.headers["Location"] == "/logga-in"
    assert thief.get("/hem").status_code == 302


@pytest.mark.goal("S11")
def test_an_answer_heard_on_the_way_opens_nothing_later_or_elsewhere(town: Town) -> None:
    key = SoftKey()
    with_key(town, key)
    client, thief = town.visitor(), town.visitor()
    signed = key.signed(post(client, "/logga-in/nyckel/fraga").text)
    cookie = client.get_cookie("formular")
    assert cookie is not None
    assert post(town.visitor(), "/logga-in/nyckel", nyckelsvar=signed).status_code == 422  # no challenge there
    assert post(client, "/logga-in/nyckel", nyckelsvar=signed).status_code == 303
    thief.set_cookie("formular", cookie.value)
    assert post(thief, "/logga-in/nyckel", nyckelsvar=signed).status_code == 422
    assert thief.get("/hem").status_code == 302


def test_a_challenge_for_one_thing_is_none_for_another(town: Town) -> None:
    key = SoftKey()
    client = with_key(town, key)
    stranger = town.visitor()
    asked = post(stranger, "/logga-in/nyckel/fraga").text
    answer = post(stranger, "/logga-in/nyckel", nyckelsvar=key.but(origin="http://localhost:1").signed(asked))
    assert answer.status_code == 422
    asked = post(client, "/logga-in/nyckel/fraga", OWN).text
    other = SoftKey()
    options = json.dumps({**json.loads(asked)})
    assert post(client, f"{OWN}/nyckel", OWN, nyckelsvar=other.made(options), namn="Datorn").status_code == 422


def test_the_question_is_the_same_for_everybody_and_says_nothing(town: Town) -> None:
    with_key(town, SoftKey())
    answers = []
    for client in (town.visitor(), half_in(town)):
        answer = post(client, "/logga-in/nyckel/fraga")
        answers.append({**json.loads(answer.text), "challenge": ""})
        assert answer.headers["Cache-Control"] == "no-store"
    assert answers[0] == answers[1]
    assert answers[0]["rpId"] == "localhost"


def test_strangers_with_made_up_keys_come_to_a_wait(town: Town) -> None:
    client = town.visitor()
    answers = [sign(client, SoftKey()) for _ in range(town.runtime.settings.web.visitor_tries + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {422}
    assert "Nyckeln gick inte att logga in med" in answers[0].text
    assert (answers[-1].status_code, "Vänta" in answers[-1].text) == (429, True)


def test_keys_are_added_named_and_removed_but_for_the_last(town: Town) -> None:
    first, second = SoftKey(), SoftKey()
    client = with_key(town, first)
    assert "Nyckeln är din enda väg in" in client.get(OWN).text
    made = second.made(post(client, f"{OWN}/nyckel/fraga", OWN).text)
    wrong = post(client, f"{OWN}/nyckel", OWN, nyckelsvar=made, namn=" ")
    assert (wrong.status_code, "Ge nyckeln ett namn" in wrong.text) == (422, True)
    made = second.made(post(client, f"{OWN}/nyckel/fraga", OWN).text)
    assert post(client, f"{OWN}/nyckel", OWN, nyckelsvar=made, namn="<b>Datorn</b>").status_code == 303
    page = client.get(OWN).text
    assert "&lt;b&gt;Datorn&lt;/b&gt;" in page
    keys = re.findall(r'nyckel/bort".*?name="var" value="(\d+)"', page)
    assert len(keys) == 2
    asked = post(client, f"{OWN}/nyckel/bort", OWN, var=keys[0])
    assert (asked.status_code, "Ta bort nyckeln" in html.unescape(asked.text)) == (200, True)
    assert post(client, f"{OWN}/nyckel/bort", OWN, var=keys[0], ja="1").status_code == 303
    assert sign(town.visitor(), first).status_code == 422
    last = post(client, f"{OWN}/nyckel/bort", OWN, var=keys[1], ja="1")
    assert (last.status_code, "Nyckeln är din enda väg in" in last.text) == (422, True)
    assert sign(town.visitor(), second).status_code == 303


def test_nobody_removes_a_key_of_somebody_else(town: Town) -> None:
    client = with_key(town, SoftKey())
    (police,) = [half_in(town, name="polis")]
    made = SoftKey().made(post(police, "/logga-in/ny-nyckel/fraga", "/logga-in/ny-app").text)
    assert post(police, "/logga-in/ny-nyckel", "/logga-in/ny-app", nyckelsvar=made).status_code == 303
    for var in ("1", "2"):
        codes = [post(one, f"{OWN}/nyckel/bort", OWN, var=var, ja="1").status_code for one in (client, police)]
        assert sorted(codes) == [404, 422]  # one's own is the last way in


def test_an_address_of_the_installation_and_no_other_is_asked_for(tmp_path: Path) -> None:
    town = build(tmp_path, mode="production", base_url="https://gs.hoor.example:8443")
    client = town.visitor()
    options: dict[str, Any] = {"base_url": "https://gs.hoor.example:8443"}
    page = client.get("/logga-in", **options).text
    found = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
    asked = client.post("/logga-in/nyckel/fraga", data={"csrf_token": found}, **options)
    assert json.loads(asked.text)["rpId"] == "gs.hoor.example"
