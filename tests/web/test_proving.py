"""Showing anew who one is: when, for what, with what, and that nothing typed is lost on the way."""

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan.domain import accounts, people
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.domain.notices import Notice
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web.pages import declared
from tests.support.builders import a_phone
from tests.support.soft_key import SoftKey
from tests.support.web_town import HOOR, PASSWORD, Town, build, token

MINUTE = timedelta(minutes=1)
OWN = "/konto/inloggning"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return build(tmp_path, mode="production")


def post(client: FlaskClient, path: str, at: str = OWN, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, at), **form})


def move(town: Town, by: timedelta) -> None:
    assert isinstance(town.clock, SetClock)
    town.clock.advance(by)


def with_app(town: Town) -> tuple[FlaskClient, str]:
    """The coordinator has just signed in with an app; the secret in it."""
    client = town.visitor()
    assert post(client, "/logga-in", "/logga-in", name="samordnare", password=PASSWORD).status_code == 303
    page = client.get("/logga-in/ny-app").text
    secret = re.findall(r"gs-key-text\">([A-Z2-7 ]+)<", page)[0].replace(" ", "")
    code = accounts.code_of(secret, town.clock.now())
    assert post(client, "/logga-in/ny-app", "/logga-in/ny-app", code=code).status_code == 303
    return client, secret


