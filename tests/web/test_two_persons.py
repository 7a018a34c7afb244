"""When one person is not enough: asking on the check page, the other's yes or no, going alone, the week's budget and
ringing at night."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from grannsamverkan.domain import accounts, alerts, networks, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.alerts import AlertState, ReasonKind
from grannsamverkan.domain.networks import ContactRole
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]

PASSWORD = "en lampa i varje fönster"
LATE = datetime(2026, 3, 4, 21, 30, tzinfo=UTC)  # 22.30 in Sweden


def set_rules(town: AlertTown, **changes: int | str) -> None:
    with town.runtime.database.write() as session:
        usual: dict[str, int | str] = {"warning_hold_s": 0, "quiet_from": 0, "quiet_to": 0}
        places.set_rules(session, "1267", Rules(**{**usual, **changes}))  # type: ignore[arg-type]


@pytest.fixture
def town(alert_town: AlertTown) -> AlertTown:
    """Ten households are as many as one person may warn, and there is a second police officer."""
    set_rules(alert_town, two_persons_above=10)
    with alert_town.runtime.database.write() as session:
        area = places.municipality(session, "1267").local_police_area_id
        _account(session, alert_town, "polis-2", Role.POLICE, local_police_area_id=area)
    return alert_town


def _account(session: Session, town: AlertTown, name: str, role: Role, **place: int | str | None) -> None:
    draft = AccountDraft(name, PASSWORD, role, **place)  # type: ignore[arg-type]
    accounts.add_account(session, draft, town.runtime.clock.now(), passwords=CHEAP)


def signed_in(town: AlertTown, name: str) -> FlaskClient:
    client = town.app.test_client()
    form = {"name": name, "password": PASSWORD, "csrf_token": token(client)}
    assert client.post("/logga-in", data=form).status_code == 303
    return client


def page_of(client: FlaskClient, alert_id: int) -> str:
    return client.get(f"/varningar/{alert_id}/granska").get_data(as_text=True)


def press(town: AlertTown, client: FlaskClient, alert_id: int, word: str, **form: str) -> tuple[int, str]:
    """Press a button of the check page with its box ticked: (status, page or where it leads)."""
    answer = client.post(f"/varningar/{alert_id}/{word}", data={**town.approval(client, alert_id), **form})
    return answer.status_code, answer.headers.get("Location") or answer.get_data(as_text=True)


@pytest.mark.goal("S16")
def test_many_households_want_a_second_person_who_says_yes(town: AlertTown) -> None:
    first, second = town.signed_in("polis"), signed_in(town, "polis-2")
    alert_id = town.write(first, "Nyby")
    page = page_of(first, alert_id)
    assert "Två behöver titta" in page
    assert "Den går till fler hushåll än en person ensam får varna." in page
    assert "Be om ett ja" in page
    assert "Skicka varning till" in page.split("Det kan inte vänta")[1]
    assert "Skicka varning till" not in page.split("Det kan inte vänta")[0]
    assert press(town, first, alert_id, "godkann")[0] == 409  # however the page is got round
    assert press(town, first, alert_id, "fraga") == (303, f"/varningar/{alert_id}/granska")
    assert "Väntar på svar sedan" in page_of(first, alert_id)
    drain(town.runtime)
    assert town.sms.sent == []
    number = f"{town.alert(alert_id).number:04d}"
    assert f"Säg ja eller nej till nr {number}" in second.get("/hem").get_data(as_text=True)
    assert "Säg ja eller nej" not in first.get("/hem").get_data(as_text=True)
    page = page_of(second, alert_id)
    assert "Någon ber dig säga ja eller nej" in page
    assert "Skicka varning till" in page
    for _ in range(2):  # pressed twice it goes once
        answer = second.post(f"/varningar/{alert_id}/godkann", data=_kept(town, second, alert_id))
        assert answer.headers["Location"] == f"/varningar/{alert_id}"
    drain(town.runtime)
    assert len(town.sms.sent) == len(set(town.sms.addresses)) > 0
    assert "Säg ja eller nej" not in second.get("/hem").get_data(as_text=True)


def _kept(town: AlertTown, client: FlaskClient, alert_id: int) -> dict[str, str]:
    """The form of the check page; when the page has gone, what is left of it."""
    if town.alert(alert_id).state is AlertState.CHECKED:
        return town.approval(client, alert_id)
    return {"csrf_token": token(client), "innehall": town.alert(alert_id).approval_hash or "", "sant": "ja"}


def test_a_no_is_read_by_the_writer_and_a_change_voids_the_asking(town: AlertTown) -> None:
    first, second = town.signed_in("polis"), signed_in(town, "polis-2")
    alert_id = town.write(first, "Nyby")
    press(town, first, alert_id, "fraga")
    status, page = press(town, second, alert_id, "neka", nejskal="  ")
    assert (status, "Skriv varför, så att det går att rätta" in page) == (422, True)
    assert press(town, second, alert_id, "neka", nejskal="Det var i Sätofta.") == (303, "/hem")
    page = page_of(first, alert_id)
    assert "Svaret blev nej." in page
    assert "Det var i Sätofta." in page
    assert "Be om ett ja" in page
    assert press(town, first, alert_id, "neka", nejskal="Nej")[0] == 403  # nobody answers their own
    press(town, first, alert_id, "fraga")
    form = town.form("Nyby", version=str(town.alert(alert_id).version), fri="Altandörren var uppbruten.")
    form["csrf_token"] = token(first)
    assert first.post(f"/varningar/{alert_id}/andra", data=form).status_code == 303
    assert "Säg ja eller nej" not in second.get("/hem").get_data(as_text=True)
    assert "Be om ett ja" in page_of(first, alert_id)


def test_going_alone_wants_a_reason_and_is_told_of(town: AlertTown) -> None:
    client = town.signed_in("polis")
    alert_id = town.write(client, "Nyby")
    status, page = press(town, client, alert_id, "godkann", gor="ensam", ensam="")
    assert (status, "Skriv varför det inte kan vänta" in page) == (422, True)
    assert "<details open><summary>Det kan inte vänta" in page
    drain(town.runtime)
    assert town.sms.sent == []
    pressed = press(town, client, alert_id, "godkann", gor="ensam", ensam="Ingen annan i tjänst.")
    assert pressed == (303, f"/varningar/{alert_id}")
    drain(town.runtime)
    assert town.sms.sent
    with town.runtime.database.read() as session:
        assert alerts.reasons_of(session, alert_id) == {ReasonKind.EMERGENCY: "Ingen annan i tjänst."}
    live = client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    assert "<dt>Skickades av en person ensam</dt><dd>Ingen annan i tjänst.</dd>" in live
    number = f"{town.alert(alert_id).number:04d}"
    told = f"Nr {number} skickades av en person ensam. Läs varför."
    assert told in town.signed_in("samordnare").get("/hem").get_data(as_text=True)
    assert told not in client.get("/hem").get_data(as_text=True)
    assert "Ingen annan i tjänst" not in town.signed_in("ombud").get(f"/varningar/{alert_id}").get_data(as_text=True)


def test_the_third_warning_of_a_week_wants_a_reason(town: AlertTown) -> None:
    set_rules(town, warnings_a_week=1)
    client = town.signed_in("polis")
    town.send(client, "Nyby")
    alert_id = town.write(client, "Nyby")
    page = page_of(client, alert_id)
    assert "hushåll har redan fått veckans varningar." in page
    status, page = press(town, client, alert_id, "godkann")
    assert (status, page.count("Skriv varför de ska få en varning till")) == (422, 2)
    assert press(town, client, alert_id, "godkann", skal="Två inbrott samma natt.") == (303, f"/varningar/{alert_id}")


def test_ringing_at_night_is_for_two_to_decide(town: AlertTown, clock: SetClock) -> None:
    set_rules(town, quiet_from=21, quiet_to=7)
    clock.advance(LATE - clock.now())
    first, second = town.signed_in("polis"), signed_in(town, "polis-2")
    alert_id = town.write(first, "Nyby")
    assert "Nu är det tysta timmar." in page_of(first, alert_id)
    status, page = press(town, first, alert_id, "natt", natt="ja")
    assert (status, "Skriv varför det inte kan vänta till morgonen" in page) == (422, True)
    assert press(town, first, alert_id, "natt", natt="ja", nattskal="De är kvar i området.")[0] == 303
    page = page_of(first, alert_id)
    assert "Den ska ringa på natten." in page
    assert "Den går ut direkt, fast det är natt." in page
    press(town, first, alert_id, "fraga")
    press(town, second, alert_id, "godkann")
    drain(town.runtime)
    assert town.sms.sent
    with town.runtime.database.read() as session:
        assert alerts.reasons_of(session, alert_id) == {ReasonKind.QUIET_HOURS: "De är kvar i området."}


def test_the_lead_answers_a_contact_person_and_reads_nobody_elses_draft(town: AlertTown) -> None:
    set_rules(town, contact_alert_needs_two="yes")
    linden = town.networks["Kvarteret Linden"]
    with town.runtime.database.write() as session:
        roles = networks.contact_persons(session, linden)
        one = next(role for role in roles if role.role is ContactRole.CONTACT_PERSON)
        _account(session, town, "ombud-linden", Role.CONTACT_PERSON, person_id=one.person_id, municipality_code="1267")
    lead, author = town.signed_in("huvudombud"), signed_in(town, "ombud-linden")
    alert_id = town.write(author, "Kvarteret Linden")
    assert lead.get(f"/varningar/{alert_id}/granska").status_code == 404  # not before somebody asks
    page = page_of(author, alert_id)
    assert "huvudkontaktombudet, kommunen eller polisen" in page
    assert "Det kan inte vänta" not in page
    assert press(town, author, alert_id, "godkann", gor="ensam", ensam="Det brådskar.")[0] == 403
    press(town, author, alert_id, "fraga")
    assert "Säg ja eller nej till nr" in lead.get("/hem").get_data(as_text=True)
    assert lead.get(f"/varningar/{alert_id}/andra").status_code == 404
    form = town.form("Kvarteret Linden", version=str(town.alert(alert_id).version), fri="Källaren var uppbruten.")
    form["csrf_token"] = token(author)
    assert author.post(f"/varningar/{alert_id}/andra", data=form).status_code == 303
    assert lead.get(f"/varningar/{alert_id}/granska").status_code == 404  # the asking is void, and so is the look
    press(town, author, alert_id, "fraga")
    other = town.signed_in("ombud")
    assert other.get(f"/varningar/{alert_id}/granska").status_code == 404
    assert press(town, lead, alert_id, "godkann") == (303, f"/varningar/{alert_id}")
    drain(town.runtime)
    assert town.sms.sent
    of_police = town.write(town.signed_in("polis"), "Kvarteret Linden")
    assert lead.get(f"/varningar/{of_police}/granska").status_code == 404
