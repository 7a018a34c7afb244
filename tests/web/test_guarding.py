"""The guard on free text at its doors: while a warning is typed, in other forms, and never in what is kept."""

import html
import logging
import re

import pytest

from grannsamverkan.web import alerts as alert_pages
from tests.support.web_town import Town, token

NUMBER = "070-174 06 05"


def said(town: Town, who: str = "polis", **form: str) -> str:
    client = town.signed_in(who)
    answer = client.post("/varningar/vakta", data={"csrf_token": token(client, "/varningar/ny"), **form})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return html.unescape(answer.get_data(as_text=True))


def test_what_may_not_stand_there_is_said_while_it_is_typed(town: Town) -> None:
    page = said(town, fri=f"Ring {NUMBER} om ni ser något.")
    assert f"Ta bort telefonnumret ”{NUMBER}”." in page
    assert "Grannarna vet att vi bara skriver 112 och 114 14." in page
    assert "<textarea" not in page  # what is being typed is left alone


def test_what_may_stand_there_is_left_in_peace(town: Town) -> None:
    assert "gs-guard" not in said(town, fri="De bröt upp altandörren och tog smycken.")
    assert "gs-guard" not in said(town, fri="")


def test_one_press_takes_it_away_and_leaves_the_rest(town: Town) -> None:
    first = said(town, fri=f"De bröt upp dörren. Ring {NUMBER}.")
    press = re.search(r'name="gor" value="([^"]+)"', first)
    assert press is not None
    page = said(town, fri=f"De bröt upp dörren. Ring {NUMBER}.", gor=press[1])
    text = re.search(r"<textarea[^>]*>\n([^<]*)</textarea>", page)
    assert text is not None
    assert "De bröt upp dörren." in text[1]
    assert NUMBER not in text[1]
    assert "gs-guard" not in page


@pytest.mark.parametrize("press", ["laga-", "laga-x:y", "laga-99999", "annat"])
def test_a_press_that_fits_nothing_changes_nothing(town: Town, press: str) -> None:
    assert f"”{NUMBER}”" in said(town, fri=f"Ring {NUMBER}.", gor=press)


def test_asking_too_often_has_to_wait_and_others_do_not(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_pages, "_MOST_WATCHED", 3)
    client = town.signed_in("polis")
    form = {"csrf_token": token(client, "/varningar/ny"), "fri": "Ett inbrott."}
    answers = [client.post("/varningar/vakta", data=form) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert said(town, "samordnare", fri="Ett inbrott.") is not None


def test_nobody_else_may_ask_and_nothing_is_kept_or_logged(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    visitor = town.visitor()
    form = {"csrf_token": token(visitor), "fri": f"Ring {NUMBER}."}
    assert visitor.post("/varningar/vakta", data=form).status_code == 401
    with caplog.at_level(logging.DEBUG, logger="grannsamverkan"):
        said(town, fri=f"Ring {NUMBER}.")
    assert NUMBER not in caplog.text
    with town.runtime.database.read() as rows:
        drafts = rows.connection().exec_driver_sql("SELECT count(*) FROM alert WHERE free_text LIKE '%070%'").scalar()
    assert drafts == 0


@pytest.mark.parametrize(
    ("who", "path", "fields", "told"),
    [
        ("samordnare", "/utbildningar", {"place": f"Hos Åsa, {NUMBER}"}, "Ta bort telefonnumret"),
        ("samordnare", "/omraden/{nyby}/moten", {"place": f"Ring {NUMBER}"}, "Ta bort telefonnumret"),
    ],
)
def test_other_forms_refuse_it_at_the_field(town: Town, who: str, path: str, fields: dict[str, str], told: str) -> None:
    client, path = town.signed_in(who), path.format(nyby=town.network_ids["Nyby"])
    answer = client.post(path, data={"csrf_token": token(client, path), **fields})
    assert answer.status_code == 422
    assert told in html.unescape(answer.get_data(as_text=True))