def carried(page: str) -> dict[str, list[str]]:
    """What the last form of the question sends by itself."""
    form = page.rsplit('action="/konto/bekrafta"', 1)[1].split("</form>", 1)[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def take_out(town: Town, client: FlaskClient, **form: Any) -> Any:
    path = f"/omraden/{town.network_ids['Nyby']}/ta-ut"
    return post(client, path, purpose="Till mötet med <b>polisen</b> & ombuden", **form)


def test_a_list_is_taken_out_at_once_while_the_sign_in_is_fresh(town: Town) -> None:
    client, _ = with_app(town)
    move(town, 14 * MINUTE)
    assert take_out(town, client).mimetype == "text/csv"


@pytest.mark.goal("S15", "P19")
def test_after_that_it_takes_a_code_and_goes_on_with_what_was_typed(town: Town) -> None:
    client, secret = with_app(town)
    before = client.get_cookie("grannsamverkan")
    move(town, 15 * MINUTE)
    asked = take_out(town, client, slag=["a", "b"])
    assert (asked.status_code, asked.mimetype) == (200, "text/html")
    kept = carried(asked.text)
    assert kept["purpose"] == ["Till mötet med <b>polisen</b> & ombuden"]
    assert kept["slag"] == ["a", "b"]

    wrong = client.post("/konto/bekrafta", data={**kept, "bevis-kod": "000000"})
    assert (wrong.status_code, "Koden stämmer inte" in wrong.text) == (422, True)
    kept = carried(wrong.text)
    code = accounts.code_of(secret, town.clock.now())
    right = client.post("/konto/bekrafta", data={**kept, "bevis-kod": code})
    assert (right.status_code, right.headers["Location"]) == (307, f"/omraden/{town.network_ids['Nyby']}/ta-ut")
    after = client.get_cookie("grannsamverkan")
    assert before is not None
    assert after is not None
    assert before.value != after.value  # a new session id, and the old one is dead
    sent = client.post(right.headers["Location"], data={**kept, "bevis-kod": code})
    assert sent.mimetype == "text/csv"
    thief = town.visitor()
    thief.set_cookie("grannsamverkan", before.value)
    assert thief.get("/hem").status_code == 302
    with town.runtime.database.read() as rows:
        assert [row.act for row in rows.exec(select(AuditEntry))].count("proven") == 1


def test_a_code_once_used_proves_nothing_again_and_guessing_ends(town: Town) -> None:
    client, secret = with_app(town)
    move(town, 20 * MINUTE)
    code = accounts.code_of(secret, town.clock.now())
    kept = carried(take_out(town, client).text)
    assert client.post("/konto/bekrafta", data={**kept, "bevis-kod": code}).status_code == 307
    answers = [client.post("/konto/bekrafta", data={**kept, "bevis-kod": code}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_key_proves_it_and_only_ones_own(town: Town) -> None:
    key, other = SoftKey(), SoftKey()
    client, _ = with_app(town)
    made = key.made(post(client, f"{OWN}/nyckel/fraga").text)
    assert post(client, f"{OWN}/nyckel", nyckelsvar=made, namn="Telefonen").status_code == 303
    stranger = town.visitor()
    post(stranger, "/logga-in", "/logga-in", name="polis", password=PASSWORD)
    made = other.made(post(stranger, "/logga-in/ny-nyckel/fraga", "/logga-in/ny-app").text)
    assert post(stranger, "/logga-in/ny-nyckel", "/logga-in/ny-app", nyckelsvar=made).status_code == 303
    move(town, 20 * MINUTE)
    kept = carried(take_out(town, client).text)
    signed = ""
    for one, status in ((other, 422), (key, 307)):
        signed = one.signed(post(client, "/konto/bekrafta/nyckel/fraga").text)
        assert client.post("/konto/bekrafta", data={**kept, "nyckelsvar": signed}).status_code == status
    assert client.post("/konto/bekrafta", data={**kept, "nyckelsvar": signed}).status_code == 422


def test_one_more_key_is_begun_with_a_proof(town: Town) -> None:
    client, secret = with_app(town)
    assert "Vad ska nyckeln heta?" in client.get(OWN).text
    made = SoftKey().made(post(client, f"{OWN}/nyckel/fraga").text)
    move(town, 20 * MINUTE)
    assert "Vad ska nyckeln heta?" not in client.get(OWN).text
    assert post(client, f"{OWN}/nyckel", nyckelsvar=made, namn="Telefonen").headers["Location"] == OWN
    with town.runtime.database.read() as rows:
        assert not accounts.has_passkey(rows, town.account_ids["samordnare"])
    kept = carried(post(client, f"{OWN}/nyckel/borja").text)
    code = accounts.code_of(secret, town.clock.now())
    assert client.post("/konto/bekrafta", data={**kept, "bevis-kod": code}).status_code == 307
    assert "Vad ska nyckeln heta?" in client.get(OWN).text


def test_a_session_lives_no_longer_for_being_proven(town: Town) -> None:
    client, secret = with_app(town)
    for _ in range(24):
        move(town, 29 * MINUTE)
        kept = carried(take_out(town, client).text)
        code = accounts.code_of(secret, town.clock.now())
        assert client.post("/konto/bekrafta", data={**kept, "bevis-kod": code}).status_code == 307
    move(town, 24 * MINUTE)
    assert client.get("/hem").status_code == 302


def test_the_way_on_is_a_way_of_ours(town: Town) -> None:
    client, secret = with_app(town)
    code = accounts.code_of(secret, town.clock.now())
    for where in ("", "https://evil.example/", "//evil.example", "/\\evil.example"):
        assert post(client, "/konto/bekrafta", **{"bevis-vart": where, "bevis-kod": code}).status_code == 404


@pytest.mark.goal("S15")
def test_what_asks_for_it(town: Town) -> None:
    """The list is here so that nobody takes one away unseen."""
    asking = {
        rule.rule
        for rule in town.app.url_map.iter_rules()
        if (found := declared(town.app, rule.endpoint)) is not None and found.needs_proof
    }
    assert asking == {
        "/omraden/<int:network_id>/ta-ut",
        "/intressen/visa/<int:interest_id>",
        "/omraden/<int:network_id>/kontaktombud",
        "/omraden/<int:network_id>/kontaktombud/<int:role_id>/sluta",
        "/omraden/<int:network_id>/kontaktombud/<int:role_id>/bjud-in",
        "/installningar",
        "/installningar/nycklar",
        "/installningar/nycklar/<int:key_id>/avsluta",
        "/gallring",
        "/gallring/<int:hold_id>/slapp",
        "/installningar/anrop",
        "/installningar/anrop/<int:webhook_id>/byt",
        "/installningar/anrop/<int:webhook_id>/ta-bort",
        "/konto/inloggning/nyckel/borja",
        "/konto/inloggning/nyckel/bort",
    }


@pytest.mark.goal("S14")
def test_whoever_has_the_account_hears_of_each_change(town: Town) -> None:
    """On the phone of before; there is no secret in it, and nothing that opens anything."""
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=town.clock.now())
        people.prove_address(
            people.add_address(rows, person, ChannelKind.SMS, a_phone(3), now=town.clock.now()), now=town.clock.now()
        )
        accounts.account(rows, town.account_ids["samordnare"]).person_id = person.id
    client, secret = with_app(town)
    made = SoftKey().made(post(client, f"{OWN}/nyckel/fraga").text)
    assert post(client, f"{OWN}/nyckel", nyckelsvar=made, namn="Telefonen").status_code == 303
    assert post(client, f"{OWN}/nyckel/bort", var="1", ja="1").status_code == 303
    move(town, MINUTE)
    assert post(client, f"{OWN}/byt-app", code=accounts.code_of(secret, town.clock.now())).status_code == 303
    with town.runtime.database.read() as rows:
        said = [row.body for row in rows.exec(select(Notice).order_by(Notice.id))]  # type: ignore[arg-type]
    assert [one.removeprefix("Grannsamverkan Höör: ") for one in said] == [
        "Ditt konto har fått en app för koder. Var det inte du? Hör av dig till kommunen.",
        "En ny nyckel kan logga in på ditt konto. Var det inte du? Hör av dig till kommunen.",
        "En nyckel till ditt konto är borttagen. Var det inte du? Hör av dig till kommunen.",
        "Appen för koder är borttagen från ditt konto. Var det inte du? Hör av dig till kommunen.",
    ]
    assert not any(secret in one for one in said)


def test_a_demo_never_asks_and_neither_does_a_trial_with_passwords_alone(tmp_path: Path) -> None:
    choices: tuple[dict[str, Any], ...] = ({"mode": "demo"}, {"mode": "production", "second_step": "off"})
    for number, web in enumerate(choices):
        folder = tmp_path / str(number)
        folder.mkdir()
        town = build(folder, **web)
        client = town.signed_in("samordnare")
        move(town, 25 * MINUTE)
        assert take_out(town, client).mimetype == "text/csv"
        town.runtime.close()
