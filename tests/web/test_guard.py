"""The guard: forms of other sites, tokens, ways on after signing in, and asking that changes nothing."""

import hashlib
import sqlite3

import pytest

from grannsamverkan.web.words import own_path
from tests.support.web_town import PASSWORD, Town, token


@pytest.mark.goal("S17")
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://annan.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ],
)
def test_a_form_on_another_site_may_not_act_here(town: Town, headers: dict[str, str]) -> None:
    client = town.signed_in("polis")
    form = {"csrf_token": token(client)}
    assert client.post("/logga-ut", data=form, headers=headers).status_code == 403
    assert client.post("/sprak", data={"language": "en"}, headers=headers).status_code == 403
    assert client.get("/hem").status_code == 200


@pytest.mark.goal("S17")
@pytest.mark.parametrize("wrong", [{}, {"csrf_token": "gammal"}])
def test_a_form_without_its_token_is_refused(town: Town, wrong: dict[str, str]) -> None:
    client = town.signed_in("polis")
    assert client.post("/logga-ut", data=wrong).status_code == 403
    assert town.visitor().post("/logga-in", data={"name": "polis", "password": PASSWORD, **wrong}).status_code == 403
    assert client.get("/hem").status_code == 200


@pytest.mark.goal("S17")
def test_the_token_of_another_session_is_refused(town: Town) -> None:
    client, other = town.signed_in("polis"), town.signed_in("samordnare")
    assert client.post("/logga-ut", data={"csrf_token": token(other)}).status_code == 403


def test_a_stranger_is_shown_to_the_sign_in_and_then_on(town: Town) -> None:
    client = town.visitor()
    answer = client.get("/hem?sida=2")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/logga-in?next=/hem?sida%3D2")
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'value="/hem?sida=2"' in page
    form = {"name": "polis", "password": PASSWORD, "csrf_token": token(client), "next": "/hem?sida=2"}
    assert client.post("/logga-in", data=form).headers["Location"] == "/hem?sida=2"


ELSEWHERE = [
    "https://ond.example/", "//ond.example", "///ond.example", "////ond.example/x", "/\\ond.example", "\\\\ond.example",
    "\\/ond.example", "http:ond.example", "http:/ond.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "data:text/html,x", "/\tond.example", "/\n/ond.example", "/\r\n/ond.example", "\t//ond.example", " //ond.example",
    "ond.example", "hem", "./hem", "../hem", "?x=1", "#x", "", "https:///ond.example", "//user@ond.example",
    "/\x00/ond.example", "//ond.example:80", "mailto:a@b.example", "/\u2028/ond.example", "//[::1]/", "ftp://ond.example",
]  # fmt: skip


@pytest.mark.goal("S31")
@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_the_way_on_never_leads_elsewhere(town: Town, wanted: str) -> None:
    assert own_path(wanted, "/hem") == "/hem"
    client = town.visitor()
    form = {"name": "polis", "password": PASSWORD, "csrf_token": token(client), "next": wanted}
    assert client.post("/logga-in", data=form).headers["Location"] == "/hem"


@pytest.mark.parametrize("wanted", ["/hem", "/n?nr=2314", "/kommun/1267#omraden", "/a//b"])
def test_the_way_on_leads_to_pages_of_ours(wanted: str) -> None:
    assert own_path(wanted, "/hem") == wanted


def content(town: Town) -> str:
    """A checksum over every row of the database."""
    with sqlite3.connect(town.runtime.database.url.removeprefix("sqlite:///")) as rows:
        return hashlib.sha256("\n".join(rows.iterdump()).encode()).hexdigest()


@pytest.mark.goal("S17")
def test_asking_for_pages_changes_nothing(town: Town) -> None:
    clients = [town.visitor(), town.signed_in("polis"), town.signed_in("kontakt")]
    before = content(town)
    for client in clients:
        for rule in town.app.url_map.iter_rules():
            if "GET" in (rule.methods or set()):
                client.get(rule.rule.replace("<code>", "1267"))
    assert content(town) == before
