"""The catalogue for those who work with it: found, shown in every form, rewritten within the rules, and taken back."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from grannsamverkan.domain import advice
from grannsamverkan.domain.advice import CardAnswerKind
from grannsamverkan.domain.audit import AuditEntry
from tests.support.web_town import ESLOV, HOOR, NOW, Town, token

KEY = "las-cykeln"
PAGE = f"/rad/{KEY}"


def page(client: FlaskClient, path: str, **options: Any) -> str:
    answer = client.get(path, **options)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def fields(**changed: str) -> dict[str, str]:
    """The form as it stands for the shipped card, with some fields changed."""
    filled: dict[str, str] = {}
    for code, texts in advice.shipped()[KEY].texts.items():
        filled |= {f"{code}_title": texts.title, f"{code}_sms": texts.sms}
        filled |= {f"{code}_mail": "\n\n".join(texts.mail), f"{code}_notice": "\n".join(texts.notice)}
    return filled | changed


def send(client: FlaskClient, path: str, form: dict[str, str]) -> Any:
    return client.post(path, data={**form, "csrf_token": token(client, "/konto")})


def titles(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/rad/([a-z0-9-]+)', text)


def test_everything_is_there_and_can_be_looked_for(town: Town) -> None:
    client = town.signed_in("samordnare")
    assert len(titles(page(client, "/rad"))) == len(advice.shipped())
    assert titles(page(client, "/rad?q=TITTHÅL brevinkast")) == ["forsta-veckan"]
    assert titles(page(client, "/rad?amne=cycle")) == ["las-cykeln", "ramnumret", "cykel-dar-folk-gar"]
    both = titles(page(client, "/rad?bostad=apartment&sasong=summer"))
    assert "byggstallning" in both
    assert "las-cykeln" not in both
    assert "Inget råd passar" in page(client, "/rad?q=qqqq")
    assert len(titles(page(client, "/rad?amne=nonsens"))) == len(advice.shipped())


def test_a_tip_is_shown_as_sms_mail_and_notice_in_both_languages(town: Town) -> None:
    text = page(town.signed_in("kontakt"), PAGE)
    for words in (*advice.shipped()[KEY].texts["sv"].mail, *advice.shipped()[KEY].texts["en"].notice):
        assert words in text
    assert "Grannsamverkan Höör: Lås ramen och ett hjul i något som sitter fast." in text
    assert "Nr 12345" in text
    assert "Polisens råd om cykeln" in text
    assert "lördag 28 november 2026" in text


def test_only_the_coordinator_rewrites(town: Town) -> None:
    for name in ("polis", "kontakt", "huvud"):
        client = town.signed_in(name)
        assert "Skriv om" not in page(client, PAGE)
        assert client.get(f"{PAGE}/andra").status_code == 403
    assert "Skriv om" in page(town.signed_in("samordnare"), PAGE)
    assert town.signed_in("samordnare").get(f"{PAGE}?kommun={ESLOV}").status_code == 404
    assert town.signed_in("polis").get(f"{PAGE}?kommun={ESLOV}").status_code == 200


def test_own_words_are_kept_shown_taken_back_and_taken_up_again(town: Town) -> None:
    client = town.signed_in("samordnare")
    answer = send(client, f"{PAGE}/andra", fields(sv_title="Lås cykeln vid stationen"))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?kommun=1267&klart=andrat")
    text = page(client, PAGE)
    assert "<h1>Lås cykeln vid stationen</h1>" in text
    assert "Egna ord" in text
    assert "Lås cykeln vid stationen" in page(town.visitor(), f"/tips/{KEY}?kommun={HOOR}")
    assert "Lås cykeln vid stationen" not in page(town.visitor(), f"/tips/{KEY}?kommun={ESLOV}")
    send(client, f"{PAGE}/aterstall", {})
    text = page(client, PAGE)
    assert "<h1>Lås fast cykelns ram</h1>" in text
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version is not None
    send(client, f"{PAGE}/aterstall", {"version": version[1]})
    assert "<h1>Lås cykeln vid stationen</h1>" in page(client, PAGE)
    assert send(client, f"{PAGE}/aterstall", {"version": "999"}).status_code == 404
    assert acts(town) == ["advice.edited", "advice.restored", "advice.restored"]


def acts(town: Town) -> list[str]:
    with town.runtime.database.read() as rows:
        return [row.act for row in all_entries(rows) if row.thing == "advice_card"]


def all_entries(rows: Session) -> list[AuditEntry]:
    return list(rows.exec(select(AuditEntry).order_by(AuditEntry.id)))  # type: ignore[arg-type]


def test_words_that_break_a_rule_are_refused_at_their_field(town: Town) -> None:
    client = town.signed_in("samordnare")
    answer = send(client, f"{PAGE}/andra", fields(sv_title="Lås cykeln gratis", en_notice="One line"))
    text = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert '<a href="#sv_title">Ta bort priset eller köpordet ”gratis”. Råd är ingen reklam</a>' in text
    assert '<a href="#en_notice">Skriv 3 till 6 rader</a>' in text
    assert 'value="Lås cykeln gratis"' in text
    assert "Lås cykeln gratis" not in page(client, PAGE)
    assert acts(town) == []


def test_it_is_looked_at_before_it_is_kept(town: Town) -> None:
    client = town.signed_in("samordnare")
    answer = send(client, f"{PAGE}/andra", fields(sv_sms="Lås ramen i något fast.", gor="visa"))
    assert answer.status_code == 200
    assert "Grannsamverkan Höör: Lås ramen i något fast. Nr 12345" in answer.get_data(as_text=True)
    part = send(client, f"{PAGE}/vakta", fields(sv_sms="Lås ramen, annars drabbas du."))
    told = html.unescape(part.get_data(as_text=True))
    assert "Ta bort ”drabbas”. Råd ska hjälpa, inte skrämma." in told
    assert "<html" not in told
    assert part.headers["Cache-Control"] == "no-store"
    assert "Orden följer alla regler" in send(client, f"{PAGE}/vakta", fields()).get_data(as_text=True)
    assert acts(town) == []


def test_out_of_use_it_is_shown_to_nobody(town: Town) -> None:
    client = town.signed_in("samordnare")
    assert send(client, f"{PAGE}/bruk", {"gor": "ur"}).status_code == 303
    assert "Rådet är ur bruk" in page(client, f"{PAGE}?klart=ur")
    assert "Ur bruk" in page(client, "/rad?amne=cycle")
    visitor = town.visitor()
    assert visitor.get(f"/tips/{KEY}?kommun={HOOR}").status_code == 404
    assert visitor.get(f"/tips/{KEY}/lapp.pdf?kommun={HOOR}").status_code == 404
    assert KEY not in page(visitor, f"/tips?kommun={HOOR}")
    assert send(client, f"{PAGE}/bruk", {"gor": "vet inte"}).status_code == 400
    send(client, f"{PAGE}/bruk", {"gor": "i"})
    assert visitor.get(f"/tips/{KEY}?kommun={HOOR}").status_code == 200


def test_answers_stand_beside_it(town: Town) -> None:
    client = town.signed_in("samordnare")
    assert "Ingen har svarat än." in page(client, PAGE)
    with town.runtime.database.write() as rows:
        for _ in range(3):
            advice.count_answer(rows, HOOR, KEY, CardAnswerKind.DONE, year=NOW.year)
    assert re.search(r'Jag har gjort det</th><td class="gs-r">3<', page(client, PAGE))
    assert re.search(r"Gjort i år\">3<", page(client, "/rad?q=cykelns ram"))


@pytest.mark.parametrize("path", ["/rad", "/rad?amne=cycle", PAGE, f"{PAGE}/andra"])
def test_in_english_too(town: Town, path: str) -> None:
    text = page(town.signed_in("samordnare"), path, headers={"Accept-Language": "en"})
    assert "Lock the frame of your cycle" in text
